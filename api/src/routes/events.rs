//! `GET /api/users/me/events`: the live query.

use std::convert::Infallible;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::auth::Identity;
use crate::error::ApiError;
use crate::users::live::{State as Live, Subscription};

/// How often a comment shows that the stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The current state at once, then each new one after it is committed, until the token expires
/// or the process stops.
pub async fn events(
    State(app): State<App>,
    identity: Identity,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let (state, subscription) = app.users.watch(identity.clerk_id()).await?;
    let watch = Watch {
        version: state.version,
        first: Some(state),
        subscription,
        ends: Instant::now() + until(identity.claims.exp),
        shutdown: app.shutdown,
    };
    Ok(Sse::new(unfold(watch, next)).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Watch {
    first: Option<Live>,
    version: i64,
    subscription: Subscription,
    ends: Instant,
    shutdown: CancellationToken,
}

async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    let state = if let Some(first) = watch.first.take() {
        first
    } else {
        tokio::select! {
            state = watch.subscription.newer_than(watch.version) => state,
            () = tokio::time::sleep_until(watch.ends) => return None,
            () = watch.shutdown.cancelled() => return None,
        }
    };
    watch.version = state.version;
    let data = serde_json::to_string(&state.user).unwrap_or_else(|_| "null".to_owned());
    let event = Event::default()
        .event("user")
        .id(state.version.to_string())
        .data(data);
    Some((Ok(event), watch))
}

/// How long until this second of the Unix epoch.
fn until(exp: u64) -> Duration {
    (UNIX_EPOCH + Duration::from_secs(exp))
        .duration_since(SystemTime::now())
        .unwrap_or_default()
}
