//! `/emulator`: what no Clerk has. For tests and the dashboard.

pub mod seed;
pub mod sign_in;
pub mod webhooks;

use serde_json::{Value, json};

use crate::credentials::keys;
use crate::emulator::Emulator;
use crate::emulator::faults::Fault;
use crate::error::ClerkError;
use crate::model::{Message, Organization, Session, SessionStatus, User};
use crate::scope::{Answer, Reply, Scope};
use crate::settings::InstanceKind;
use crate::store::{ALL, Page};
use crate::time::CENTURY;
use crate::view;

/// `GET …/status`: numbers, and what an application must know.
pub fn status(scope: &mut Scope<'_>) -> Answer {
    let development = scope.settings.instance == InstanceKind::Development;
    Ok(Reply::Plain(json!({
        "url": scope.emulator.url(),
        "publishable_key": Emulator::publishable_key(development),
        "version": env!("CARGO_PKG_VERSION"),
        "users": scope.tx.count::<User>(ALL.0, ALL.1)?,
        "organizations": scope.tx.count::<Organization>(ALL.0, ALL.1)?,
        "sessions": scope.tx.count::<Session>(ALL.0, ALL.1)?,
        "messages": scope.tx.count::<Message>(ALL.0, ALL.1)?,
        "now": scope.now,
        "kept_in": scope.emulator.kept_in(),
    })))
}

/// `GET …/settings`
pub fn settings(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!(scope.settings)))
}

/// `PATCH …/settings`: a JSON merge patch.
pub fn change_settings(scope: &mut Scope<'_>) -> Answer {
    let patch = Value::Object(scope.call.body().clone());
    let changed = scope.settings.patched(&patch)?;
    changed.save(scope.tx)?;
    Ok(Reply::Plain(json!(changed)))
}

/// `GET …/messages?to=`: the newest e-mails.
pub fn messages(scope: &mut Scope<'_>) -> Answer {
    let page = scope.call.page();
    let all: Vec<Message> = match scope.call.query("to") {
        Some(to) => scope.tx.list("to", &to.to_lowercase(), page)?,
        None => scope.tx.list(ALL.0, ALL.1, page)?,
    };
    Ok(Reply::Plain(json!(all)))
}

/// `GET …/messages/last?to=`: the newest e-mail to an address, with its code or link.
pub fn last_message(scope: &mut Scope<'_>) -> Answer {
    let to = scope.call.query("to").unwrap_or_default().to_lowercase();
    let page = Page {
        limit: 1,
        ..Page::WHOLE
    };
    let last = scope.tx.list::<Message>("to", &to, page)?.pop();
    let last = last.ok_or_else(|| ClerkError::not_found("A message to this address"))?;
    Ok(Reply::Plain(json!(last)))
}

/// `GET …/clock`
pub fn clock(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(
        json!({ "now": scope.now, "offset_ms": scope.emulator.clock_offset() }),
    ))
}

/// `POST …/clock`: `advance_seconds` moves it on (or back), `reset` makes it right again.
pub fn move_clock(scope: &mut Scope<'_>) -> Answer {
    let before = scope.emulator.clock_offset();
    let offset = if scope.call.flag("reset") == Some(true) {
        0
    } else {
        let by = scope.call.duration("advance_seconds", 1000)?;
        let by = by.ok_or_else(|| ClerkError::missing("advance_seconds"))?;
        let offset = before + by;
        if offset.abs() > CENTURY {
            return Err(ClerkError::invalid(
                "advance_seconds",
                "The clock can be moved by a century at most.",
            ));
        }
        offset
    };
    scope.emulator.set_clock_offset(scope.tx, offset)?;
    Ok(Reply::Plain(
        json!({ "now": scope.emulator.now(), "offset_ms": offset }),
    ))
}

/// `POST …/keys/rotate`: a new signing key; the one before stays published.
pub fn rotate_keys(scope: &mut Scope<'_>) -> Answer {
    keys::Keys::rotate(scope.tx, keys::generate()?)?;
    let rotated = keys::Keys::load(scope.tx)?;
    scope.emulator.set_keys(rotated);
    Ok(Reply::Plain(json!(scope.emulator.keys()?.jwks())))
}

/// `GET …/sessions`: the newest, of everybody.
pub fn all_sessions(scope: &mut Scope<'_>) -> Answer {
    let page = scope.call.page();
    let mut shown = Vec::new();
    for it in scope.tx.list::<Session>(ALL.0, ALL.1, page)? {
        let user = scope.tx.get::<User>(&it.user_id)?;
        let mut session = view::session_for_backend(scope, &it)?;
        session["identifier"] = json!(user.map(|user| user.identifier().to_owned()));
        shown.push(session);
    }
    let total = scope.tx.count::<Session>(ALL.0, ALL.1)?;
    Ok(Reply::Plain(view::paginated(&shown, total)))
}

/// `POST …/sessions/{id}/expire`: as if its time had come.
pub fn expire(scope: &mut Scope<'_>) -> Answer {
    let mut session: Session = scope.tx.need(scope.call.path("id"))?;
    if session.status == SessionStatus::Active {
        session.expire_at = scope.now;
        scope.tx.put(&session)?;
    }
    Ok(Reply::Plain(view::session_for_backend(scope, &session)?))
}

/// `GET …/users/{id}`: one person with what the dashboard shows beside them.
pub fn user(scope: &mut Scope<'_>) -> Answer {
    let user: User = scope.tx.need(scope.call.path("id"))?;
    let mut open = Vec::new();
    for it in scope.tx.list::<Session>(
        "user",
        &user.id,
        Page {
            limit: 20,
            ..Page::WHOLE
        },
    )? {
        open.push(view::session_for_backend(scope, &it)?);
    }
    Ok(Reply::Plain(json!({
        "user": view::user(scope, &user, view::Audience::Backend)?,
        "memberships": view::user(scope, &user, view::Audience::Frontend)?["organization_memberships"],
        "sessions": open,
    })))
}

/// `GET …/faults`
pub fn faults(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!(scope.emulator.faults().all())))
}

/// `POST …/faults`
pub fn add_fault(scope: &mut Scope<'_>) -> Answer {
    let body = Value::Object(scope.call.body().clone());
    let fault: Fault = serde_json::from_value(body)
        .map_err(|error| ClerkError::invalid("fault", error.to_string()))?;
    Ok(Reply::Plain(json!(scope.emulator.faults().add(fault)?)))
}

/// `DELETE …/faults/{id}`
pub fn remove_fault(scope: &mut Scope<'_>) -> Answer {
    scope.emulator.faults().remove(Some(scope.call.path("id")));
    Ok(Reply::Nothing)
}

/// `DELETE …/faults`
pub fn clear_faults(scope: &mut Scope<'_>) -> Answer {
    scope.emulator.faults().remove(None);
    Ok(Reply::Nothing)
}

/// `GET …/requests?after=`: the requests since then, with their answers.
pub fn requests(scope: &mut Scope<'_>) -> Answer {
    let after = scope.call.query("after").and_then(|it| it.parse().ok());
    Ok(Reply::Plain(
        scope.emulator.traffic().after(after.unwrap_or(0)).into(),
    ))
}
