//! Locking of accounts after too many wrong attempts
//! (<https://clerk.com/docs/guides/secure/user-lockout>).

use axum::http::StatusCode;
use serde_json::json;

use crate::error::ClerkError;
use crate::model::User;
use crate::scope::Scope;

use super::accounts;

/// Refuses a banned or locked person.
pub fn check(scope: &Scope<'_>, user: &User) -> Result<(), ClerkError> {
    if user.banned {
        return Err(ClerkError::new(
            StatusCode::FORBIDDEN,
            "user_banned",
            "This account has been banned.",
        ));
    }
    match user.locked_until {
        Some(until) if scope.now < until => Err(locked((until - scope.now) / 1000)),
        _ => Ok(()),
    }
}

fn locked(seconds: i64) -> ClerkError {
    let minutes = (seconds + 59) / 60;
    ClerkError::new(
        StatusCode::FORBIDDEN,
        "user_locked",
        format!(
            "Your account is locked. You will be able to try again in {minutes} minutes. For \
             more information, please contact support."
        ),
    )
    .meta(json!({ "lockout_expires_in_seconds": seconds }))
}

/// Counts a wrong guess; the last one allowed locks the account. Answers the error to give.
pub fn failed(scope: &mut Scope<'_>, user: &mut User, error: ClerkError) -> ClerkError {
    let wrong = ["form_password_incorrect", "form_code_incorrect"].contains(&error.code());
    if !wrong {
        return error;
    }
    let most = scope.settings.lockout_attempts;
    if most == 0 {
        return error.counts();
    }
    user.failed_attempts += 1;
    let kept = if user.failed_attempts >= most {
        let seconds = i64::from(scope.settings.lockout_minutes) * 60;
        user.failed_attempts = 0;
        user.locked_until = Some(scope.now + seconds * 1000);
        accounts::save(scope, user).map(|()| locked(seconds))
    } else {
        scope.tx.put(user).map(|()| error)
    };
    kept.unwrap_or_else(|failure| failure).counts()
}
