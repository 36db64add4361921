//! Pages by their paths.

use anyhow::Result;
use e2e::{Person, story};

#[tokio::test]
async fn an_unknown_path_says_so_and_leads_home() -> Result<()> {
    story("unknown-path", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/no/such/page")).await?;
        browser.sees("Page not found").await?;
        browser.click("Go home").await?;
        browser.sees("Create an account").await
    })
    .await
}

#[tokio::test]
async fn the_profile_of_nobody_asks_to_sign_in() -> Result<()> {
    story("signed-out-profile", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/profile")).await?;
        browser.sees("You are signed out").await?;
        browser.click("Sign in").await?;
        browser
            .find("//label[normalize-space(.)='Email address']")
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_form_for_signing_in_sends_a_signed_in_person_home() -> Result<()> {
    story("signed-in-sign-in", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        story.browsers[0].open(&format!("{page}/sign-in")).await?;
        ada.sees_own_profile(&story.browsers[0]).await
    })
    .await
}

#[tokio::test]
async fn the_api_can_be_tried_on_a_page_of_its_own() -> Result<()> {
    story("api-docs", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/api/docs")).await?;
        browser.sees("Read your row.").await?;
        browser.sees("/api/users/me/events").await
    })
    .await
}
