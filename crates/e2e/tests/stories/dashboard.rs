//! The emulator's dashboard.

use anyhow::Result;
use e2e::{Person, story};
use serde_json::json;

#[tokio::test]
async fn the_dashboard_shows_and_changes_everything() -> Result<()> {
    story("dashboard", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let dashboard = format!("{}/dashboard", story.stack.emulator_url());
        let page = story.browser().await?;
        let browser = &story.browsers[page];
        browser.open(&dashboard).await?;
        browser.sees("Ada Lovelace").await?;
        browser.click("Messages").await?;
        browser.sees("424242").await?;
        browser.click("Sessions").await?;
        browser.sees(&ada.email).await?;
        browser.click("Requests").await?;
        browser.sees("POST /v1/client/sign_ups").await?;
        browser.click("Instance").await?;
        browser.sees(&story.stack.secret_key()?).await?;
        browser.click("Settings").await?;
        browser.sees("JWT templates").await?;
        browser.click("Users").await?;
        browser.click("Ada Lovelace").await?;
        browser.click("Ban").await?;
        browser.sees("User banned").await?;
        let user = story
            .stack
            .emulator_call("GET", "/v1/users", json!(null))
            .await?;
        assert_eq!(user[0]["banned"], true);
        Ok(())
    })
    .await
}
