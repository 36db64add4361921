//! A page that is left open.

use std::time::Duration;

use anyhow::{Context, Result};
use e2e::{Browser, Person, Story};
use serde_json::json;

/// How many tokens the page has handed over when it is looked at first: what is loaded once is there.
const WARM_UP: u64 = 50;

/// Counts connections, and the tokens that are handed over on them.
const COUNT: &str = "
    window.counted = {connections: 0, tokens: 0};
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
        constructor(...all) { super(...all); counted.connections++; }
        send(text) { if (text.startsWith('{\"token\"')) counted.tokens++; super.send(text); }
    };
    addEventListener('TrunkApplicationStarted', ({detail}) => { window.wasm = detail.wasm; });";

/// What a page holds.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Connections that were made since the page is there
    pub connections: i64,
    /// Listeners of JavaScript
    pub listeners: i64,
    /// Nodes of the document
    pub nodes: i64,
    /// Bytes of JavaScript's heap
    pub heap: f64,
    /// Bytes of the memory that Rust has
    pub wasm: f64,
}

/// What a page holds that somebody has left open for so many lives of a token, when they begin and at
/// their end.
pub async fn measure(story: &mut Story, lives: u64) -> Result<[Held; 2]> {
    let ada = Person::new("Ada", "Lovelace");
    let browser = &story.browsers[0];
    browser.before_page(COUNT).await?;
    browser.devtools("Performance.enable", json!({})).await?;
    ada.arrives(story, 0).await?;
    let browser = &story.browsers[0];
    browser.sees("Live").await?;
    let before = after(browser, WARM_UP).await?;
    Ok([before, after(browser, WARM_UP + lives).await?])
}

/// What it holds after so many tokens.
async fn after(browser: &Browser, tokens: u64) -> Result<Held> {
    loop {
        let counted = browser.client.execute("return counted", vec![]).await?;
        if counted["tokens"].as_u64().context("a number")? >= tokens {
            return held(browser, counted["connections"].as_i64()).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn held(browser: &Browser, connections: Option<i64>) -> Result<Held> {
    // What goes with a first collection frees more for the next.
    for _ in 0..3 {
        let collect = "HeapProfiler.collectGarbage";
        browser.devtools(collect, json!({})).await?;
    }
    let dom = browser.devtools("Memory.getDOMCounters", json!({})).await?;
    let metrics = browser
        .devtools("Performance.getMetrics", json!({}))
        .await?;
    let mut metrics = metrics["metrics"].as_array().into_iter().flatten();
    let heap = metrics.find(|it| it["name"] == "JSHeapUsedSize");
    let wasm = "return window.wasm.memory.buffer.byteLength";
    let wasm = browser.client.execute(wasm, vec![]).await?;
    Ok(Held {
        connections: connections.context("a number")?,
        listeners: dom["jsEventListeners"].as_i64().context("a number")?,
        nodes: dom["nodes"].as_i64().context("a number")?,
        heap: heap
            .and_then(|it| it["value"].as_f64())
            .context("a number")?,
        wasm: wasm.as_f64().context("a number")?,
    })
}
