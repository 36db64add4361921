//! `/v1/client/sessions/{id}`: use, end, tokens, and proving again who one is.

use serde_json::json;

use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{JwtTemplate, Reverification, Session, SessionStatus, User, Verification};
use crate::rules::factors::Purpose;
use crate::rules::{factors, lockout, organizations, passkeys, sessions};
use crate::scope::{Answer, Reply, Scope};
use crate::view;

/// `POST …/touch`: the session is in use, perhaps for another organization.
pub fn touch(scope: &mut Scope<'_>) -> Answer {
    let id = scope.call.path("id").to_owned();
    let mut session = scope.session(&id)?;
    let before = session.organization_id.clone();
    if let Some(asked) = scope.call.given("active_organization_id") {
        session.organization_id = match asked.trim() {
            "" => None,
            asked => Some(organizations::of_session(scope, &session, asked)?),
        };
    }
    session.last_active_at = scope.now;
    session.activity = scope.call.activity();
    session.updated_at = scope.now;
    scope.tx.put(&session)?;
    if let Some(mut user) = scope.tx.get::<User>(&session.user_id)? {
        user.last_active_at = Some(scope.now);
        if session.organization_id != before {
            let chosen = session.organization_id.clone();
            user.chosen_organization_id = Some(chosen.unwrap_or_default());
        }
        scope.tx.put(&user)?;
    }
    scope.client_mut()?.last_active_session_id = Some(id);
    Ok(view::session(scope, &session)?.into())
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
        session.organization_id = Some(organizations::of_session(scope, &session, asked)?);
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
        return Err(ClerkError::invalid("level", "Unknown level."));
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
            "Start the reverification first.",
        )
    })?;
    lockout::check(scope, &user)?;
    Ok((session, asked, user))
}

/// `POST …/verify/prepare_first_factor`: sends a code.
pub fn prepare_first(scope: &mut Scope<'_>) -> Answer {
    let (mut session, mut asked, user) = reverifying(scope)?;
    let strategy = scope.call.param("strategy").unwrap_or("email_code");
    factors::must_be_offered(scope, &user, strategy, Purpose::Reverification)?;
    if strategy == "passkey" {
        asked.first_factor = Some(passkeys::challenge(scope, Some(&user))?);
    } else {
        let (verification, message) = factors::code_for(scope, &user, "email_code")?;
        mail::send(scope, message)?;
        asked.first_factor = Some(verification);
    }
    session.reverification = Some(asked);
    scope.tx.put(&session)?;
    Ok(view::reverification(scope, &session)?.into())
}

/// `POST …/verify/attempt_first_factor`: checks a password, a code or a passkey.
pub fn attempt_first(scope: &mut Scope<'_>) -> Answer {
    let (mut session, mut asked, mut user) = reverifying(scope)?;
    let strategy = scope.call.required("strategy")?.to_owned();
    let proof = factors::check_first(
        scope,
        &mut user,
        (&strategy, Purpose::Reverification),
        &mut asked.first_factor,
    );
    session.reverification = Some(asked);
    scope.tx.put(&session)?;
    proof.map_err(|error| lockout::failed(scope, &mut user, error))?;
    session.first_factor_at = scope.now;
    finish(scope, &mut session, &mut user)
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
    if let Err(error) = factors::check_second(scope, &mut user, &strategy) {
        return Err(lockout::failed(scope, &mut user, error));
    }
    asked.second_factor = Some(Verification::given(&strategy, scope.now));
    session.reverification = Some(asked);
    session.second_factor_at = Some(scope.now);
    finish(scope, &mut session, &mut user)
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
