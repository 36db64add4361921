//! The life of a session.

use serde_json::Value;

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::model::{Client, Membership, Session, SessionStatus, User};
use crate::scope::Scope;
use crate::store::Page;
use crate::{id, view};

use super::{accounts, lockout};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How a session begins.
#[derive(Default)]
pub struct Start<'a> {
    /// The strategy that proved the person.
    pub strategy: Option<&'a str>,
    /// Whether a second factor was proven too.
    pub second_factor: bool,
    /// Who acts for the person.
    pub actor: Option<Value>,
}

/// Signs a person in on the call's browser and answers the session. A session the browser
/// already has is replaced where one is all it may have, or when it is the same person's.
pub fn start(
    scope: &mut Scope<'_>,
    user: &mut User,
    how: &Start<'_>,
) -> Result<Session, ClerkError> {
    let mut client = scope.client_mut()?.clone();
    let mut kept = Vec::new();
    for id in std::mem::take(&mut client.session_ids) {
        let same = scope
            .tx
            .get::<Session>(&id)?
            .is_some_and(|session| session.user_id == user.id);
        if same || scope.settings.single_session {
            end(scope, &id, SessionStatus::Replaced)?;
        } else {
            kept.push(id);
        }
    }
    client.session_ids = kept;
    let session = create(scope, &mut client, user, how)?;
    client.sign_in = None;
    client.sign_up = None;
    if let Some(strategy) = how.strategy {
        client.last_authentication_strategy = Some(strategy.to_owned());
    }
    *scope.client_mut()? = client;
    Ok(session)
}

/// Puts a new session on a client, by whatever way somebody comes in.
///
/// # Errors
/// 403: the person is banned or locked.
pub fn create(
    scope: &mut Scope<'_>,
    client: &mut Client,
    user: &mut User,
    how: &Start<'_>,
) -> Result<Session, ClerkError> {
    lockout::check(scope, user)?;
    let now = scope.now;
    let lifetime = scope.settings.session_lifetime_seconds * 1000;
    let session = Session {
        id: id::new("sess"),
        client_id: client.id.clone(),
        user_id: user.id.clone(),
        organization_id: first_organization(scope, user)?,
        actor: how.actor.clone(),
        activity: scope.call.activity(),
        first_factor_at: now,
        second_factor_at: how.second_factor.then_some(now),
        last_active_at: now,
        expire_at: now + lifetime,
        abandon_at: now + lifetime.max(30 * DAY),
        created_at: now,
        updated_at: now,
        ..Session::default()
    };
    scope.tx.put(&session)?;
    user.last_sign_in_at = Some(now);
    user.last_active_at = Some(now);
    user.failed_attempts = 0;
    user.locked_until = None;
    accounts::save(scope, user)?;
    client.session_ids.push(session.id.clone());
    client.last_active_session_id = Some(session.id.clone());
    tell(scope, "session.created", &session)?;
    if !view::tasks(&scope.settings, &session, user).is_empty() {
        tell(scope, "session.pending", &session)?;
    }
    Ok(session)
}

/// Tells of a session, with its person.
fn tell(scope: &mut Scope<'_>, event: &str, session: &Session) -> Result<(), ClerkError> {
    let user: User = scope.tx.need(&session.user_id)?;
    let mut shown = view::session_for_backend(scope, session)?;
    shown["user"] = view::user(scope, &user, view::Audience::Backend)?;
    if let Value::Object(fields) = &mut shown {
        fields.remove("tasks");
    }
    webhooks::tell(scope, event, &shown)
}

/// What a session begins with: the organization that the person chose last, or their personal
/// account if they chose that; otherwise the newest one they belong to.
fn first_organization(scope: &Scope<'_>, user: &User) -> Result<Option<String>, ClerkError> {
    let organizations = &scope.settings.organizations;
    if !organizations.enabled {
        return Ok(None);
    }
    let own: Vec<Membership> = scope.tx.list("user", &user.id, Page::WHOLE)?;
    let mut ids = own.into_iter().map(|it| it.organization_id);
    match &user.chosen_organization_id {
        Some(chosen) if chosen.is_empty() && !organizations.required => Ok(None),
        Some(chosen) if ids.clone().any(|it| it == *chosen) => Ok(Some(chosen.clone())),
        _ => Ok(ids.next()),
    }
}

/// Ends a session; no token is made for it any more.
pub fn end(scope: &mut Scope<'_>, id: &str, status: SessionStatus) -> Result<(), ClerkError> {
    let Some(mut session) = scope.tx.get::<Session>(id)? else {
        return Ok(());
    };
    if session.status != SessionStatus::Active {
        return Ok(());
    }
    session.status = status;
    session.updated_at = scope.now;
    scope.tx.put(&session)?;
    let event = match status {
        SessionStatus::Removed | SessionStatus::Replaced => "session.removed",
        SessionStatus::Revoked => "session.revoked",
        _ => "session.ended",
    };
    tell(scope, event, &session)
}

/// Ends every session of a person, but for one.
pub fn end_all(scope: &mut Scope<'_>, user_id: &str, but: Option<&str>) -> Result<(), ClerkError> {
    for session in scope.tx.list::<Session>("open", user_id, Page::WHOLE)? {
        if but != Some(session.id.as_str()) {
            end(scope, &session.id, SessionStatus::Revoked)?;
        }
    }
    Ok(())
}
