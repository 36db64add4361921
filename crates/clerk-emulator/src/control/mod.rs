//! `/emulator`: what no Clerk has. For tests and the dashboard.

pub mod seed;
pub mod webhooks;

use serde_json::{Value, json};

use crate::credentials::keys;
use crate::emulator::Emulator;
use crate::emulator::faults::Fault;
use crate::error::ClerkError;
use crate::model::{
    Browser, Client, EmailAddress, Message, Organization, Session, SessionStatus, User,
    Verification,
};
use crate::rules::accounts;
use crate::rules::sessions::{self, Start};
use crate::scope::{Answer, Reply, Scope};
use crate::settings::InstanceKind;
use crate::store::{ALL, Page};
use crate::time::CENTURY;
use crate::{id, view};

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

/// `POST …/sign_in`: a browser with a person signed in. `email_address` names the person, who is
/// made if need be; or `user_id`.
pub fn sign_in(scope: &mut Scope<'_>) -> Answer {
    let mut user = match scope.call.param("user_id") {
        Some(id) => scope.tx.need::<User>(id)?,
        None => by_email(scope)?,
    };
    let mut client = Client {
        id: id::new("client"),
        created_at: scope.now,
        updated_at: scope.now,
        ..Client::default()
    };
    let browser = Browser {
        id: id::secret("dvb"),
        client_id: Some(client.id.clone()),
        created_at: scope.now,
    };
    let session = sessions::create(scope, &mut client, &mut user, &Start::default())?;
    scope.tx.put(&client)?;
    scope.tx.put(&browser)?;
    if let Some(origin) = scope.call.param("origin") {
        scope.remember_home(origin)?;
        scope.call_origin(origin);
    }
    let token = view::session_token(scope, &session, None)?;
    let development = scope.settings.instance == InstanceKind::Development;
    let suffix = Emulator::cookie_suffix(development);
    let since = (session.created_at / 1000).to_string();
    let cookie = |name: &str, value: &str| json!({ "name": name, "value": value });
    let cookies = json!([
        cookie("__clerk_db_jwt", &browser.id),
        cookie(&format!("__clerk_db_jwt_{suffix}"), &browser.id),
        cookie("__client_uat", &since),
        cookie(&format!("__client_uat_{suffix}"), &since),
        cookie("__session", &token),
        cookie(&format!("__session_{suffix}"), &token),
    ]);
    Ok(Reply::Plain(json!({
        "user_id": user.id,
        "session_id": session.id,
        "dev_browser_token": browser.id,
        "token": token,
        "cookies": cookies,
    })))
}

fn by_email(scope: &mut Scope<'_>) -> Result<User, ClerkError> {
    let email = accounts::checked_email(scope.call.required("email_address")?)?;
    if let Some(user) = scope.tx.find::<User>("email", &email.to_lowercase())? {
        return Ok(user);
    }
    let address = EmailAddress {
        id: id::new("idn"),
        email_address: email,
        verification: Some(Verification::given("admin", scope.now)),
        created_at: scope.now,
        updated_at: scope.now,
        ..EmailAddress::default()
    };
    let user = User {
        id: id::new("user"),
        first_name: scope.call.param("first_name").map(str::to_owned),
        last_name: scope.call.param("last_name").map(str::to_owned),
        primary_email_address_id: Some(address.id.clone()),
        email_addresses: vec![address],
        created_at: scope.now,
        updated_at: scope.now,
        ..User::default()
    };
    accounts::create(scope, &user)?;
    Ok(user)
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
