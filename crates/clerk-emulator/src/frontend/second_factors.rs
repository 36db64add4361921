//! `/v1/me/totp` and `/v1/me/backup_codes`: second factors of the signed-in person.

use serde_json::{Value, json};

use crate::credentials::totp;
use crate::error::ClerkError;
use crate::model::{Totp, User};
use crate::rules::reverification::require_fresh;
use crate::rules::{accounts, factors};
use crate::scope::{Answer, Scope};
use crate::{id, view};

fn shown(scope: &Scope<'_>, user: &User, it: &Totp, secret: bool) -> Result<Value, ClerkError> {
    let issuer = &scope.settings.application_name;
    let uri = totp::uri(it, issuer, user.identifier())?;
    Ok(json!({
        "object": "totp",
        "id": it.id,
        "secret": secret.then_some(&it.secret),
        "uri": secret.then_some(uri),
        "verified": it.verified,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }))
}

/// `POST /v1/me/totp`: a secret for an authenticator app.
pub fn create_totp(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    if !scope.settings.authenticator_app {
        return Err(ClerkError::disabled("The authenticator app"));
    }
    require_fresh(scope, &session)?;
    if user.has_totp() {
        return Err(ClerkError::bad(
            "totp_already_exists",
            "An authenticator application is already set up.",
        ));
    }
    let it = totp::new(scope.now);
    let shown = shown(scope, &user, &it, true)?;
    user.totp = Some(it);
    scope.tx.put(&user)?;
    Ok(shown.into())
}

/// `POST /v1/me/totp/attempt_verification`: the app has the secret.
pub fn attempt_totp(scope: &mut Scope<'_>) -> Answer {
    let (mut session, mut user) = scope.person()?;
    let guess = scope.call.required("code")?;
    let now = scope.now;
    let kept = user.totp.as_mut();
    let it = kept.ok_or_else(|| ClerkError::not_found("The authenticator app"))?;
    if it.verified {
        // Guesses at a second factor are counted elsewhere.
        return Err(ClerkError::already_verified());
    }
    if !totp::attempt(it, guess, now)? {
        return Err(ClerkError::at(
            "code",
            "form_code_incorrect",
            "Incorrect code",
        ));
    }
    it.verified = true;
    it.updated_at = now;
    let it = it.clone();
    let mut shown = shown(scope, &user, &it, false)?;
    user.mfa_enabled_at = Some(now);
    session.second_factor_at = Some(now);
    scope.tx.put(&session)?;
    if scope.settings.backup_codes && user.backup_codes.is_empty() {
        let (codes, digests) = totp::backup_codes();
        user.backup_codes = digests;
        shown["backup_codes"] = json!(codes);
    }
    accounts::save(scope, &mut user)?;
    Ok(shown.into())
}

/// `DELETE /v1/me/totp`
pub fn remove_totp(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    require_fresh(scope, &session)?;
    let it = user.totp.take();
    let it = it.ok_or_else(|| ClerkError::not_found("The authenticator app"))?;
    factors::forget_second(&mut user, scope.now);
    accounts::save(scope, &mut user)?;
    Ok(view::deleted("totp", &it.id).into())
}

/// `POST /v1/me/backup_codes`: new ones in place of the old.
pub fn create_backup_codes(scope: &mut Scope<'_>) -> Answer {
    let (session, mut user) = scope.person()?;
    if !scope.settings.backup_codes {
        return Err(ClerkError::disabled("Backup codes"));
    }
    require_fresh(scope, &session)?;
    if !user.has_second_factor() {
        return Err(ClerkError::bad(
            "backup_codes_not_available",
            "Set up an authenticator application first.",
        ));
    }
    let (codes, digests) = totp::backup_codes();
    user.backup_codes = digests;
    accounts::save(scope, &mut user)?;
    let shown = json!({
        "object": "backup_code",
        "id": id::new("bkc"),
        "codes": codes,
        "created_at": scope.now,
        "updated_at": scope.now,
    });
    Ok(shown.into())
}
