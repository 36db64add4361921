//! How soon an edit shows elsewhere.

use std::collections::HashMap;

use anyhow::{Context, Result};
use e2e::{Browser, Person, Story};
use serde_json::json;

/// How many edits are made, and how many in one script: a driver gives one 30 s.
const EDITS: usize = 200;
const AT_ONCE: usize = 20;

/// Edits the name so many times as a person does, each once the one before is saved; answers when each
/// was sent, by its name.
const EDIT: &str = "
    const [first, count, done] = arguments;
    const shows = text => [...document.querySelectorAll('main button')]
        .find(it => it.innerText === text && it.ariaDisabled !== 'true');
    const until = async look => {
        for (;;) {
            const found = look();
            if (found) return found;
            await new Promise(next => requestAnimationFrame(next));
        }
    };
    const edit = async () => {
        const sent = {};
        for (let number = first; number < first + count; number++) {
            (await until(() => shows('Edit'))).click();
            const field = await until(() => document.querySelector('input[name=name]'));
            const name = `Ada ${number}`;
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, name);
            field.dispatchEvent(new Event('input', {bubbles: true}));
            const save = await until(() => shows('Save'));
            sent[name] = performance.timeOrigin + performance.now();
            save.click();
            await until(() => document.querySelector('.said')?.innerText === 'Saved');
        }
        return sent;
    };
    edit().then(done);";

/// Notes when the name takes which value; with frames, when it is painted.
const FOLLOW: &str = "
    const path = `[data-field='name']`;
    const [frames] = arguments, noted = window.noted = {};
    const now = () => performance.timeOrigin + performance.now();
    new MutationObserver(() => {
        const name = document.querySelector(path)?.innerText;
        if (!name || name in noted) return;
        noted[name] = now();
        if (frames) requestAnimationFrame(() => setTimeout(() => noted[name] = now()));
    }).observe(document.querySelector(path).closest('main'),
        {subtree: true, childList: true, characterData: true});";

/// How long edits take to show: the median and the 99th percentile, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Delay {
    /// The median
    pub p50: f64,
    /// The 99th percentile
    pub p99: f64,
}

/// Edits in one tab; answers how soon that shows in another one of the browser, and in another browser.
pub async fn measure(story: &mut Story) -> Result<[Delay; 2]> {
    let ada = Person::new("Ada", "Lovelace");
    let id = ada.has_account(story).await?;
    story.browser().await?;
    for browser in [0, 1] {
        ada.is_signed_in(story, browser, &id).await?;
    }
    let [here, there] = [&story.browsers[0], &story.browsers[1]];
    here.open_tab(&story.page()).await?;
    ada.sees_own_profile(here).await?;
    for (browser, frames) in [(here, false), (there, true)] {
        browser.sees("Live").await?;
        browser.client.execute(FOLLOW, vec![json!(frames)]).await?;
    }
    here.look_at_tab(0).await?;
    let mut sent = HashMap::new();
    for first in (0..EDITS).step_by(AT_ONCE) {
        let arguments = vec![json!(first), json!(AT_ONCE)];
        let some = here.client.execute_async(EDIT, arguments).await?;
        let some: HashMap<String, f64> = serde_json::from_value(some)?;
        sent.extend(some);
    }
    here.look_at_tab(1).await?;
    Ok([delay(here, &sent).await?, delay(there, &sent).await?])
}

async fn delay(browser: &Browser, sent: &HashMap<String, f64>) -> Result<Delay> {
    browser.sees(&format!("Welcome, Ada {}", EDITS - 1)).await?;
    let noted = browser
        .client
        .execute("return window.noted", vec![])
        .await?;
    let noted: HashMap<String, f64> = serde_json::from_value(noted)?;
    // A state that was replaced before it could show is told of with the next one.
    let mut delays: Vec<_> = sent
        .iter()
        .filter_map(|(name, at)| Some(noted.get(name)? - at))
        .collect();
    delays.sort_by(f64::total_cmp);
    let at = |share: usize| delays.get(delays.len() * share / 100).copied();
    Ok(Delay {
        p50: at(50).context("an edit that showed")?,
        p99: at(99).context("an edit that showed")?,
    })
}
