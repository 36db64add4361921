//! `/v1/me`: the signed-in person.

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::model::{Session, SessionStatus, User};
use crate::rules::reverification::require_fresh;
use crate::rules::{accounts, images, lockout, metadata, people, sessions};
use crate::scope::call::Call;
use crate::scope::{Answer, Reply, Scope};
use crate::settings::Field;
use crate::store::Page;
use crate::view::{self, Audience};

fn shown(scope: &Scope<'_>, user: &User) -> Answer {
    Ok(view::user(scope, user, Audience::Frontend)?.into())
}

/// `GET …`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let (_, user) = scope.person()?;
    shown(scope, &user)
}

/// `PATCH …`: changes names, as far as the instance has them, or which address is the primary one.
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    let call = scope.call;
    let settings = &scope.settings;
    change(
        call,
        "first_name",
        settings.first_name,
        &mut user.first_name,
    )?;
    change(call, "last_name", settings.last_name, &mut user.last_name)?;
    if change(call, "username", settings.username, &mut user.username)? {
        require_fresh(scope, &session)?;
        if let Some(username) = &user.username {
            accounts::checked_username(scope, username, Some(&user.id))?;
        } else if user.primary_email_address_id.is_none() {
            return Err(ClerkError::bad(
                "last_identification_deletion_failed",
                "You cannot delete your last identification.",
            ));
        }
    }
    if let Some(id) = call.param("primary_email_address_id") {
        require_fresh(scope, &session)?;
        people::make_primary(&mut user, id)?;
    }
    if let Some(value) = call.json("unsafe_metadata") {
        user.unsafe_metadata = metadata::checked("unsafe_metadata", &value)?;
    }
    accounts::save(scope, &mut user)?;
    shown(scope, &user)
}

/// Changes an attribute as the call asks; answers whether it did. Clerk's own form sends the first
/// and the last name when one of them changes, switched off or not.
///
/// # Errors
/// 422: the instance has it switched off, or requires it and it is to be taken back.
fn change(
    call: &Call,
    name: &str,
    field: Field,
    kept: &mut Option<String>,
) -> Result<bool, ClerkError> {
    let asked = call.given(name).map(str::trim);
    let Some(asked) = asked.filter(|it| *it != kept.as_deref().unwrap_or_default()) else {
        return Ok(false);
    };
    match field {
        Field::Off if asked.is_empty() => return Ok(false),
        Field::Off => return Err(ClerkError::unknown(name)),
        Field::Required if asked.is_empty() => return Err(ClerkError::missing(name)),
        _ => *kept = (!asked.is_empty()).then(|| asked.to_owned()),
    }
    Ok(true)
}

/// `PATCH …/metadata`: merges what the person may change themselves.
pub fn update_metadata(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    if let Some(patch) = scope.call.json("unsafe_metadata") {
        user.unsafe_metadata = metadata::merged("unsafe_metadata", &user.unsafe_metadata, &patch)?;
    }
    accounts::save(scope, &mut user)?;
    shown(scope, &user)
}

/// `DELETE …`: the account is gone, with all its sessions.
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let (session, user) = scope.person()?;
    if !scope.settings.delete_self || user.delete_self_disabled {
        return Err(ClerkError::forbidden(
            "You are not allowed to delete your account.",
        ));
    }
    require_fresh(scope, &session)?;
    people::delete(scope, &user)?;
    let client = scope.client_mut()?;
    client.session_ids.retain(|id| *id != session.id);
    client.last_active_session_id = client.session_ids.last().cloned();
    Ok(view::deleted("user", &user.id).into())
}

fn wrong_password() -> ClerkError {
    ClerkError::at(
        "current_password",
        "form_password_incorrect",
        "Password is incorrect. Try again.",
    )
}

/// `POST …/change_password`
pub fn change_password(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    let current = scope.call.given("current_password").unwrap_or_default();
    if !scope.settings.password.is_on() {
        return Err(ClerkError::disabled("The password"));
    }
    lockout::check(scope, &user)?;
    // Whoever must change a known password proves the old one unless a fresh proof is there.
    let proven = user.password_compromised
        || (scope.settings.reverification && current.is_empty())
        || user
            .password_hash
            .as_ref()
            .is_none_or(|hash| scope.proofs.verify(current, hash));
    if !proven {
        return Err(lockout::failed(scope, &mut user, wrong_password()));
    }
    require_fresh(scope, &session)?;
    let new = scope.call.given("new_password").unwrap_or_default();
    user.password_hash = Some(
        scope
            .proofs
            .new_hash(&scope.settings, "new_password", new)?,
    );
    user.password_updated_at = Some(scope.now);
    user.password_compromised = false;
    if scope.call.flag("sign_out_of_other_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, Some(&session.id))?;
    }
    accounts::save(scope, &mut user)?;
    shown(scope, &user)
}

/// `POST …/remove_password`
pub fn remove_password(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    let current = scope.call.given("current_password").unwrap_or_default();
    let hash = user.password_hash.as_ref();
    let hash = hash.ok_or_else(|| ClerkError::bad("no_password_set", "You have no password."))?;
    lockout::check(scope, &user)?;
    if !scope.proofs.verify(current, hash) {
        return Err(lockout::failed(scope, &mut user, wrong_password()));
    }
    require_fresh(scope, &session)?;
    user.password_hash = None;
    accounts::save(scope, &mut user)?;
    shown(scope, &user)
}

/// `GET …/sessions/active`: where the person is signed in.
pub fn active_sessions(scope: &mut Scope<'_>) -> Answer {
    listed(scope, true)
}

/// `GET …/sessions`: where the person is and was signed in.
pub fn all_sessions(scope: &mut Scope<'_>) -> Answer {
    listed(scope, false)
}

fn listed(scope: &Scope<'_>, active: bool) -> Answer {
    let (_, user) = scope.person()?;
    let index = if active { "open" } else { "user" };
    let mut all = Vec::new();
    for session in scope
        .tx
        .list::<Session>(index, &user.id, Page::OLDEST_FIRST)?
    {
        if !active || session.is_active(scope.now) {
            all.push(if active {
                view::session_for_backend(scope, &session)?
            } else {
                view::session(scope, &session)?
            });
        }
    }
    Ok(Reply::Plain(Value::Array(all)))
}

/// `POST …/sessions/{id}/revoke`: signs another device out.
pub fn revoke_session(scope: &mut Scope<'_>) -> Answer {
    let (current, user) = scope.person()?;
    require_fresh(scope, &current)?;
    let id = scope.call.path("id").to_owned();
    let session: Session = scope.tx.need(&id)?;
    if session.user_id != user.id {
        return Err(ClerkError::not_found("The session"));
    }
    sessions::end(scope, &id, SessionStatus::Revoked)?;
    let session: Session = scope.tx.need(&id)?;
    Ok(view::session(scope, &session)?.into())
}

/// `POST …/profile_image`
pub fn set_image(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let image = images::upload(scope, user.image_id.as_deref())?;
    user.image_id = Some(image.id.clone());
    accounts::save(scope, &mut user)?;
    let url = view::image_url(scope, user.image_id.as_deref(), "");
    let shown = json!({ "object": "image", "id": image.id, "name": image.id, "public_url": url });
    Ok(shown.into())
}

/// `DELETE …/profile_image`
pub fn remove_image(scope: &mut Scope<'_>) -> Answer {
    let (_, mut user) = scope.person()?;
    let id = user.image_id.take();
    let id = id.ok_or_else(|| ClerkError::not_found("The image"))?;
    scope.tx.delete::<crate::model::Image>(&id)?;
    accounts::save(scope, &mut user)?;
    Ok(view::deleted("image", &id).into())
}
