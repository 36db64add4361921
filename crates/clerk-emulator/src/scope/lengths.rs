//! How long a text may be that somebody gives: what is given is kept.

use serde_json::{Map, Value};

use crate::error::ClerkError;

/// What people and things are called. Clerk takes 256 characters.
const NAMES: [&str; 10] = [
    "email_address",
    "external_id",
    "first_name",
    "identifier",
    "key",
    "last_name",
    "locale",
    "name",
    "slug",
    "username",
];
/// In characters.
const NAME_MAX: usize = 256;
/// Any other text, in bytes: metadata, an authenticator's answer and addresses have room.
const TEXT_MAX: usize = 64 * 1024;

/// Refuses a text that is too long, in a form or in one of several forms at once.
///
/// # Errors
/// 422 at the field.
pub fn check(body: &Map<String, Value>) -> Result<(), ClerkError> {
    body.iter().try_for_each(|(name, value)| field(name, value))
}

fn field(name: &str, value: &Value) -> Result<(), ClerkError> {
    match value {
        Value::String(text) => one(name, text),
        Value::Array(list) => list.iter().try_for_each(|it| match it {
            Value::Object(form) => check(form),
            other => field(name, other),
        }),
        _ => Ok(()),
    }
}

fn one(name: &str, text: &str) -> Result<(), ClerkError> {
    let is_name = NAMES.contains(&name);
    // No text has more characters than bytes.
    let too_long = text.len() > TEXT_MAX
        || (is_name && text.len() > NAME_MAX && text.chars().count() > NAME_MAX);
    if !too_long {
        return Ok(());
    }
    let most = if is_name {
        format!("{NAME_MAX} characters")
    } else {
        format!("{} KB", TEXT_MAX / 1024)
    };
    Err(ClerkError::at(
        name,
        "form_param_max_length_exceeded",
        format!("{name} must be {most} or fewer."),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(body: &Value) -> bool {
        check(body.as_object().expect("an object")).is_err()
    }

    #[test]
    fn a_name_has_256_characters_at_most_however_many_bytes_they_take() {
        assert!(!refused(&json!({ "name": "é".repeat(NAME_MAX) })));
        assert!(refused(&json!({ "name": "é".repeat(NAME_MAX + 1) })));
        assert!(refused(&json!({ "name": ["a", "b".repeat(NAME_MAX + 1)] })));
        let several = json!({ "[]": [{ "name": "a".repeat(NAME_MAX + 1) }] });
        assert!(refused(&several));
    }

    #[test]
    fn any_other_text_is_bounded_too() {
        assert!(!refused(&json!({ "claims": "x".repeat(TEXT_MAX) })));
        assert!(refused(&json!({ "claims": "x".repeat(TEXT_MAX + 1) })));
    }
}
