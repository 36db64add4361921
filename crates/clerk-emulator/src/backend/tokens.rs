//! `/v1/sign_in_tokens`, `/v1/actor_tokens`, `/v1/testing_tokens`

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::id;
use crate::model::{ActorToken, SignInToken, TicketStatus, User};
use crate::rules::{metadata, tickets};
use crate::scope::{Answer, Reply, Scope};

/// How long a sign-in token lives unless told otherwise, in seconds: 30 days.
const SIGN_IN_LIFETIME: i64 = 30 * 24 * 60 * 60;
/// How long an actor token lives unless told otherwise, in seconds: an hour.
const ACTOR_LIFETIME: i64 = 60 * 60;
/// How long a testing token lives, in seconds.
const TESTING_LIFETIME: i64 = 60 * 60;

/// In milliseconds; the default is in seconds.
fn lifetime(scope: &Scope<'_>, default: i64) -> Result<i64, ClerkError> {
    let asked = scope.call.duration("expires_in_seconds", 1000)?;
    Ok(asked.unwrap_or(default * 1000).max(1000))
}

/// The secret is shown once, when it is made.
fn with_secret(scope: &Scope<'_>, mut shown: Value, secret: &str) -> Value {
    shown["token"] = json!(secret);
    shown["url"] = json!(tickets::url(scope, secret));
    shown
}

fn sign_in(it: &SignInToken) -> Value {
    json!({
        "object": "sign_in_token",
        "id": it.id,
        "status": it.status,
        "user_id": it.user_id,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

/// `POST /v1/sign_in_tokens`
pub fn create_sign_in(scope: &mut Scope<'_>) -> Answer {
    let user: User = scope.tx.need(scope.call.required("user_id")?)?;
    let it = SignInToken {
        id: id::new("sit"),
        user_id: user.id,
        status: TicketStatus::Pending,
        expires_at: scope.now + lifetime(scope, SIGN_IN_LIFETIME)?,
        created_at: scope.now,
        updated_at: scope.now,
    };
    scope.tx.put(&it)?;
    let secret = tickets::create(scope, "sign_in_token", &it.id, None)?;
    Ok(Reply::Plain(with_secret(scope, sign_in(&it), &secret)))
}

fn must_be_pending(status: TicketStatus) -> Result<(), ClerkError> {
    match status {
        TicketStatus::Pending => Ok(()),
        TicketStatus::Accepted => Err(ClerkError::bad(
            "sign_in_token_cannot_be_revoked",
            "It has already been used.",
        )),
        TicketStatus::Revoked => Err(ClerkError::bad(
            "sign_in_token_cannot_be_revoked",
            "It has already been revoked.",
        )),
    }
}

/// `POST /v1/sign_in_tokens/{id}/revoke`
pub fn revoke_sign_in(scope: &mut Scope<'_>) -> Answer {
    let mut it: SignInToken = scope.tx.need(scope.call.path("id"))?;
    must_be_pending(it.status)?;
    it.status = TicketStatus::Revoked;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    Ok(Reply::Plain(sign_in(&it)))
}

fn actor(it: &ActorToken) -> Value {
    json!({
        "object": "actor_token",
        "id": it.id,
        "status": it.status,
        "user_id": it.user_id,
        "actor": it.actor,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

/// `POST /v1/actor_tokens`
pub fn create_actor(scope: &mut Scope<'_>) -> Answer {
    let user: User = scope.tx.need(scope.call.required("user_id")?)?;
    let by = scope
        .call
        .json("actor")
        .ok_or_else(|| ClerkError::missing("actor"))?;
    if !by["sub"].is_string() {
        return Err(ClerkError::invalid("actor", "The actor must have a sub."));
    }
    metadata::shallow("actor", &by)?;
    let it = ActorToken {
        id: id::new("act"),
        user_id: user.id,
        actor: by,
        status: TicketStatus::Pending,
        expires_at: scope.now + lifetime(scope, ACTOR_LIFETIME)?,
        session_max_duration: scope
            .call
            .duration("session_max_duration_in_seconds", 1000)?
            .map_or(1800, |it| it / 1000),
        created_at: scope.now,
        updated_at: scope.now,
    };
    scope.tx.put(&it)?;
    let secret = tickets::create(scope, "actor_token", &it.id, None)?;
    Ok(Reply::Plain(with_secret(scope, actor(&it), &secret)))
}

/// `POST /v1/actor_tokens/{id}/revoke`
pub fn revoke_actor(scope: &mut Scope<'_>) -> Answer {
    let mut it: ActorToken = scope.tx.need(scope.call.path("id"))?;
    must_be_pending(it.status)?;
    it.status = TicketStatus::Revoked;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    Ok(Reply::Plain(actor(&it)))
}

/// `POST /v1/testing_tokens`: lets tests past bot protection, which the emulator does not have.
pub fn create_testing(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!({
        "object": "testing_token",
        "token": id::secret("tst"),
        "expires_at": scope.now / 1000 + TESTING_LIFETIME,
    })))
}
