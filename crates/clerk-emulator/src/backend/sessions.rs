//! `/v1/sessions`, `/v1/clients`, `/v1/sign_ups`

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::model::{Browser, Client, JwtTemplate, Session, SessionStatus, User};
use crate::rules::cookies::Cookies;
use crate::rules::sessions::{self, Start};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::{id, view};

use super::listed;

/// `GET /v1/sessions`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let call = scope.call;
    let mut all: Vec<Session> = match (call.query("user_id"), call.query("client_id")) {
        (Some(id), client) => {
            let mut own: Vec<Session> = scope.tx.list("user", id, Page::WHOLE)?;
            own.retain(|it| client.is_none_or(|client| it.client_id == client));
            own
        }
        (None, Some(id)) => scope.tx.list("client", id, Page::WHOLE)?,
        (None, None) => {
            return Err(ClerkError::at(
                "user_id",
                "form_param_missing",
                "Either user_id or client_id is required.",
            ));
        }
    };
    if let Some(status) = call.query("status") {
        all.retain(|it| serde_json::to_value(it.status_at(scope.now)).is_ok_and(|is| is == status));
    }
    listed(scope, &all, |it| view::session_for_backend(scope, it))
}

/// `POST /v1/sessions`: a session without a browser, for tests.
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let mut user: User = scope.tx.need(scope.call.required("user_id")?)?;
    let mut client = Client {
        id: id::new("client"),
        created_at: scope.now,
        updated_at: scope.now,
        ..Client::default()
    };
    let mut session = sessions::create(scope, &mut client, &mut user, &Start::default())?;
    scope.tx.put(&client)?;
    if let Some(asked) = scope.call.param("active_organization_id") {
        session.organization_id = Some(crate::rules::organizations::find(scope, asked)?.id);
        scope.tx.put(&session)?;
    }
    shown(scope, &session)
}

fn find(scope: &Scope<'_>) -> Result<Session, ClerkError> {
    scope.tx.need(scope.call.path("id"))
}

fn shown(scope: &Scope<'_>, session: &Session) -> Answer {
    Ok(Reply::Plain(view::session_for_backend(scope, session)?))
}

/// `GET /v1/sessions/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let session = find(scope)?;
    shown(scope, &session)
}

/// `POST /v1/sessions/{id}/revoke`
pub fn revoke(scope: &mut Scope<'_>) -> Answer {
    let session = find(scope)?;
    sessions::end(scope, &session.id, SessionStatus::Revoked)?;
    let session = find(scope)?;
    shown(scope, &session)
}

/// `POST /v1/sessions/{id}/verify`: whether it is open.
pub fn verify(scope: &mut Scope<'_>) -> Answer {
    let session = find(scope)?;
    if !session.is_active(scope.now) {
        return Err(ClerkError::new(
            axum::http::StatusCode::UNAUTHORIZED,
            "session_not_active",
            "This session is not active.",
        ));
    }
    shown(scope, &session)
}

/// `POST /v1/sessions/{id}/tokens`, `POST /v1/sessions/{id}/tokens/{template}`
pub fn token(scope: &mut Scope<'_>) -> Answer {
    let session = find(scope)?;
    if !session.is_active(scope.now) {
        return Err(ClerkError::not_found("The session"));
    }
    let template = match scope.call.path("template") {
        "" => None,
        name => {
            let found = scope.tx.find::<JwtTemplate>("name", name)?;
            Some(found.ok_or_else(|| ClerkError::not_found("The JWT template"))?)
        }
    };
    let lifetime = scope.call.duration("expires_in_seconds", 1000)?;
    let template = match (template, lifetime.map(|it| it / 1000)) {
        (Some(template), Some(lifetime)) => Some(JwtTemplate {
            lifetime,
            ..template
        }),
        (template, Some(lifetime)) => {
            scope.settings.token_lifetime_seconds = lifetime.clamp(1, 86_400);
            template
        }
        (template, None) => template,
    };
    let jwt = view::session_token(scope, &session, template.as_ref())?;
    Ok(Reply::Plain(json!({ "object": "token", "jwt": jwt })))
}

/// `POST /v1/sessions/{id}/refresh`: a new token for the browser that brings an expired one with
/// the cookie that the handshake left, so that the server need not send it round again.
pub fn refresh(scope: &mut Scope<'_>) -> Answer {
    let call = scope.call;
    let refused = || {
        ClerkError::new(
            axum::http::StatusCode::UNAUTHORIZED,
            "authorization_invalid",
            "These tokens do not belong to this session, or the session has ended.",
        )
    };
    let expired = call.required("expired_token")?;
    let refresh_token = call.required("refresh_token")?;
    let page = call.required("request_origin")?;
    let session = find(scope).map_err(|_| refused())?;
    let claims = scope.emulator.keys()?.signed(expired);
    let ours = claims.is_some_and(|it| it["sid"] == session.id.as_str());
    let known = session.refresh_token.as_deref().unwrap_or_default();
    let same = verify_slices_are_equal(refresh_token.as_bytes(), known.as_bytes()).is_ok();
    if !ours || !same || !session.is_active(scope.now) {
        return Err(refused());
    }
    scope.call_origin(page);
    let token = view::session_token(scope, &session, None)?;
    if call.param("format") != Some("cookie") {
        return Ok(Reply::Plain(json!({ "object": "token", "jwt": token })));
    }
    let mut cookies = Cookies::of(page, scope.settings.instance);
    cookies.session(&token, call.flag("suffixed_cookies") == Some(true));
    Ok(Reply::Plain(
        json!({ "object": "cookies", "cookies": cookies.into_lines() }),
    ))
}

fn shown_client(scope: &Scope<'_>, client: &Client) -> Result<Value, ClerkError> {
    let mut open = Vec::new();
    for id in &client.session_ids {
        if let Some(it) = scope.tx.get::<Session>(id)?
            && it.is_active(scope.now)
        {
            open.push(view::session_for_backend(scope, &it)?);
        }
    }
    Ok(json!({
        "object": "client",
        "id": client.id,
        "session_ids": client.session_ids,
        "sessions": open,
        "sign_in_id": client.sign_in.as_ref().map(|it| &it.id),
        "sign_up_id": client.sign_up.as_ref().map(|it| &it.id),
        "last_active_session_id": client.last_active_session_id,
        "last_authentication_strategy": client.last_authentication_strategy,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }))
}

/// `GET /v1/clients`
pub fn clients(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<Client> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    listed(scope, &all, |it| shown_client(scope, it))
}

/// `GET /v1/clients/{id}`
pub fn client(scope: &mut Scope<'_>) -> Answer {
    let client: Client = scope.tx.need(scope.call.path("id"))?;
    Ok(Reply::Plain(shown_client(scope, &client)?))
}

/// `POST /v1/clients/verify`: the client of a browser's token.
pub fn verify_client(scope: &mut Scope<'_>) -> Answer {
    let browser: Browser = scope.tx.need(scope.call.required("token")?)?;
    let client: Client = scope
        .tx
        .need(browser.client_id.as_deref().unwrap_or_default())?;
    Ok(Reply::Plain(shown_client(scope, &client)?))
}

/// `GET /v1/clients/handshake_payload`: what the handshake answered, once.
pub fn handshake_payload(scope: &mut Scope<'_>) -> Answer {
    let nonce = scope.call.query("nonce").unwrap_or_default();
    let payload = scope.emulator.take_handshake(nonce);
    let payload = payload.ok_or_else(|| ClerkError::not_found("The nonce"))?;
    Ok(Reply::Plain(json!({ "directives": payload["handshake"] })))
}

fn with_sign_up(scope: &Scope<'_>) -> Result<Client, ClerkError> {
    let found = scope.tx.find::<Client>("sign_up", scope.call.path("id"))?;
    found.ok_or_else(|| ClerkError::not_found("The sign-up"))
}

/// `GET /v1/sign_ups/{id}`
pub fn sign_up(scope: &mut Scope<'_>) -> Answer {
    let client = with_sign_up(scope)?;
    let shown = client
        .sign_up
        .as_ref()
        .map(|it| view::sign_up_for_backend(scope, it));
    Ok(Reply::Plain(shown.unwrap_or(Value::Null)))
}

/// `PATCH /v1/sign_ups/{id}`
pub fn update_sign_up(scope: &mut Scope<'_>) -> Answer {
    let mut client = with_sign_up(scope)?;
    if let Some(it) = &mut client.sign_up
        && scope.call.has("external_id")
    {
        it.external_id = scope.call.param("external_id").map(str::to_owned);
    }
    scope.tx.put(&client)?;
    sign_up(scope)
}
