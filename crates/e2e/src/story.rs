//! One story: its servers and browsers, and what is kept when it fails.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use futures_util::FutureExt;

use crate::browser::Browser;
use crate::engine::{Engine, Look};
use crate::stack::{Stack, StackOptions};

/// The world of one story.
#[derive(Debug)]
pub struct Story {
    /// The servers
    pub stack: Stack,
    /// The browsers, in the order they were started
    pub browsers: Vec<Browser>,
    engine: Engine,
}

impl Story {
    /// Starts another browser, with a profile of its own.
    pub async fn browser(&mut self) -> Result<usize> {
        self.browser_with(Look::default()).await
    }

    /// Starts another browser that presents pages like this.
    pub async fn browser_with(&mut self, look: Look) -> Result<usize> {
        let number = self.browsers.len();
        let profile = self.stack.folder(&format!("browser-{number}"));
        self.browsers
            .push(Browser::start(self.engine, &profile, look).await?);
        Ok(number)
    }

    /// The page's address.
    pub fn page(&self) -> String {
        self.stack.url()
    }
}

/// Tells a story with the usual servers and one browser.
pub async fn story(name: &str, tell: impl AsyncFnOnce(&mut Story) -> Result<()>) -> Result<()> {
    story_with(name, StackOptions::default(), tell).await
}

/// Tells a story with these servers and one browser. Afterwards the consoles of all browsers
/// must be free of errors that are no part of the story.
pub async fn story_with(
    name: &str,
    options: StackOptions,
    tell: impl AsyncFnOnce(&mut Story) -> Result<()>,
) -> Result<()> {
    let mut story = Story {
        engine: options.engine,
        stack: Stack::start(options).await?,
        browsers: Vec::new(),
    };
    story.browser().await?;
    let told = AssertUnwindSafe(tell(&mut story)).catch_unwind().await;
    let mut result = told.unwrap_or_else(|_| Err(anyhow!("the story panicked")));
    for browser in &mut story.browsers {
        if result.is_ok() {
            result = browser.check_console().await;
        }
    }
    if result.is_err() {
        let folder = keep_evidence(name, &mut story).await;
        result = result.map_err(|error| error.context(format!("see {}", folder.display())));
    }
    for browser in story.browsers {
        browser.close().await?;
    }
    result
}

async fn keep_evidence(name: &str, story: &mut Story) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/e2e")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    let _ = std::fs::create_dir_all(&folder);
    let folder = folder.canonicalize().unwrap_or(folder);
    story.stack.keep_logs(&folder).await;
    for (number, browser) in story.browsers.iter_mut().enumerate() {
        browser
            .keep_evidence(&folder, &format!("browser-{number}"))
            .await;
    }
    folder
}
