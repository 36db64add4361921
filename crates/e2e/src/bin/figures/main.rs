//! Measures the page as it is served: `figures`. `cargo xtask bench` runs it on the release build.
//!
//! With `E2E_PEER_DIST_DIR`, the built page of another app that uses the same Clerk instance, that
//! page is visited in turn with this one and stands beside it.

mod edits;
mod idle;
mod visit;

use std::path::Path;

use anyhow::{Context, Result};
use e2e::{App, StackOptions, Story, story, story_with};
use edits::Delay;
use idle::Held;
use visit::{Goal, Visit, Way};

/// How often a page is visited, each time by a browser that has never seen it.
const VISITS: usize = 5;

const WELCOME: Goal = Goal {
    way: Way::First("/"),
    selector: "main a.button, main button",
};
const SIGN_IN: Goal = Goal {
    way: Way::First("/sign-in"),
    selector: FORM,
};
const CLICK: Goal = Goal {
    way: Way::Click("/sign-in"),
    selector: FORM,
};
const RELOAD: Goal = Goal {
    way: Way::Again,
    selector: "p.live[data-state=up]",
};
const FORM: &str = "input[name=identifier]";

#[tokio::main]
async fn main() -> Result<()> {
    // `figures visits`, `figures edits` and `figures idle` measure one of them alone.
    let only = std::env::args().nth(1);
    let wants = |part: &str| only.as_ref().is_none_or(|only| only == part);
    if wants("visits") {
        print_visits().await?;
    }
    if wants("edits") {
        print_edits().await?;
    }
    if wants("idle") {
        print_idle().await?;
    }
    Ok(())
}

async fn print_visits() -> Result<()> {
    let mut rows = Vec::new();
    for (name, goal) in [
        ("`/`, signed out", WELCOME),
        ("`/sign-in`, to the form", SIGN_IN),
        ("from `/` by a click on \"Sign in\", to the form", CLICK),
        ("signed in, loaded again, to the confirmed row", RELOAD),
    ] {
        let mut apps = vec![(name.to_owned(), App::Starter)];
        let is_first = matches!(goal.way, Way::First(_));
        if is_first && std::env::var_os("E2E_PEER_DIST_DIR").is_some() {
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
    Ok(())
}

async fn print_edits() -> Result<()> {
    story("figures", async |story| {
        let delays = edits::measure(story).await?;
        let memory = story.stack.api_memory()?;
        let dist = std::env::var_os("E2E_DIST_DIR").context("E2E_DIST_DIR is not set")?;
        let size = brotli_size(Path::new(&dist))?;
        println!("\n| the page | figure |");
        println!("| --- | --- |");
        for (place, Delay { p50, p99 }) in ["another tab", "another browser"].into_iter().zip(delays) {
            println!("| an edit in {place}, of 200: p50, p99 | {p50:.0} ms, {p99:.0} ms |");
        }
        println!(
            "| a stranger's document with styles, scripts and wasm, brotli (Clerk's own apart) | {:.1} KB |",
            kilo(size)
        );
        println!(
            "| resident memory of the API, one person signed in and live in three pages | {:.1} MB |",
            kilo(memory)
        );
        Ok(())
    })
    .await
}

/// So many lives of tokens that live for so many seconds. The shortest end before a page can hand over
/// the next one, so each takes a new connection; of the others, a connection takes any number.
const IDLE: [(u32, u64); 2] = [(1, 1_000), (6, 100)];

async fn print_idle() -> Result<()> {
    for (seconds, lives) in IDLE {
        let options = StackOptions {
            token_lifetime: Some(seconds),
            ..StackOptions::default()
        };
        story_with("figures-idle", options, async |story| {
            let held = idle::measure(story, lives).await?;
            print_held(seconds, lives, &held);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

fn print_held(seconds: u32, lives: u64, held: &[Held; 2]) {
    println!("\n| a page left open for {lives} tokens that live {seconds} s | before | after |");
    println!("| --- | --- | --- |");
    for (what, of) in [
        (
            "connections made",
            (|it| it.connections.to_string()) as fn(&Held) -> String,
        ),
        ("listeners", |it| it.listeners.to_string()),
        ("nodes", |it| it.nodes.to_string()),
        ("MB of JavaScript", |it| format!("{:.2}", it.heap / 1e6)),
        ("MB of Rust", |it| format!("{:.2}", it.wasm / 1e6)),
    ] {
        println!("| {what} | {} | {} |", of(&held[0]), of(&held[1]));
    }
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
