//! An account: what it is found by, and that its changes are told.

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::model::{Record, User};
use crate::scope::Scope;
use crate::view::{self, Audience};

/// Keeps a new person, and tells of it.
pub fn create(scope: &mut Scope<'_>, user: &User) -> Result<(), ClerkError> {
    must_be_theirs(scope, user)?;
    scope.tx.put(user)?;
    let shown = view::user(scope, user, Audience::Backend)?;
    webhooks::tell(scope, "user.created", &shown)
}

/// Keeps a person who has changed, and tells of it.
pub fn save(scope: &mut Scope<'_>, user: &mut User) -> Result<(), ClerkError> {
    must_be_theirs(scope, user)?;
    user.updated_at = scope.now;
    scope.tx.put(user)?;
    let shown = view::user(scope, user, Audience::Backend)?;
    webhooks::tell(scope, "user.updated", &shown)
}

/// Refuses what a person is newly found by and somebody else is already: whoever was quicker has
/// it.
fn must_be_theirs(scope: &Scope<'_>, user: &User) -> Result<(), ClerkError> {
    let before = scope.tx.get::<User>(&user.id)?;
    let before = before.map(|it| it.keys()).unwrap_or_default();
    for key in user.keys().into_iter().filter(|it| !before.contains(it)) {
        let (index, value) = &key;
        let known = scope.tx.find::<User>(index, value)?;
        if known.is_some_and(|other| other.id != user.id) {
            let param = if *index == "email" {
                "email_address"
            } else {
                index
            };
            return Err(ClerkError::at(
                param,
                "form_identifier_exists",
                "That is taken by another account. Please try another.",
            ));
        }
    }
    Ok(())
}

/// The address as it is kept, if it is one.
pub fn checked_email(email: &str) -> Result<String, ClerkError> {
    let email = email.trim();
    if email_address::EmailAddress::is_valid(email) {
        return Ok(email.to_owned());
    }
    Err(ClerkError::at(
        "email_address",
        "form_param_format_invalid",
        "Email address must be a valid email address.",
    ))
}

/// Refuses an address that is another's.
pub fn must_be_free(scope: &Scope<'_>, param: &str, email: &str) -> Result<(), ClerkError> {
    let taken = scope.tx.find::<User>("email", &email.to_lowercase())?;
    if taken.is_none() {
        return Ok(());
    }
    Err(ClerkError::at(
        param,
        "form_identifier_exists",
        "That email address is taken. Please try another.",
    ))
}

/// The username as it is kept, if it may be one and is nobody else's.
pub fn checked_username(
    scope: &Scope<'_>,
    username: &str,
    own_id: Option<&str>,
) -> Result<String, ClerkError> {
    let username = username.trim();
    if !(4..=64).contains(&username.chars().count()) {
        return Err(ClerkError::at(
            "username",
            "form_username_invalid_length",
            "Username must be between 4 and 64 characters long.",
        ));
    }
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if !username.chars().all(allowed) {
        return Err(ClerkError::at(
            "username",
            "form_username_invalid_character",
            "Username can only contain letters, numbers and '_' or '-'.",
        ));
    }
    let taken = scope
        .tx
        .find::<User>("username", &username.to_lowercase())?;
    if taken.is_some_and(|user| Some(user.id.as_str()) != own_id) {
        return Err(ClerkError::at(
            "username",
            "form_identifier_exists",
            "That username is taken. Please try another.",
        ));
    }
    Ok(username.to_owned())
}
