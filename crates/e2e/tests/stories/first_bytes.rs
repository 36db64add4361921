//! The first bytes are the page: what is seen before any script has run, and while it takes over.

use anyhow::{Context, Result, ensure};
use e2e::{Browser, Person, story};
use serde_json::json;

/// Notes each state of the page's main part that a frame shows, and how far things move.
const RECORDER: &str = "
    window.frames_seen = [];
    window.moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(it => window.moved += it.value))
        .observe({type: 'layout-shift', buffered: true});
    const look = () => {
        const text = document.querySelector('main')?.innerText.trim() ?? '';
        const last = window.frames_seen.at(-1);
        if (text !== last) window.frames_seen.push(text);
        requestAnimationFrame(look);
    };
    look();";

async fn moved(browser: &Browser) -> Result<f64> {
    let moved = browser
        .client
        .execute("return window.moved", vec![])
        .await?;
    moved.as_f64().context("nothing was noted")
}

/// What the frames since the page was opened showed, one after the other.
async fn frames(browser: &Browser) -> Result<Vec<String>> {
    let frames = browser
        .client
        .execute("return window.frames_seen", vec![])
        .await?;
    Ok(serde_json::from_value(frames)?)
}

#[tokio::test]
async fn without_scripts_the_welcome_page_is_readable_and_its_links_say_what_is_needed()
-> Result<()> {
    story("without-scripts", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        let off = json!({ "value": true });
        browser
            .devtools("Emulation.setScriptExecutionDisabled", off)
            .await?;
        browser.open(&page).await?;
        browser.sees("Sign‑up, sign‑in and live user data").await?;
        browser.click("Sign up").await?;
        browser.sees("This page needs JavaScript").await?;
        let address = browser.client.current_url().await?;
        ensure!(address.path() == "/sign-up", "{address}");
        browser.sees_no("Initializing…").await
    })
    .await
}

#[tokio::test]
async fn nothing_moves_when_the_page_takes_over_from_its_first_bytes() -> Result<()> {
    story("nothing-moves", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        browser.before_page(RECORDER).await?;
        browser.open(&page).await?;
        browser.finds_clerk().await?;
        let frames = frames(browser).await?;
        let shown: Vec<_> = frames.iter().filter(|it| !it.is_empty()).collect();
        ensure!(shown.len() == 1, "more than one state: {frames:?}");
        let moved = moved(browser).await?;
        ensure!(moved == 0.0, "things moved: {moved}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_signed_in_reload_shows_one_state() -> Result<()> {
    story("signed-in-reload", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.sees("Live").await?;
        browser.before_page(RECORDER).await?;
        browser.client.refresh().await?;
        browser.finds_clerk().await?;
        browser.sees("Live").await?;
        let frames = frames(browser).await?;
        let name = ada.name();
        ensure!(
            !frames
                .iter()
                .any(|it| it.contains("Initializing") || it.contains("Connecting to")),
            "it waited: {frames:?}"
        );
        let first = frames.iter().position(|it| it.contains(&name));
        let first = first.context("the name was not shown")?;
        ensure!(
            frames[first..].iter().all(|it| it.contains(&name)),
            "the name went away: {frames:?}"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_was_remembered_is_not_shown_once_clerks_cookie_has_changed() -> Result<()> {
    story("remembered-not-shown", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        let browser = &story.browsers[0];
        browser.remembers(":row").await?;
        // The description of the API has no icon.
        story.browsers[0].expect_error("favicon.ico");
        let browser = &story.browsers[0];
        // On a page of this origin where no script of ours runs, somebody else signs in.
        browser.open(&format!("{page}/api/openapi.json")).await?;
        let script = "for (const name of document.cookie.split('; ').map(it => it.split('=')[0])
                .filter(it => it.startsWith('__client_uat')))
            document.cookie = `${name}=1764000000; path=/`;";
        browser.client.execute(script, vec![]).await?;
        browser.before_page(RECORDER).await?;
        browser.open(&page).await?;
        browser.sees("Live").await?;
        let frames = frames(browser).await?;
        ensure!(
            frames.iter().any(|it| it.contains("Initializing")),
            "it did not wait for Clerk: {frames:?}"
        );
        Ok(())
    })
    .await
}
