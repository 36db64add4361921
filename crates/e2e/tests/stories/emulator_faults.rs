//! What the page does about Clerk's bad days: every kind of fault that the emulator knows.

use anyhow::Result;
use e2e::{Person, story, wait_for};
use serde_json::json;

const TOKENS: &str = "/v1/client/sessions/*/tokens*";

#[tokio::test]
async fn a_page_waits_for_a_slow_clerk() -> Result<()> {
    story("slow-clerk", async |story| {
        let fault = json!({ "path": "/v1/environment", "latency_ms": 2000, "share": 1 });
        story.stack.fault(fault).await?;
        let browser = &story.browsers[0];
        browser.open(&format!("{}/sign-in", story.page())).await?;
        browser.sees("Initializing…").await?;
        browser.sees("Email address").await
    })
    .await
}

#[tokio::test]
async fn a_form_says_when_clerk_has_had_enough() -> Result<()> {
    story("rate-limit", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].expect_error("status of 429");
        let fault = json!({ "path": "/v1/client/sign_ins", "rate_limit": 1, "count": 1 });
        story.stack.fault(fault).await?;
        ada.begin_sign_in(story, 0).await?;
        story.browsers[0].sees("Too many requests").await
    })
    .await
}

/// Signs up, reloads with tokens failing in this way, and waits until the page has recovered.
async fn recovers(name: &str, fault: serde_json::Value, errors: &[&str]) -> Result<()> {
    story(name, async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        for error in errors {
            story.browsers[0].expect_error(error);
        }
        story.stack.fault(fault).await?;
        let browser = &story.browsers[0];
        browser.client.refresh().await?;
        let shown = wait_for("the profile, or the way to it", async || {
            let text = browser.text().await.ok()?;
            if text.contains("Retry") {
                browser.click("Retry").await.ok()?;
            }
            text.contains("Welcome, Ada Lovelace").then_some(())
        });
        shown.await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_page_recovers_when_clerk_fails_to_give_a_token() -> Result<()> {
    let fault = json!({ "path": TOKENS, "status": 503, "count": 2 });
    recovers("token-status", fault, &["status of 503"]).await
}

#[tokio::test]
async fn a_page_recovers_from_a_dropped_connection() -> Result<()> {
    // The proxy in between says that nobody answered.
    let fault = json!({ "path": TOKENS, "drop": true, "count": 2 });
    recovers("token-drop", fault, &["status of 502", "net::ERR"]).await
}

#[tokio::test]
async fn a_page_recovers_from_nonsense() -> Result<()> {
    let fault = json!({ "path": TOKENS, "malformed": true, "count": 2 });
    recovers("token-nonsense", fault, &["JSON"]).await
}
