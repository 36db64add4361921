//! `GET /api/users/me/events`: the live query of one's own row, as this API has always streamed it.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use live_axum::State as Answer;

use super::live::first;
use crate::App;
use crate::auth::Identity;
use crate::error::ApiError;
use crate::users::entity::VERSION_MAX;

/// What is watched.
const PATH: &str = "/api/users/me";

/// Stream your row.
///
/// Sends the current state at once, then each new one after it is committed, whatever changed it.
/// Each event has `event: user`, the row or `null` as `data`, and a growing version as `id`. A
/// comment every 15 s shows that the stream is alive. A slow reader gets the newest state, never
/// a backlog. The stream ends when the token expires or its key is withdrawn: connect again with
/// a fresh token. `EventSource` cannot send the `Authorization` header; use `fetch`.
#[utoipa::path(
    get,
    path = "/users/me/events",
    tag = "users",
    security(("sessionToken" = [])),
    responses(
        (status = 200, description = "Events until the token expires",
            content_type = "text/event-stream", body = String,
            example = "event: user\nid: 1764000000000000\ndata: null\n\n"),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn events(
    State(app): State<App>,
    identity: Identity,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let mut session = app.live.connect(identity)?;
    session.watch(PATH, None)?;
    let states = first(&mut session).await?;
    let mut version = last_event_id(&headers).unwrap_or(0);
    Ok(live_axum::events(
        app.live.clone(),
        session,
        states,
        move |states| {
            let state = states.get(PATH)?;
            if !matches!(state.status, 200 | 404 | 410) {
                return None;
            }
            version = newer(state, version);
            let row = state.body.as_ref().filter(|_| state.status == 200);
            let event = Event::default().event("user").id(version.to_string());
            Some(event.data(row.map_or("null", |row| row.get())))
        },
    ))
}

/// The version of this state: the row's, or its tombstone's, and where nothing is left of it, one
/// more than the client has seen.
fn newer(state: &Answer, seen: i64) -> i64 {
    let etag = state.etag.as_deref().unwrap_or_default();
    match etag.trim_matches('"').parse() {
        Ok(version) if matches!(state.status, 200 | 410) => version,
        _ if seen > 0 => seen.saturating_add(1),
        _ => 0,
    }
}

/// The version a client saw last, when it comes back
/// (<https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>).
/// What no row's version can be is ignored: whoever saw that would never hear of a newer one.
fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    let seen = headers.get("last-event-id")?.to_str().ok()?.parse().ok();
    seen.filter(|version| (0..=VERSION_MAX).contains(version))
}
