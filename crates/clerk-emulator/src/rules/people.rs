//! The rules of accounts, whoever asks: the person by the Frontend API, a server by the Backend
//! API.

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::model::{Image, Membership, MembershipRequest, Session, User};
use crate::rules::{accounts, enrollment, organizations, sessions};
use crate::scope::Scope;
use crate::store::Page;
use crate::view;

/// Makes a proven address the primary one.
pub fn make_primary(user: &mut User, id: &str) -> Result<(), ClerkError> {
    if !user
        .email(id)
        .is_some_and(crate::model::EmailAddress::is_verified)
    {
        return Err(ClerkError::invalid(
            "primary_email_address_id",
            "Only a verified email address can be primary.",
        ));
    }
    user.primary_email_address_id = Some(id.to_owned());
    Ok(())
}

/// Keeps that an address has just been proven to be a person's: their first one becomes the primary
/// one, and organizations of its domain are offered.
///
/// # Errors
/// 422: somebody else has proven it meanwhile.
pub fn email_proven(scope: &mut Scope<'_>, user: &mut User, id: &str) -> Result<(), ClerkError> {
    user.primary_email_address_id
        .get_or_insert_with(|| id.to_owned());
    accounts::save(scope, user)?;
    enrollment::offer(scope, user)
}

/// Removes an address that is not the primary one.
pub fn remove_email(user: &mut User, id: &str) -> Result<(), ClerkError> {
    if user.email(id).is_none() {
        return Err(ClerkError::not_found("The address"));
    }
    if user.primary_email_address_id.as_deref() == Some(id) {
        return Err(ClerkError::at(
            "email_address_id",
            "primary_identification_deletion_failed",
            "The primary email address cannot be removed. Make another one primary first.",
        ));
    }
    user.email_addresses.retain(|address| address.id != id);
    Ok(())
}

/// Deletes a person with all that is theirs.
pub fn delete(scope: &mut Scope<'_>, user: &User) -> Result<(), ClerkError> {
    sessions::end_all(scope, &user.id, None)?;
    for it in scope.tx.list::<Membership>("user", &user.id, Page::WHOLE)? {
        organizations::remove_member(scope, &it, true)?;
    }
    for it in scope
        .tx
        .list::<MembershipRequest>("user", &user.id, Page::WHOLE)?
    {
        scope.tx.delete::<MembershipRequest>(&it.id)?;
    }
    for it in scope.tx.list::<Session>("user", &user.id, Page::WHOLE)? {
        scope.tx.delete::<Session>(&it.id)?;
    }
    if let Some(image) = &user.image_id {
        scope.tx.delete::<Image>(image)?;
    }
    scope.tx.delete::<User>(&user.id)?;
    let mut shown = view::deleted("user", &user.id);
    if let Some(external_id) = &user.external_id {
        shown["external_id"] = external_id.clone().into();
    }
    webhooks::tell(scope, "user.deleted", &shown)
}
