//! `/v1/client/sessions/{id}`: use, end, tokens, and proving again who one is.

use serde_json::json;

use crate::credentials::totp;
use crate::credentials::verification::{attempt as attempt_code, email_code};
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{
    JwtTemplate, Membership, Organization, Reverification, Session, SessionStatus, User,
    Verification,
};
use crate::rules::{lockout, sessions};
use crate::scope::{Answer, Reply, Scope};
use crate::view;

/// `POST …/touch`: the session is in use, perhaps for another organization.
pub fn touch(scope: &mut Scope<'_>) -> Answer {
    let id = scope.call.path("id").to_owned();
    let mut session = scope.session(&id)?;
    if let Some(asked) = scope.call.given("active_organization_id") {
        session.organization_id = match asked.trim() {
            "" => None,
            asked => Some(organization(scope, &session, asked)?),
        };
    }
    session.last_active_at = scope.now;
    session.activity = scope.call.activity();
    session.updated_at = scope.now;
    scope.tx.put(&session)?;
    if let Some(mut user) = scope.tx.get::<User>(&session.user_id)? {
        user.last_active_at = Some(scope.now);
        scope.tx.put(&user)?;
    }
    scope.client_mut()?.last_active_session_id = Some(id);
    Ok(view::session(scope, &session)?.into())
}

/// The id of an organization of the session's person, found by id or slug.
pub(super) fn organization(
    scope: &Scope<'_>,
    session: &Session,
    asked: &str,
) -> Result<String, ClerkError> {
    let found = match scope.tx.get::<Organization>(asked)? {
        Some(found) => Some(found),
        None => scope.tx.find::<Organization>("slug", asked)?,
    };
    let found = found.ok_or_else(|| ClerkError::not_found("The organization"))?;
    let pair = Membership::pair(&found.id, &session.user_id);
    if scope.tx.find::<Membership>("pair", &pair)?.is_none() {
        return Err(ClerkError::new(
            axum::http::StatusCode::FORBIDDEN,
            "not_a_member_in_organization",
            "You are not a member of this organization.",
        ));
    }
    Ok(found.id)
}

/// `POST …/end`
pub fn end(scope: &mut Scope<'_>) -> Answer {
    stop(scope, SessionStatus::Ended)
}

/// `POST …/remove`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    stop(scope, SessionStatus::Removed)
}

fn stop(scope: &mut Scope<'_>, status: SessionStatus) -> Answer {
    let id = scope.call.path("id").to_owned();
    let mut session = scope.session(&id)?;
    sessions::end(scope, &id, status)?;
    session.status = status;
    let client = scope.client_mut()?;
    client.session_ids.retain(|open| *open != id);
    if client.last_active_session_id.as_ref() == Some(&id) {
        client.last_active_session_id = client.session_ids.last().cloned();
    }
    Ok(view::session(scope, &session)?.into())
}

/// `POST …/tokens`: a session token. The page may name the organization it shows.
pub fn token(scope: &mut Scope<'_>) -> Answer {
    let mut session = scope.session(scope.call.path("id"))?;
    if let Some(asked) = scope.call.param("organization_id") {
        session.organization_id = Some(organization(scope, &session, asked)?);
    }
    let jwt = view::session_token(scope, &session, None)?;
    Ok(Reply::Plain(json!({ "object": "token", "jwt": jwt })))
}

/// `POST …/tokens/{template}`: a token by a JWT template.
pub fn template_token(scope: &mut Scope<'_>) -> Answer {
    let session = scope.session(scope.call.path("id"))?;
    let template = scope
        .tx
        .find::<JwtTemplate>("name", scope.call.path("template"))?
        .ok_or_else(|| ClerkError::not_found("The JWT template"))?;
    let jwt = view::session_token(scope, &session, Some(&template))?;
    Ok(Reply::Plain(json!({ "object": "token", "jwt": jwt })))
}

/// `POST …/verify`: asks for a fresh proof
/// (<https://clerk.com/docs/guides/secure/reverification>).
pub fn verify(scope: &mut Scope<'_>) -> Answer {
    let mut session = scope.session(scope.call.path("id"))?;
    let level = scope.call.param("level").unwrap_or("first_factor");
    if !["first_factor", "second_factor", "multi_factor"].contains(&level) {
        return Err(ClerkError::invalid("level", "This level is not known."));
    }
    session.reverification = Some(Reverification {
        level: level.to_owned(),
        ..Reverification::default()
    });
    scope.tx.put(&session)?;
    Ok(view::reverification(scope, &session)?.into())
}

fn reverifying(scope: &Scope<'_>) -> Result<(Session, Reverification, User), ClerkError> {
    let session = scope.session(scope.call.path("id"))?;
    let user: User = scope.tx.need(&session.user_id)?;
    let asked = session.reverification.clone().ok_or_else(|| {
        ClerkError::bad(
            "session_reverification_missing",
            "Ask for a fresh proof first.",
        )
    })?;
    lockout::check(scope, &user)?;
    Ok((session, asked, user))
}

/// `POST …/verify/prepare_first_factor`: sends a code.
pub fn prepare_first(scope: &mut Scope<'_>) -> Answer {
    let (mut session, mut asked, user) = reverifying(scope)?;
    if scope.call.param("strategy") == Some("passkey") {
        asked.first_factor = Some(super::passkeys::challenge(scope, Some(&user))?);
    } else {
        let (verification, message) = code_for(scope, &user, "email_code")?;
        scope.mail(message)?;
        asked.first_factor = Some(verification);
    }
    session.reverification = Some(asked);
    scope.tx.put(&session)?;
    Ok(view::reverification(scope, &session)?.into())
}

/// A code for one of the person's addresses, and its e-mail.
pub fn code_for(
    scope: &Scope<'_>,
    user: &User,
    strategy: &str,
) -> Result<(Verification, crate::model::Message), ClerkError> {
    let asked = scope.call.param("email_address_id");
    let address = user
        .email_addresses
        .iter()
        .filter(|it| it.is_verified())
        .find(|it| match asked {
            Some(id) => it.id == id,
            None => user.primary_email_address_id.as_ref() == Some(&it.id),
        })
        .ok_or_else(invalid_strategy)?;
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

/// The proof asked for is not one that the person can give.
pub fn invalid_strategy() -> ClerkError {
    ClerkError::at(
        "strategy",
        "strategy_for_user_invalid",
        "The verification strategy is not valid for this account.",
    )
}

/// `POST …/verify/attempt_first_factor`: checks a password, a code or a passkey.
pub fn attempt_first(scope: &mut Scope<'_>) -> Answer {
    let (mut session, mut asked, mut user) = reverifying(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    let proof = first_factor(scope, &mut user, &strategy, &mut asked.first_factor);
    session.reverification = Some(asked);
    scope.tx.put(&session)?;
    proof.map_err(|error| lockout::failed(scope, &mut user, error))?;
    session.first_factor_at = scope.now;
    finish(scope, &mut session, &mut user)
}

/// Checks a first factor; the proof is noted in `verification`.
pub fn first_factor(
    scope: &mut Scope<'_>,
    user: &mut User,
    strategy: &str,
    verification: &mut Option<Verification>,
) -> Result<(), ClerkError> {
    match strategy {
        "password" => {
            let password = scope.call.given("password").unwrap_or_default();
            let hash = user.password_hash.as_deref().ok_or_else(invalid_strategy)?;
            if !scope.proofs.verify(password, hash)? {
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
                "Ask for a code first.",
            )),
        },
        "passkey" => {
            let sent = verification.as_mut().ok_or_else(invalid_strategy)?;
            super::passkeys::assert(scope, user, sent)
        }
        _ => Err(invalid_strategy()),
    }
}

/// `POST …/verify/prepare_second_factor`: nothing is sent for an app's code.
pub fn prepare_second(scope: &mut Scope<'_>) -> Answer {
    let (session, _, _) = reverifying(scope)?;
    Ok(view::reverification(scope, &session)?.into())
}

/// `POST …/verify/attempt_second_factor`: checks an app's code or a backup code.
pub fn attempt_second(scope: &mut Scope<'_>) -> Answer {
    let (mut session, mut asked, mut user) = reverifying(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    if let Err(error) = second_factor(scope, &mut user, &strategy) {
        return Err(lockout::failed(scope, &mut user, error));
    }
    asked.second_factor = Some(Verification::given(&strategy, scope.now));
    session.reverification = Some(asked);
    session.second_factor_at = Some(scope.now);
    finish(scope, &mut session, &mut user)
}

/// Checks a second factor.
pub fn second_factor(scope: &Scope<'_>, user: &mut User, strategy: &str) -> Result<(), ClerkError> {
    let guess = scope.call.required("code")?;
    let right = match strategy {
        "totp" => {
            let kept = user.totp.as_mut().filter(|it| it.verified);
            totp::attempt(kept.ok_or_else(invalid_strategy)?, guess, scope.now)?
        }
        "backup_code" => totp::use_backup_code(user, guess),
        _ => return Err(invalid_strategy()),
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

fn finish(scope: &mut Scope<'_>, session: &mut Session, user: &mut User) -> Answer {
    user.failed_attempts = 0;
    scope.tx.put(user)?;
    session.updated_at = scope.now;
    scope.tx.put(session)?;
    let shown = view::reverification(scope, session)?;
    if shown["status"] == "complete" {
        session.reverification = None;
        scope.tx.put(session)?;
    }
    Ok(shown.into())
}

/// How old a proof may be for a sensitive change, in milliseconds.
const FRESH: i64 = 10 * 60 * 1000;

/// Asks for a fresh proof before a sensitive change, where the instance wants that; the
/// prebuilt UI opens its dialog then and tries again.
pub fn require_fresh(scope: &Scope<'_>, session: &Session) -> Result<(), ClerkError> {
    if !scope.settings.reverification || scope.now - session.first_factor_at < FRESH {
        return Ok(());
    }
    Err(ClerkError::new(
        axum::http::StatusCode::FORBIDDEN,
        "session_reverification_required",
        "You need to provide additional verification to perform this operation.",
    ))
}
