//! One visit by a browser that has never seen the page, on a slow phone.

use anyhow::{Context, Result};
use e2e::{Browser, Person, Story};
use serde_json::{Value, json};

/// Downstream in bytes a second (1.6 Mb/s), the latency of a request in milliseconds, and how many
/// times slower the processor is: Lighthouse's slow phone
/// (<https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md>).
const DOWN: u32 = 200_000;
const UP: u32 = 93_750;
const LATENCY: u32 = 150;
const SLOWER: u32 = 4;

/// What is visited, and how.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// By somebody whom the browser has never seen
    First(&'static str),
    /// The page is loaded again by somebody who is signed in
    Again,
    /// From `/`, once nothing more is loaded, by the first link to this path
    Click(&'static str),
}

/// What a visit is to show before it counts as usable, as a CSS selector.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// How it is reached
    pub way: Way,
    /// What can be used then
    pub selector: &'static str,
}

/// What a visit took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit {
    /// Milliseconds until something is painted
    pub painted: f64,
    /// Milliseconds until the goal is painted
    pub usable: f64,
    /// Kilobytes received until then
    pub kilobytes_until_usable: f64,
    /// Kilobytes received in all
    pub kilobytes: f64,
    /// How many requests that were
    pub requests: f64,
    /// How far things moved that were painted already (Cumulative Layout Shift)
    pub shift: f64,
    /// Milliseconds for which tasks of more than 50 ms kept the page from answering
    pub blocked: f64,
}

/// Notes in the page what [`Visit`] tells.
const NOTES: &str = "
    window.noted = {shift: 0, blocked: 0};
    const follow = (type, note) => new PerformanceObserver(list =>
        list.getEntries().forEach(note)).observe({type, buffered: true});
    follow('layout-shift', it => { if (!it.hadRecentInput) noted.shift += it.value; });
    follow('longtask', it => noted.blocked += it.duration - 50);
    const look = () => {
        const goal = document.querySelector(GOAL);
        if (goal && goal.getClientRects().length && !goal.disabled)
            requestAnimationFrame(() => noted.usable = performance.now());
        else requestAnimationFrame(look);
    };
    look();";

/// What was noted, once nothing has been received for two seconds.
const TOLD: &str = "
    const done = arguments[0];
    const received = () => [...performance.getEntriesByType('navigation'),
        ...performance.getEntriesByType('resource')];
    const tell = () => {
        const all = received(), last = Math.max(...all.map(it => it.responseEnd));
        if (noted.usable === undefined || performance.now() - Math.max(last, noted.usable) < 2000)
            return setTimeout(tell, 100);
        const kilobytes = some => some.reduce((sum, it) => sum + it.transferSize, 0) / 1000;
        const paint = performance.getEntriesByName('first-contentful-paint')[0];
        done({...noted, painted: paint.startTime, kilobytes: kilobytes(all), requests: all.length,
            kilobytes_until_usable: kilobytes(all.filter(it => it.responseEnd <= noted.usable))});
    };
    tell();";

/// Follows a link, and tells the same of what comes then.
const CLICK: &str = "
    const [path, goal, done] = arguments;
    const before = performance.getEntriesByType('resource').length, began = performance.now();
    Object.assign(noted, {shift: 0, blocked: 0, usable: undefined});
    const look = () => {
        const found = document.querySelector(goal);
        if (found && found.getClientRects().length && !found.disabled)
            requestAnimationFrame(() => noted.usable = performance.now());
        else requestAnimationFrame(look);
    };
    look();
    document.querySelector(`a[href='${path}']`).click();
    requestAnimationFrame(() => setTimeout(() => noted.painted = performance.now() - began));
    const tell = () => {
        const all = performance.getEntriesByType('resource').slice(before);
        const last = Math.max(began, ...all.map(it => it.responseEnd));
        if (noted.usable === undefined || performance.now() - Math.max(last, noted.usable) < 2000)
            return setTimeout(tell, 100);
        const kilobytes = some => some.reduce((sum, it) => sum + it.transferSize, 0) / 1000;
        done({...noted, usable: noted.usable - began, kilobytes: kilobytes(all), requests: all.length,
            kilobytes_until_usable: kilobytes(all.filter(it => it.responseEnd <= noted.usable))});
    };
    tell();";

impl Visit {
    /// Pays the visit.
    pub async fn pay(story: &mut Story, goal: Goal) -> Result<Self> {
        let number = story.browser().await?;
        if let Way::Again = goal.way {
            Person::new("Ada", "Lovelace")
                .arrives(story, number)
                .await?;
            story.browsers[number].sees("Live").await?;
        }
        let browser = story.browsers.remove(number);
        slow_down(&browser).await?;
        let first = match goal.way {
            Way::Click(_) => "a",
            _ => goal.selector,
        };
        let notes = NOTES.replace("GOAL", &json!(first).to_string());
        browser.before_page(&notes).await?;
        match goal.way {
            Way::First(path) => browser.open(&format!("{}{path}", story.page())).await?,
            Way::Again => browser.client.refresh().await?,
            Way::Click(_) => browser.open(&story.page()).await?,
        }
        let mut told = browser.client.execute_async(TOLD, vec![]).await?;
        if let Way::Click(path) = goal.way {
            let arguments = vec![json!(path), json!(goal.selector)];
            told = browser.client.execute_async(CLICK, arguments).await?;
        }
        browser.close().await?;
        Self::read(&told)
    }

    fn read(told: &Value) -> Result<Self> {
        let of = |name: &str| {
            told[name]
                .as_f64()
                .with_context(|| format!("{name}: {told}"))
        };
        Ok(Self {
            painted: of("painted")?,
            usable: of("usable")?,
            kilobytes_until_usable: of("kilobytes_until_usable")?,
            kilobytes: of("kilobytes")?,
            requests: of("requests")?,
            shift: of("shift")?,
            blocked: of("blocked")?,
        })
    }

    /// The median of each figure.
    pub fn median(visits: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| {
            let mut all: Vec<_> = visits.iter().map(figure).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        Self {
            painted: of(|it| it.painted),
            usable: of(|it| it.usable),
            kilobytes_until_usable: of(|it| it.kilobytes_until_usable),
            kilobytes: of(|it| it.kilobytes),
            requests: of(|it| it.requests),
            shift: of(|it| it.shift),
            blocked: of(|it| it.blocked),
        }
    }
}

/// Makes network and processor those of a slow phone.
async fn slow_down(browser: &Browser) -> Result<()> {
    browser.devtools("Network.enable", json!({})).await?;
    let network = json!({
        "offline": false, "latency": LATENCY,
        "downloadThroughput": DOWN, "uploadThroughput": UP,
    });
    browser
        .devtools("Network.emulateNetworkConditions", network)
        .await?;
    let slower = json!({ "rate": SLOWER });
    browser
        .devtools("Emulation.setCPUThrottlingRate", slower)
        .await?;
    Ok(())
}
