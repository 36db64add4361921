//! Proofs of who one is: sending what is asked for, and checking it.

use crate::credentials::totp;
use crate::credentials::verification::{attempt as attempt_code, email_code};
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{Message, User, Verification};
use crate::scope::Scope;
use crate::view;

use super::passkeys;

/// What a first factor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To prove again who one is.
    Reverification,
}

/// A code for one of the person's addresses, and its e-mail.
pub fn code_for(
    scope: &Scope<'_>,
    user: &User,
    strategy: &str,
) -> Result<(Verification, Message), ClerkError> {
    let asked = scope.call.param("email_address_id");
    let address = user
        .email_addresses
        .iter()
        .filter(|it| it.is_verified())
        .find(|it| match asked {
            Some(id) => it.id == id,
            None => user.primary_email_address_id.as_ref() == Some(&it.id),
        })
        .ok_or_else(ClerkError::invalid_strategy)?;
    let email = &address.email_address;
    let mut verification = email_code(strategy, email, scope.settings.test_mode, scope.now);
    verification.email_address_id = Some(address.id.clone());
    let code = verification.code.clone().unwrap_or_default();
    let application = &scope.settings.application_name;
    let message = if strategy == "email_code" {
        mail::code(application, email, &code)
    } else {
        mail::reset(application, email, &code)
    };
    Ok((verification, message))
}

/// Refuses a first factor that this person is not offered, be it switched off or not theirs.
///
/// # Errors
/// 422 at the strategy.
pub fn must_be_offered(
    scope: &Scope<'_>,
    user: &User,
    strategy: &str,
    purpose: Purpose,
) -> Result<(), ClerkError> {
    let offered = match purpose {
        Purpose::SignIn => view::factors::first(&scope.settings, user),
        Purpose::Reverification => view::factors::reverifying(&scope.settings, user),
    };
    if offered.iter().any(|it| it["strategy"] == strategy) {
        return Ok(());
    }
    Err(ClerkError::invalid_strategy())
}

/// Checks a first factor; the proof is noted in `verification`.
pub fn check_first(
    scope: &mut Scope<'_>,
    user: &mut User,
    (strategy, purpose): (&str, Purpose),
    verification: &mut Option<Verification>,
) -> Result<(), ClerkError> {
    must_be_offered(scope, user, strategy, purpose)?;
    match strategy {
        "password" => {
            let password = scope.call.given("password").unwrap_or_default();
            let hash = user
                .password_hash
                .as_deref()
                .ok_or_else(ClerkError::invalid_strategy)?;
            if !scope.proofs.verify(password, hash) {
                return Err(ClerkError::at(
                    "password",
                    "form_password_incorrect",
                    "Password is incorrect. Try again, or use another method.",
                ));
            }
            *verification = Some(Verification::given("password", scope.now));
            Ok(())
        }
        "email_code" | "reset_password_email_code" => match verification {
            Some(sent) if sent.strategy == strategy && sent.code.is_some() => {
                let guess = scope.call.param("code").unwrap_or_default();
                attempt_code(sent, guess, scope.now)
            }
            _ => Err(ClerkError::at(
                "code",
                "verification_missing",
                "Request a verification code first.",
            )),
        },
        "passkey" => {
            let sent = verification
                .as_mut()
                .ok_or_else(ClerkError::invalid_strategy)?;
            passkeys::assert(scope, user, sent)
        }
        _ => Err(ClerkError::invalid_strategy()),
    }
}

/// Checks a second factor.
pub fn check_second(scope: &Scope<'_>, user: &mut User, strategy: &str) -> Result<(), ClerkError> {
    let guess = scope.call.required("code")?;
    let right = match strategy {
        "totp" => {
            let kept = user.totp.as_mut().filter(|it| it.verified);
            totp::attempt(
                kept.ok_or_else(ClerkError::invalid_strategy)?,
                guess,
                scope.now,
            )?
        }
        "backup_code" => totp::use_backup_code(user, guess),
        _ => return Err(ClerkError::invalid_strategy()),
    };
    if right {
        return Ok(());
    }
    Err(ClerkError::at(
        "code",
        "form_code_incorrect",
        "Incorrect code",
    ))
}

/// Without a second factor, backup codes are for nothing.
pub fn forget_second(user: &mut User, now: i64) {
    user.totp = None;
    user.backup_codes.clear();
    user.mfa_disabled_at = Some(now);
}
