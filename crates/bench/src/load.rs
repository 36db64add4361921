//! Callers that do something again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Client;

/// How long a load lasts.
const ROUND: Duration = Duration::from_secs(5);
/// How many callers there are at once.
const CALLERS: usize = 8;

/// Lets callers do something again and again, each time with another number; answers how often
/// that was done in a second.
///
/// # Errors
/// The first that a caller met.
pub async fn load<F, W>(http: &Client, work: F) -> Result<f64>
where
    F: Fn(Client, usize) -> W + Clone + Send + 'static,
    W: Future<Output = Result<()>> + Send,
{
    let numbers = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CALLERS {
        let (http, work, numbers) = (http.clone(), work.clone(), numbers.clone());
        callers.spawn(async move {
            let mut done = 0_u32;
            while begun.elapsed() < ROUND {
                work(http.clone(), numbers.fetch_add(1, Ordering::Relaxed)).await?;
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    let mut count = 0;
    while let Some(done) = callers.join_next().await {
        count += done??;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
