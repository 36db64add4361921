//! Clerk's prebuilt UI, unmodified, on the emulator: every way to get in, and everything a
//! person can change, by the labels they see.

mod account;
mod organizations;
mod tasks;
mod ways_in;

use anyhow::{Context, Result};
use e2e::{Browser, PASSWORD, Story, in_query, wait_for};
use serde_json::{Value, json};

const NEW_PASSWORD: &str = "battery horse correct";

/// The newest message to an address.
async fn mail(story: &Story, to: &str) -> Result<Value> {
    let path = format!("/emulator/messages/last?to={}", in_query(to));
    let found = wait_for("the message", async || {
        let answer = story.stack.emulator_call("GET", &path, Value::Null).await;
        answer.ok()
    });
    found.await
}

/// The link in the newest message to an address.
async fn link(story: &Story, to: &str) -> Result<String> {
    let link = wait_for("a link", async || {
        let message = mail(story, to).await.ok()?;
        message["link"].as_str().map(str::to_owned)
    });
    link.await
}

/// The code that an authenticator app shows, or will show in a while: each works once.
async fn app_code(story: &Story, secret: &str, seconds_on: u64) -> Result<String> {
    let clock = story
        .stack
        .emulator_call("GET", "/emulator/clock", Value::Null)
        .await?;
    let seconds = clock["now"].as_u64().context("a time")? / 1000 + seconds_on;
    let secret = totp_rs::Secret::Encoded(secret.to_owned())
        .to_bytes()
        .ok()
        .context("Base32")?;
    let app = totp_rs::TOTP::new(
        totp_rs::Algorithm::SHA1,
        6,
        1,
        30,
        secret,
        None,
        String::new(),
    );
    Ok(app?.generate(seconds))
}

/// Moves the emulator's clock on.
async fn time_passes(story: &Story, seconds: u64) -> Result<()> {
    let body = json!({ "advance_seconds": seconds });
    story
        .stack
        .emulator_call("POST", "/emulator/clock", body)
        .await?;
    Ok(())
}

/// Opens a part of the account page.
async fn open_account(browser: &Browser, part: &str) -> Result<()> {
    browser.click("Account").await?;
    browser.sees("Profile details").await?;
    if part != "Profile" {
        browser.click(part).await?;
    }
    Ok(())
}

/// Enters the password on the form for signing in.
async fn enter_password(browser: &Browser) -> Result<()> {
    browser.fill("Password", PASSWORD).await?;
    browser.click("Continue").await
}

/// Calls clerk-js as an application's own button would.
async fn clerk(browser: &Browser, call: &str) -> Result<()> {
    browser.finds_clerk().await?;
    browser
        .client
        .execute(&format!("window.Clerk.{call}"), vec![])
        .await?;
    Ok(())
}

/// Waits until a script of this kind answers true.
async fn becomes_true(browser: &Browser, what: &str, script: &str) -> Result<()> {
    wait_for(what, async || {
        let answer = browser.client.execute(script, vec![]).await.ok()?;
        answer.as_bool()?.then_some(())
    })
    .await
}

/// Opens the menu beside this text.
async fn open_menu(browser: &Browser, text: &str) -> Result<()> {
    let button = "button[@aria-label='Open menu']";
    let path = format!("(//*[contains(., '{text}')][.//{button}])[last()]//{button}");
    browser.settles().await?;
    browser.click_at(&path).await?;
    Ok(())
}
