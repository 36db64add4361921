use std::time::{Duration, Instant};

use axum::extract::State;
use tokio::sync::Mutex;

use crate::App;
use crate::error::ApiError;

/// How long an answer of the database counts: strangers may ask as often as they like.
const KEPT: Duration = Duration::from_secs(1);

/// Whether the database answered, and when that was.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, Result<(), ApiError>)>>);

impl Readiness {
    /// The answer, asked for anew when it is old. Who asks meanwhile waits for the same one.
    async fn or_ask(
        &self,
        ask: impl Future<Output = Result<(), ApiError>>,
    ) -> Result<(), ApiError> {
        let mut kept = self.0.lock().await;
        if let Some((when, answer)) = &*kept
            && when.elapsed() < KEPT
        {
            return answer.clone();
        }
        let answer = ask.await;
        *kept = Some((Instant::now(), answer.clone()));
        answer
    }
}

/// 200 while the process runs.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operations",
    responses((status = 200, description = "It runs", content_type = "text/plain", body = String))
)]
pub async fn live() -> &'static str {
    "ok\n"
}

/// 200 if the database takes writes and tokens can be verified.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = 200, description = "Ready", content_type = "text/plain", body = String),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn ready(State(app): State<App>) -> Result<String, ApiError> {
    let keys = app.verifier.keys();
    if !keys.at_hand() {
        return Err(ApiError::NoKeys);
    }
    app.database.or_ask(app.users.ping()).await?;
    Ok(match keys.end_in() {
        None => "ready\n".to_owned(),
        Some(left) => format!(
            "ready, but no verification keys can be fetched: those at hand end in {} s\n",
            left.as_secs()
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_database_is_asked_once_a_second_however_many_ask() {
        let (readiness, asked) = (Readiness::default(), AtomicUsize::new(0));
        let ask = || async {
            asked.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(())
        };
        for result in futures_util::future::join_all((0..50).map(|_| readiness.or_ask(ask()))).await
        {
            result.expect("an answer");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        let old = Instant::now()
            .checked_sub(KEPT)
            .expect("it is later than that");
        *readiness.0.lock().await = Some((old, Err(ApiError::Stopping)));
        readiness.or_ask(ask()).await.expect("a new answer");
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}
