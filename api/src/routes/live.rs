//! `GET /api/live`: any GET of this API, watched.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::header::UPGRADE;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use live_axum::{Refused, Session, States};

use crate::App;
use crate::auth::Identity;
use crate::db::in_time;
use crate::error::ApiError;
use crate::server::Held;

/// Watch any GET of this API.
///
/// Streams the state of each path, then each new state after it was committed, whatever changed
/// it. An event has `event: states` and a JSON object as `data`: each path with its `status`,
/// `etag` and `body`, as a GET would answer it. What one transaction changed comes in one event. A
/// slow reader gets the newest states, never a backlog. The stream ends when the token expires.
///
/// With `Upgrade: websocket` the connection outlives tokens. The page says `{"token": "…"}` first,
/// and again before the token ends; `{"watch": {"/api/users/me": null}}` with the `etag` that it
/// has, or `null`; `{"unwatch": ["/api/users/me"]}`; and `{"sync": 1}`, which is answered with
/// `{"synced": 1}` once the states are as new as all that was committed before. The server says
/// `{"states": …}` as above, with status 304 for a state that the page has; `"alive"` every 15 s;
/// and `{"refused": {"status": …, "detail": …}}`.
#[utoipa::path(
    get,
    path = "/live",
    tag = "live",
    security(("sessionToken" = [])),
    params(("watch" = Vec<String>, Query, description = "The paths to watch", example = json!(["/api/users/me"]))),
    responses(
        (status = 101, description = "A WebSocket; the token comes in its first message"),
        (status = 200, description = "Events until the token expires",
            content_type = "text/event-stream", body = String,
            example = "event: states\ndata: {\"/api/users/me\":{\"status\":200,\"etag\":\"\\\"7\\\"\",\"body\":{}}}\n\n"),
        (status = 400, response = super::openapi::BadRequest),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn live(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let upgrade = parts.headers.get(UPGRADE);
    if upgrade.is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
        let upgrade = upgrade.map_err(|_| {
            let how = "Open a WebSocket as RFC 6455 has it, over HTTP/1.1.";
            Refused::new(StatusCode::BAD_REQUEST, how)
        })?;
        let held = parts.extensions.remove::<Arc<Held>>();
        return Ok(app.live.socket(upgrade, app.clone(), held));
    }
    let identity = Identity::from_request_parts(&mut parts, &app).await?;
    let mut session = app.live.connect(identity)?;
    let query = query.unwrap_or_default();
    for (name, path) in form_urlencoded::parse(query.as_bytes()) {
        if name == "watch" {
            session.watch(&path, None)?;
        }
    }
    if session.is_idle() {
        return Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "Name what to watch: /api/live?watch=/api/users/me",
        )
        .into());
    }
    let states = first(&mut session).await?;
    let stream = live_axum::events(app.live.clone(), session, states, |states| {
        // States are strings, numbers and JSON.
        let data = serde_json::to_string(states).ok()?;
        Some(Event::default().event("states").data(data))
    });
    Ok(stream.into_response())
}

/// The first states, of all that is watched.
///
/// # Errors
/// What keeps all of them from being read.
pub async fn first(session: &mut Session<Identity>) -> Result<States, ApiError> {
    let states: States = in_time(async { Ok::<_, ApiError>(session.all().await) }).await?;
    let all_fail = states.values().all(|state| state.is_failure());
    (!all_fail).then_some(states).ok_or(ApiError::NothingRead)
}
