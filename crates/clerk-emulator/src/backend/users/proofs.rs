//! By what people prove who they are: servers check and remove it.

use serde_json::json;

use crate::credentials::totp;
use crate::error::ClerkError;
use crate::rules::{accounts, external_accounts, factors, lockout, sessions};
use crate::scope::{Answer, Reply, Scope};
use crate::view;

use super::{find, save};

/// `POST …/{id}/verify_password`
pub fn verify_password(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let password = scope.call.required("password")?;
    let hash = user.password_hash.clone().ok_or_else(|| {
        ClerkError::bad("no_password_set", "This user does not have a password set.")
    })?;
    lockout::check(scope, &user)?;
    if scope.proofs.verify(password, &hash) {
        return Ok(Reply::Plain(json!({ "verified": true })));
    }
    let error = ClerkError::at(
        "password",
        "form_password_incorrect",
        "Password is incorrect.",
    );
    Err(lockout::failed(scope, &mut user, error))
}

/// `POST …/{id}/remove_password`
pub fn remove_password(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.password_hash = None;
    user.password_updated_at = None;
    if scope.call.flag("sign_out_of_other_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, None)?;
    }
    save(scope, user)
}

/// `POST …/{id}/password/set_compromised`: it must be changed at the next sign-in.
pub fn set_compromised(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.password_compromised = true;
    if scope.call.flag("revoke_all_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, None)?;
    }
    save(scope, user)
}

/// `POST …/{id}/password/unset_compromised`
pub fn unset_compromised(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.password_compromised = false;
    save(scope, user)
}

/// `POST …/{id}/verify_totp`: an app's code or a backup code.
pub fn verify_totp(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let code = scope.call.required("code")?;
    lockout::check(scope, &user)?;
    let now = scope.now;
    let by_app = match user.totp.as_mut().filter(|it| it.verified) {
        Some(it) => totp::attempt(it, code, now)?,
        None => {
            return Err(ClerkError::bad(
                "totp_not_enabled",
                "This user has no authenticator application.",
            ));
        }
    };
    let kind = if by_app {
        "totp"
    } else if totp::use_backup_code(&mut user, code) {
        "backup_code"
    } else {
        let error = ClerkError::at("code", "form_code_incorrect", "Incorrect code");
        return Err(lockout::failed(scope, &mut user, error));
    };
    scope.tx.put(&user)?;
    Ok(Reply::Plain(json!({ "verified": true, "code_type": kind })))
}

/// `DELETE …/{id}/mfa`
pub fn remove_mfa(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    factors::forget_second(&mut user, scope.now);
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(json!({ "user_id": user.id })))
}

/// `DELETE …/{id}/backup_code`
pub fn remove_backup_codes(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.backup_codes.clear();
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(json!({ "user_id": user.id })))
}

/// `DELETE …/{id}/passkeys/{passkey_id}`
pub fn remove_passkey(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let id = scope.call.path("passkey_id");
    if !user.passkeys.iter().any(|it| it.id == id) {
        return Err(ClerkError::not_found("The passkey"));
    }
    user.passkeys.retain(|it| it.id != id);
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(view::deleted("passkey", id)))
}

/// `DELETE …/{id}/external_accounts/{account_id}`
pub fn remove_external_account(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let id = scope.call.path("account_id");
    external_accounts::remove(&mut user, id)?;
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(view::deleted("external_account", id)))
}
