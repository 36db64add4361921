//! Measures the page as it is served: `figures`. `cargo xtask bench` runs it on the release build.

use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Person, story};

/// How often the page is loaded, each time by a browser that has never seen it.
const LOADS: usize = 5;

#[tokio::main]
async fn main() -> Result<()> {
    story("figures", async |story| {
        let page = story.page();
        let mut times = Vec::new();
        for _ in 0..LOADS {
            let number = story.browser().await?;
            let browser = story.browsers.remove(number);
            browser.note_first_button().await?;
            browser.open(&page).await?;
            times.push(browser.first_button().await?);
            browser.close().await?;
        }
        times.sort_by(f64::total_cmp);
        Person::new("Ada", "Lovelace").sign_up(story, 0).await?;
        let memory = story.stack.api_memory()?;
        let dist = std::env::var_os("E2E_DIST_DIR").context("E2E_DIST_DIR is not set")?;
        let size = brotli_size(Path::new(&dist))?;
        println!("| what | figure |");
        println!("|---|---|");
        println!("| the page's scripts, wasm and styles, brotli (Clerk's own apart) | {:.1} KB |", kilo(size));
        println!(
            "| navigation to the first interactive button, fresh browser, median of {LOADS} | {:.0} ms |",
            times[LOADS / 2]
        );
        println!("| resident memory of the API, one person signed in and live | {:.1} MB |", kilo(memory));
        Ok(())
    })
    .await
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn kilo(number: u64) -> f64 {
    number as f64 / 1000.0
}

/// Bytes of the compressed scripts, wasm and styles.
fn brotli_size(dist: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(dist)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if [".js.br", ".wasm.br", ".css.br"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            total += entry.metadata()?.len();
        }
    }
    Ok(total)
}
