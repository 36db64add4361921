//! The rules of a user's fields. The form and the API call the same functions.

use std::fmt;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

/// The longest email address in characters: what fits a path of RFC 5321 § 4.5.3.1.3.
pub const EMAIL_MAX: usize = 254;
/// The longest name, in characters.
pub const NAME_MAX: usize = 200;
/// The longest Clerk id, in characters.
const CLERK_ID_MAX: usize = 64;

/// A field of the user, named as in JSON.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// `clerkId`
    ClerkId,
    /// `email`
    Email,
    /// `name`
    Name,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClerkId => "Clerk user ID",
            Self::Email => "email address",
            Self::Name => "name",
        })
    }
}

/// Why a value was refused, for programs.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nothing was given.
    Required,
    /// More characters than the field takes.
    TooLong,
    /// Not of the field's syntax.
    InvalidFormat,
    /// A line break, a tab or another control character.
    ControlCharacter,
    /// Differs from the id in the path.
    Mismatch,
}

/// One field's failure: the code for programs, the message for people.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field at fault.
    pub field: Field,
    /// Why, for programs.
    pub code: Code,
    /// Why, and what to do, in a sentence.
    pub message: String,
}

impl FieldError {
    /// The failure `code` of `field`, with its sentence.
    pub fn new(field: Field, code: Code) -> Self {
        let message = match (field, code) {
            (Field::Email, Code::Required) => "Enter an email address.".to_owned(),
            (Field::Email, Code::InvalidFormat) => {
                "Enter an email address like name@example.com.".to_owned()
            }
            (Field::ClerkId, Code::InvalidFormat) => {
                "A Clerk user ID is \"user_\" followed by letters and digits.".to_owned()
            }
            (_, Code::Required) => format!("The {field} is missing."),
            (_, Code::TooLong) => format!(
                "The {field} is too long: use at most {} characters.",
                match field {
                    Field::ClerkId => CLERK_ID_MAX,
                    Field::Email => EMAIL_MAX,
                    Field::Name => NAME_MAX,
                }
            ),
            (_, Code::InvalidFormat) => format!("This is not a valid {field}."),
            (_, Code::ControlCharacter) => {
                format!("The {field} must not contain line breaks or other control characters.")
            }
            (_, Code::Mismatch) => format!("The {field} does not match the one in the path."),
        };
        Self {
            field,
            code,
            message,
        }
    }
}

/// Accepts an email address by the syntax of RFC 5321, without a display name, of at most
/// [`EMAIL_MAX`] characters.
pub fn validate_email(email: &str) -> Result<String, FieldError> {
    let fail = |code| Err(FieldError::new(Field::Email, code));
    if email.trim().is_empty() {
        return fail(Code::Required);
    }
    if email.chars().count() > EMAIL_MAX {
        return fail(Code::TooLong);
    }
    if email.chars().any(char::is_control) {
        return fail(Code::InvalidFormat);
    }
    match EmailAddress::parse_with_options(email, Options::default().without_display_text()) {
        Ok(_) => Ok(email.to_owned()),
        Err(_) => fail(Code::InvalidFormat),
    }
}

/// Trims a name and accepts it when it has no control characters and at most [`NAME_MAX`]
/// characters. An empty name is valid.
pub fn validate_name(name: &str) -> Result<String, FieldError> {
    let fail = |code| Err(FieldError::new(Field::Name, code));
    let name = name.trim();
    if name.chars().any(char::is_control) {
        return fail(Code::ControlCharacter);
    }
    if name.chars().count() > NAME_MAX {
        return fail(Code::TooLong);
    }
    Ok(name.to_owned())
}

/// The nearest valid name to one that somebody else decided on: control characters become spaces,
/// what exceeds [`NAME_MAX`] is cut off.
pub fn nearest_name(name: &str) -> String {
    let name: String = name
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(NAME_MAX)
        .collect();
    name.trim().to_owned()
}

/// Accepts `user_` followed by ASCII letters and digits, at most 64 characters in all.
pub fn validate_clerk_id(clerk_id: &str) -> Result<String, FieldError> {
    let fail = |code| Err(FieldError::new(Field::ClerkId, code));
    if clerk_id.is_empty() {
        return fail(Code::Required);
    }
    if clerk_id.chars().count() > CLERK_ID_MAX {
        return fail(Code::TooLong);
    }
    match clerk_id.strip_prefix("user_") {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            Ok(clerk_id.to_owned())
        }
        _ => fail(Code::InvalidFormat),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code<T>(result: Result<T, FieldError>) -> Option<Code> {
        result.err().map(|e| e.code)
    }

    #[test]
    fn the_nearest_name_is_valid() {
        assert_eq!(nearest_name("  Ada\nLovelace "), "Ada Lovelace");
        assert_eq!(nearest_name(&"é".repeat(300)).chars().count(), NAME_MAX);
        assert_eq!(nearest_name("\u{7}"), "");
    }

    #[test]
    fn addresses_that_exist_are_accepted() {
        for email in [
            "a@b.co",
            "ada+clerk_test@example.com",
            "first.last@sub.example.org",
            "\"quoted local\"@example.com",
            "δοκιμή@παράδειγμα.δοκιμή",
        ] {
            assert_eq!(code(validate_email(email)), None, "{email}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        for (email, expected) in [
            ("", Code::Required),
            ("   ", Code::Required),
            ("ada", Code::InvalidFormat),
            ("ada@", Code::InvalidFormat),
            ("@example.com", Code::InvalidFormat),
            ("ada@exa mple.com", Code::InvalidFormat),
            ("ada@example.com\n", Code::InvalidFormat),
            (" ada@example.com", Code::InvalidFormat),
            ("Ada <ada@example.com>", Code::InvalidFormat),
            ("ada@example.com, bob@example.com", Code::InvalidFormat),
            ("a..b@example.com", Code::InvalidFormat),
        ] {
            assert_eq!(code(validate_email(email)), Some(expected), "{email:?}");
        }
        let long = format!("a@{}.com", "x".repeat(EMAIL_MAX));
        assert_eq!(code(validate_email(&long)), Some(Code::TooLong));
    }

    #[test]
    fn a_clerk_id_is_user_underscore_and_letters_and_digits() {
        assert_eq!(
            code(validate_clerk_id("user_2NNEqL2nrIRdJ194ndJqAHwEfxC")),
            None
        );
        for id in ["user_", "usr_1", "user_a-b", "user_a/b", "user_é", "USER_1"] {
            assert_eq!(
                code(validate_clerk_id(id)),
                Some(Code::InvalidFormat),
                "{id}"
            );
        }
        let long = format!("user_{}", "a".repeat(60));
        assert_eq!(code(validate_clerk_id(&long)), Some(Code::TooLong));
    }

    #[test]
    fn every_failure_has_a_sentence() {
        for field in [Field::ClerkId, Field::Email, Field::Name] {
            for code in [
                Code::Required,
                Code::TooLong,
                Code::InvalidFormat,
                Code::ControlCharacter,
                Code::Mismatch,
            ] {
                let message = FieldError::new(field, code).message;
                assert!(message.ends_with('.') && message.len() > 10, "{message}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(text in any::<String>()) {
            let _ = (validate_email(&text), validate_name(&text), validate_clerk_id(&text));
        }

        #[test]
        fn an_accepted_name_is_short_trimmed_and_clean(text in any::<String>()) {
            if let Ok(name) = validate_name(&text) {
                prop_assert!(name.chars().count() <= NAME_MAX);
                prop_assert_eq!(name.trim(), &name);
                prop_assert!(!name.chars().any(char::is_control));
                prop_assert_eq!(validate_name(&name), Ok(name.clone()));
            }
        }

        #[test]
        fn names_of_any_script_survive(text in "\\PC{0,60}") {
            prop_assert_eq!(validate_name(&text), Ok(text.trim().to_owned()));
        }

        #[test]
        fn ordinary_addresses_are_accepted(local in "[a-z0-9]{1,20}(\\+[a-z_]{1,9})?",
                                           host in "[a-z]{1,10}\\.[a-z]{2,6}") {
            let email = format!("{local}@{host}");
            prop_assert_eq!(validate_email(&email), Ok(email.clone()));
        }

        #[test]
        fn an_accepted_address_has_one_line_and_an_at(text in "[ -~\\n\\t]{0,40}@?[ -~]{0,40}") {
            if let Ok(email) = validate_email(&text) {
                prop_assert!(email.contains('@') && !email.contains('\n'));
                prop_assert_eq!(email.trim(), &email);
            }
        }
    }
}
