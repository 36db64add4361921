//! `examples/gallery`: clerk-yew's components on the unmodified clerk-js.

mod components;
mod growth;
mod renders;

use anyhow::{Context, Result};
use e2e::{App, Browser, Person, StackOptions, Story, story_with, wait_for};
use serde_json::{Value, json};

/// Tells a story of the gallery.
async fn gallery(name: &str, tell: impl AsyncFnOnce(&mut Story) -> Result<()>) -> Result<()> {
    let options = StackOptions {
        app: App::Gallery,
        ..StackOptions::default()
    };
    story_with(name, options, tell).await
}

/// Opens this page of the gallery.
async fn open(story: &Story, path: &str) -> Result<()> {
    let url = format!("{}{path}", story.page());
    story.browsers[0].open(&url).await
}

/// Ada, who has an account and is signed in.
async fn ada_comes(story: &Story) -> Result<(Person, String)> {
    let ada = Person::new("Ada", "Lovelace");
    let id = ada.has_account(story).await?;
    ada.comes(story, 0, &id).await?;
    Ok((ada, id))
}

/// What a script answers.
async fn answer(browser: &Browser, script: &str) -> Result<Value> {
    Ok(browser.client.execute(script, vec![]).await?)
}

/// Waits until a script of this kind answers true.
async fn becomes_true(browser: &Browser, what: &str, script: &str) -> Result<()> {
    wait_for(what, async || {
        let answer = answer(browser, script).await.ok()?;
        answer.as_bool()?.then_some(())
    })
    .await
}
