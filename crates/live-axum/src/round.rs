//! Rounds: each begins a snapshot, runs again what has changed until then, and publishes it all at
//! once.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, Request, StatusCode};
use futures_util::FutureExt;
use live::State;
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{sleep, timeout, timeout_at};
use tower::ServiceExt;

use crate::bad_request;
use crate::caller::Caller;
use crate::hub::{Hub, Job, Outcome};
use crate::key::Key;
use crate::run::run;
use crate::source::Source;
use crate::tag;

/// How long the database may take to begin a snapshot, and a handler to answer: all others wait.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// The largest state, in bytes.
const STATE_MAX: usize = 256 * 1024;
/// The pause after a failure; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// A round at least so often, so that the last position is never one that the source forgot.
const EVERY: Duration = Duration::from_mins(1);
/// After so long it may have forgotten it.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(5);

/// Runs rounds. Never ends.
pub(crate) async fn drive<C: Caller, S: Source>(hub: Hub<C>, source: S, router: Router) {
    let mut place = Place::<S>::default();
    let mut pause = PAUSE;
    let mut retry_at = None;
    loop {
        let until = retry_at.unwrap_or_else(|| tokio::time::Instant::now() + EVERY);
        // Others do not wait for what fails, nor does what fails wait until others are silent.
        let _ = timeout_at(until, hub.rung()).await;
        if retry_at.is_some_and(|at| at <= tokio::time::Instant::now()) {
            retry_at = None;
            hub.retry();
        }
        let round = AssertUnwindSafe(round(&hub, &source, &router, &mut place)).catch_unwind();
        let Ok(round) = round.await else {
            tracing::error!("a round of live queries panicked; all are run again");
            place = Place::default();
            sleep(PAUSE_MAX).await;
            hub.ring();
            continue;
        };
        match round {
            Round::Well => (pause, retry_at) = (PAUSE, None),
            Round::Failures => {
                retry_at = retry_at.or_else(|| {
                    let next = tokio::time::Instant::now() + pause;
                    pause = (pause * 2).min(PAUSE_MAX);
                    Some(next)
                });
            }
            Round::Spoiled => hub.ring(),
            Round::NoSnapshot => {
                sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
                hub.ring();
            }
        }
    }
}

/// What came of a round.
enum Round {
    /// Everybody is up to date.
    Well,
    /// Some handlers failed.
    Failures,
    /// A handler took its snapshot with it: the others are run again, without that one.
    Spoiled,
    /// The database could not be read.
    NoSnapshot,
}

/// How far in the order of commits the last round was, and when.
struct Place<S: Source>(Option<(S::Position, Instant, SystemTime)>);

impl<S: Source> Default for Place<S> {
    fn default() -> Self {
        Self(None)
    }
}

impl<S: Source> Place<S> {
    /// The position, if the source still knows it. A machine that slept shows on one clock only.
    fn known(&self) -> Option<&S::Position> {
        let (position, at, by_date) = self.0.as_ref()?;
        let slept = by_date.elapsed().unwrap_or(Duration::MAX);
        (at.elapsed().max(slept) < FORGOTTEN_AFTER).then_some(position)
    }
}

/// One round.
async fn round<C: Caller, S: Source>(
    hub: &Hub<C>,
    source: &S,
    router: &Router,
    place: &mut Place<S>,
) -> Round {
    let (waiting, any) = hub.begin();
    if !any {
        // Whoever waits has nothing that could be old.
        place.0 = None;
        return Round::Well;
    }
    let (at, by_date) = (Instant::now(), SystemTime::now());
    let since = place.known();
    let begun = match timeout(ANSWER_WITHIN, source.begin(since)).await {
        Ok(Ok(begun)) => begun,
        failed => {
            if let Ok(Err(error)) = failed {
                tracing::warn!(%error, "live queries cannot be read; trying again");
            } else {
                tracing::warn!("the database is slow: live queries wait for it");
            }
            hub.fail(problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "The service is temporarily unavailable. It will be tried again.",
            ));
            hub.wait_on(waiting);
            return Round::NoSnapshot;
        }
    };
    let mut jobs = hub.due(&begun.changes).into_iter();
    place.0 = Some((begun.position, at, by_date));
    let snapshot = Arc::new(begun.snapshot);
    let mut outcomes = Vec::with_capacity(jobs.len());
    let mut spoiled = false;
    while !spoiled && let Some(job) = jobs.next() {
        let outcome = outcome(job, snapshot.clone(), router).await;
        if outcome.state.is_failure() {
            let sound = timeout(ANSWER_WITHIN, source.is_sound(&snapshot)).await;
            spoiled = sound != Ok(true);
        }
        outcomes.push(outcome);
    }
    if let Some(snapshot) = Arc::into_inner(snapshot) {
        // One that does not end in time ends with its connection.
        let _ = timeout(ANSWER_WITHIN, source.end(snapshot)).await;
    }
    if spoiled {
        // Not one half of it: what a connection shows is of one moment.
        hub.wait_on(waiting);
        hub.abandon(outcomes, jobs);
        return Round::Spoiled;
    }
    let failed = hub.finish(outcomes);
    for waits in waiting {
        // It has gone away meanwhile.
        let _ = waits.send(());
    }
    if failed { Round::Failures } else { Round::Well }
}

/// Runs one query.
async fn outcome<C: Caller>(
    job: Job<C>,
    snapshot: Arc<dyn Any + Send + Sync>,
    router: &Router,
) -> Outcome {
    let mut request = Request::new(Body::empty());
    // It was checked when it began to be watched.
    *request.uri_mut() = job.path.parse().unwrap_or_default();
    request.headers_mut().insert(
        ACCEPT,
        axum::http::HeaderValue::from_static("application/json"),
    );
    job.caller.attach(request.extensions_mut());
    let answer = run(snapshot, async {
        // A router never fails.
        let Ok(response) = router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        state(parts.status, &parts.headers, body).await
    });
    let answer = timeout(ANSWER_WITHIN, AssertUnwindSafe(answer).catch_unwind()).await;
    let (state, reads) = match answer {
        Ok(Ok((state, reads))) => (watchable(state, &reads), reads),
        Ok(Err(_panic)) => (
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side.",
            ),
            Vec::new(),
        ),
        Err(_slow) => (
            problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "This took too long. It will be tried again.",
            ),
            Vec::new(),
        ),
    };
    Outcome {
        query: job.query,
        state,
        reads,
    }
}

/// An answer as a state.
async fn state(status: StatusCode, headers: &HeaderMap, body: Body) -> State {
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split(';').next())
        .is_some_and(|it| it == "application/json" || it.ends_with("+json"));
    if !is_json {
        return problem(
            StatusCode::BAD_REQUEST,
            "This path cannot be watched: its answer is not JSON.",
        );
    }
    let Ok(bytes) = to_bytes(body, STATE_MAX).await else {
        return problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "This path cannot be watched: its answer is too large. Ask for a part of it.",
        );
    };
    let etag = headers.get(ETAG).and_then(|it| it.to_str().ok());
    let etag: Arc<str> = etag.map_or_else(|| tag::digest(&bytes).into(), Arc::from);
    let text = String::from_utf8(bytes.into());
    match text.ok().and_then(|text| RawValue::from_string(text).ok()) {
        Some(body) => State {
            status: status.as_u16(),
            etag: Some(etag),
            body: Some(body),
        },
        None => problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side.",
        ),
    }
}

/// Refuses what would never be heard of again: an answer for which nothing was read.
fn watchable(state: State, reads: &[Key]) -> State {
    if reads.is_empty() && (200..300).contains(&state.status) {
        return problem(
            StatusCode::BAD_REQUEST,
            "This path cannot be watched: it reads nothing that changes.",
        );
    }
    state
}

/// An error as a problem document (RFC 9457).
fn problem(status: StatusCode, detail: &str) -> State {
    let problem = bad_request::problem(status, detail);
    let body = to_raw_value(&problem).ok();
    let text = body.as_ref().map_or("", |body| body.get());
    State {
        status: status.as_u16(),
        etag: Some(tag::digest(text.as_bytes()).into()),
        body,
    }
}
