//! Measures the page as it is served: `figures`. `cargo xtask bench` runs it on the release build.
//!
//! With `E2E_PEER_DIST_DIR`, the built page of another app that uses the same Clerk instance, that
//! page is visited in turn with this one and stands beside it.

mod visit;

use std::path::Path;

use anyhow::{Context, Result};
use e2e::{App, Person, StackOptions, Story, story, story_with};
use visit::{Goal, Visit};

/// How often a page is visited, each time by a browser that has never seen it.
const VISITS: usize = 5;

const WELCOME: Goal = Goal {
    path: "/",
    selector: "main a.button, main button",
};
const SIGN_IN: Goal = Goal {
    path: "/sign-in",
    selector: "input[name=identifier]",
};

#[tokio::main]
async fn main() -> Result<()> {
    let mut rows = Vec::new();
    for (name, goal) in [
        ("`/`, signed out", WELCOME),
        ("`/sign-in`, to the form", SIGN_IN),
    ] {
        let mut apps = vec![(name.to_owned(), App::Starter)];
        if std::env::var_os("E2E_PEER_DIST_DIR").is_some() {
            apps.push((format!("{name}, the peer"), App::Peer));
        }
        rows.extend(visits(apps, goal).await?);
    }
    println!(
        "| visit on a slow phone (1.6 Mb/s, 150 ms, a processor 4 times slower), median of {VISITS} | first paint | first usable control | KB until then | KB in all | requests | layout shift | blocked |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (name, it) in rows {
        println!(
            "| {name} | {:.2} s | {:.2} s | {:.1} | {:.1} | {:.0} | {:.3} | {:.0} ms |",
            it.painted / 1000.0,
            it.usable / 1000.0,
            it.kilobytes_until_usable,
            it.kilobytes,
            it.requests,
            it.shift,
            it.blocked
        );
    }
    story("figures", async |story| {
        Person::new("Ada", "Lovelace").sign_up(story, 0).await?;
        let memory = story.stack.api_memory()?;
        let dist = std::env::var_os("E2E_DIST_DIR").context("E2E_DIST_DIR is not set")?;
        let size = brotli_size(Path::new(&dist))?;
        println!("\n| what | figure |");
        println!("|---|---|");
        println!(
            "| a stranger's document with styles, scripts and wasm, brotli (Clerk's own apart) | {:.1} KB |",
            kilo(size)
        );
        println!(
            "| resident memory of the API, one person signed in and live | {:.1} MB |",
            kilo(memory)
        );
        Ok(())
    })
    .await
}

/// Visits these apps in turn, round by round.
async fn visits(apps: Vec<(String, App)>, goal: Goal) -> Result<Vec<(String, Visit)>> {
    let mut paid = vec![Vec::new(); apps.len()];
    for _ in 0..VISITS {
        for ((name, app), paid) in apps.iter().zip(&mut paid) {
            let options = StackOptions {
                app: *app,
                ..StackOptions::default()
            };
            story_with(name, options, async |story: &mut Story| {
                paid.push(Visit::pay(story, goal).await?);
                Ok(())
            })
            .await?;
        }
    }
    let names = apps.into_iter().map(|(name, _)| name);
    Ok(names.zip(paid.iter().map(|it| Visit::median(it))).collect())
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn kilo(number: u64) -> f64 {
    number as f64 / 1000.0
}

/// Bytes of the compressed scripts, wasm and the document with its styles.
fn brotli_size(dist: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(dist)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if [".js.br", "_bg.wasm.br", "welcome.html.br"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            total += entry.metadata()?.len();
        }
    }
    Ok(total)
}
