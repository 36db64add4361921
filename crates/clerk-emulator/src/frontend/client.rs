//! The browser: `/v1/dev_browser`, `/v1/client`, `/v1/environment`.

use serde_json::{Value, json};

use crate::model::{Session, SessionStatus};
use crate::rules::sessions;
use crate::scope::{Answer, Reply, Scope};
use crate::settings::InstanceKind;
use crate::view;
use crate::view::environment::environment;

/// `POST /v1/dev_browser`: a new browser.
pub fn dev_browser(scope: &mut Scope<'_>) -> Answer {
    if scope.settings.instance == InstanceKind::Production {
        return Err(scope.wrong_key());
    }
    let token = scope.new_browser()?;
    // Links in e-mails lead to where people come from.
    if let Some(origin) = &scope.call.origin {
        scope.remember_home(origin)?;
    }
    let shown = json!({ "object": "dev_browser", "id": token, "token": token });
    Ok(Reply::Plain(shown))
}

/// `GET|PATCH /v1/environment`
pub fn show_environment(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(environment(&scope.settings)))
}

/// `GET /v1/client`: the browser's sessions and whatever is in progress.
pub fn show(scope: &mut Scope<'_>) -> Answer {
    scope.require_browser()?;
    // One that has not begun anything is shown too: clerk-js and tests read its fields.
    let client = match &scope.client {
        Some(client) => Some(client.clone()),
        None => scope.fresh_client()?,
    };
    let response = match &client {
        Some(client) => view::client(scope, client)?,
        None => Value::Null,
    };
    Ok(Reply::Plain(
        json!({ "response": response, "client": null }),
    ))
}

/// `POST|PUT /v1/client`: makes the browser known.
pub fn create(scope: &mut Scope<'_>) -> Answer {
    scope.client_mut()?;
    scope.keep_client()?;
    show(scope)
}

/// `DELETE /v1/client`: signs the browser out and forgets it.
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    sign_out(scope)?;
    scope.keep_client()?;
    if scope.settings.instance == InstanceKind::Production {
        scope.new_cookie = Some(String::new());
    }
    Ok(Reply::Plain(json!({ "response": null, "client": null })))
}

/// `DELETE /v1/client/sessions`: signs the browser out.
pub fn remove_sessions(scope: &mut Scope<'_>) -> Answer {
    sign_out(scope)?;
    scope.keep_client()?;
    let client = match &scope.client {
        Some(client) => view::client(scope, client)?,
        None => Value::Null,
    };
    Ok(client.into())
}

fn sign_out(scope: &mut Scope<'_>) -> Result<(), crate::error::ClerkError> {
    let client = scope.client_mut()?;
    client.last_active_session_id = None;
    let ids = std::mem::take(&mut client.session_ids);
    for id in ids {
        sessions::end(scope, &id, SessionStatus::Removed)?;
    }
    Ok(())
}

/// `GET /v1/client/sessions/{id}`
pub fn show_session(scope: &mut Scope<'_>) -> Answer {
    let session: Session = scope.session(scope.call.path("id"))?;
    Ok(view::session(scope, &session)?.into())
}

/// `GET /v1/health`
pub fn health(_: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!({ "status": "healthy" })))
}

/// `GET /v1/proxy-health`: whether what came through a proxy came with the proxy's headers.
pub fn proxy_health(scope: &mut Scope<'_>) -> Answer {
    let shown = match scope.call.proxy_url {
        Some(_) => json!({ "status": "healthy", "x_forwarded_for": scope.call.address }),
        None => json!({
            "status": "unhealthy",
            "message": "The proxy must send its own URL in the header Clerk-Proxy-Url.",
        }),
    };
    Ok(Reply::Plain(shown))
}
