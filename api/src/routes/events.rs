//! `GET /api/users/me/events`: the live query.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::auth::Identity;
use crate::error::ApiError;
use crate::users::entity::VERSION_MAX;
use crate::users::live::Subscription;
use crate::users::snapshot::Snapshot;

/// How often a comment shows that the stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

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
    let (state, subscription) = app.users.watch(identity.clerk_id()).await?;
    let state = after(state, last_event_id(&headers));
    let watch = Watch {
        version: state.version,
        first: Some(state),
        subscription,
        ends: Instant::now() + until(identity.expires()),
        identity,
        shutdown: app.shutdown.clone(),
    };
    Ok(Sse::new(unfold(watch, next)).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Watch {
    first: Option<Arc<Snapshot>>,
    version: i64,
    subscription: Subscription,
    ends: Instant,
    identity: Identity,
    shutdown: CancellationToken,
}

async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    let state = if let Some(first) = watch.first.take() {
        first
    } else {
        tokio::select! {
            state = watch.subscription.newer_than(watch.version) => state,
            () = tokio::time::sleep_until(watch.ends) => return None,
            () = watch.identity.until_withdrawn() => return None,
            () = watch.shutdown.cancelled() => return None,
        }
    };
    watch.version = state.version;
    let data = state.json.as_deref().unwrap_or(b"null");
    let event = Event::default()
        .event("user")
        .id(state.version.to_string())
        // JSON is text.
        .data(String::from_utf8_lossy(data));
    Some((Ok(event), watch))
}

/// The version a client saw last, when it comes back
/// (<https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>).
/// What no row's version can be is ignored: whoever saw that would never hear of a newer one.
fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    let seen = headers.get("last-event-id")?.to_str().ok()?.parse().ok();
    seen.filter(|version| (0..=VERSION_MAX).contains(version))
}

/// The state, with a version newer than the one the client saw if there is no row: a row that
/// was removed by hand left no version behind.
fn after(state: Arc<Snapshot>, seen: Option<i64>) -> Arc<Snapshot> {
    match seen {
        Some(seen) if state.version == 0 && seen > 0 => Arc::new(Snapshot::none(seen + 1)),
        _ => state,
    }
}

/// How long until this second of the Unix epoch.
fn until(exp: u64) -> Duration {
    (UNIX_EPOCH + Duration::from_secs(exp.min(u64::from(u32::MAX))))
        .duration_since(SystemTime::now())
        .unwrap_or_default()
}
