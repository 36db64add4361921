//! Browser tests: real browsers, real clerk-js, the real binaries, on free ports and temporary
//! data. A [`story`] builds its world, tells what a person does, and leaves nothing behind;
//! when it fails it keeps a screenshot, the browser's console and the servers' logs.

mod browser;
mod engine;
mod person;
mod screen;
mod stack;
mod story;
mod tree;

pub use browser::Browser;
pub use engine::{Engine, FOREIGN_HOST, Look};
pub use fantoccini::key::Key;
pub use person::{PASSWORD, Person, TEST_CODE, in_query};
pub use stack::{App, Stack, StackOptions};
pub use story::{Story, story, story_with};
pub use tree::Tree;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long a condition may take to become true.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until `check` answers something.
pub async fn wait_for<T>(what: &str, check: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    wait_within(PATIENCE, what, check).await
}

/// Waits until `check` answers something, for so long.
pub async fn wait_within<T>(
    patience: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Option<T>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(value) = check().await {
            return Ok(value);
        }
        if start.elapsed() > patience {
            bail!("waited {} s in vain for {what}", patience.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
