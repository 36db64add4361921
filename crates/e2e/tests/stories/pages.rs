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
        assert_eq!(
            browser.client.title().await?,
            "Page not found – Yew + Clerk"
        );
        browser.click("Go home").await?;
        browser.sees("Sign up").await?;
        // Whoever hears the page, not sees it, is told where they are now.
        assert_eq!(browser.client.title().await?, "Yew + Clerk");
        let focused = browser.focused().await?;
        assert!(focused.contains("live user data"), "{focused}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_account_of_nobody_asks_to_sign_in() -> Result<()> {
    story("signed-out-account", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/account")).await?;
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

#[tokio::test]
async fn the_theme_that_was_chosen_is_there_before_anything_is_shown() -> Result<()> {
    story("theme", async |story| {
        let browser = &story.browsers[0];
        // As soon as there is a body, before any file of the page's has come.
        let note = "new MutationObserver((_, it) => {
            if (document.body) {
                window.first = getComputedStyle(document.documentElement).colorScheme;
                it.disconnect();
            }
        }).observe(document, {childList: true, subtree: true})";
        browser.before_page(note).await?;
        browser.open(&story.page()).await?;
        browser.sees("Sign up").await?;
        for theme in ["Dark", "Light"] {
            browser.click_at(&format!("//label[.='{theme}']")).await?;
            browser.client.refresh().await?;
            browser.sees("Sign up").await?;
            let first = browser
                .client
                .execute("return window.first", vec![])
                .await?;
            assert_eq!(first, theme.to_lowercase());
        }
        browser.click_at("//label[.='System']").await?;
        browser.client.refresh().await?;
        let first = browser
            .client
            .execute("return window.first", vec![])
            .await?;
        assert_eq!(first, "light dark");
        Ok(())
    })
    .await
}
