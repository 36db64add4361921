//! Changes that show at once, with no reload.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::{Browser, Person, StackOptions, story, story_with};

/// Edits the name on the profile.
async fn rename(browser: &Browser, name: &str) -> Result<()> {
    browser.click("Edit").await?;
    browser.fill("Name", name).await?;
    browser.click("Save").await?;
    browser.sees("Saved").await?;
    browser.sees_field("name", name).await
}

#[tokio::test]
async fn an_edit_shows_in_a_second_tab_in_under_a_second() -> Result<()> {
    story("edit", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open_tab(&page).await?;
        ada.sees_own_profile(browser).await?;
        browser.sees("Live").await?;
        browser.watch_field("name").await?;
        browser.look_at_tab(0).await?;
        browser.watch_field("name").await?;
        rename(browser, "Countess of Lovelace").await?;
        let here = browser.changed_at("name", "Countess of Lovelace").await?;
        browser.look_at_tab(1).await?;
        let there = browser.changed_at("name", "Countess of Lovelace").await?;
        ensure!(there - here < 1000.0, "it took {} ms", there - here);
        assert_eq!(story.stack.rows().await?[0][3], "Countess of Lovelace");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_bad_edit_is_explained_and_nothing_typed_is_lost() -> Result<()> {
    story("bad-edit", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.click("Edit").await?;
        browser.fill("Name", "Countess").await?;
        browser.fill("Email address", "no address").await?;
        browser.click("Save").await?;
        browser
            .sees("Enter an email address like name@example.com.")
            .await?;
        browser
            .fill("Email address", "countess@example.com")
            .await?;
        browser.click("Save").await?;
        browser.sees_field("email", "countess@example.com").await?;
        browser.sees_field("name", "Countess").await?;
        // What was edited here survives the next visit: Clerk's name has not changed.
        browser.client.refresh().await?;
        browser.sees("Welcome, Countess").await
    })
    .await
}

#[tokio::test]
async fn eight_tabs_are_live_also_after_the_one_with_the_stream_is_closed() -> Result<()> {
    story("eight-tabs", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        let browser = &story.browsers[0];
        for _ in 1..8 {
            browser.open_tab(&page).await?;
            ada.sees_own_profile(browser).await?;
        }
        rename(browser, "All eight").await?;
        for tab in 0..8 {
            browser.look_at_tab(tab).await?;
            browser.sees_field("name", "All eight").await?;
        }
        // The first tab was there first, so it holds the stream.
        browser.look_at_tab(0).await?;
        browser.client.close_window().await?;
        browser.look_at_tab(0).await?;
        rename(browser, "All seven").await?;
        for tab in 0..7 {
            browser.look_at_tab(tab).await?;
            browser.sees_field("name", "All seven").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_token_that_ends_is_replaced_with_no_visible_break() -> Result<()> {
    let options = StackOptions {
        token_lifetime: Some(20),
        ..StackOptions::default()
    };
    story_with("token-ends", options, async |story| {
        let count = "window.sockets = 0;
            window.WebSocket = class extends window.WebSocket {
                constructor(...all) { super(...all); window.sockets++; }
            };";
        story.browsers[0].before_page(count).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open_tab(&page).await?;
        ada.sees_own_profile(browser).await?;
        let first = browser.token().await?;
        let begun = Instant::now();
        let mut rounds = 0;
        // Longer than two tokens live.
        while begun.elapsed() < Duration::from_secs(45) {
            rounds += 1;
            browser.look_at_tab(0).await?;
            rename(browser, &format!("Round {rounds}")).await?;
            browser.look_at_tab(1).await?;
            browser
                .sees_field("name", &format!("Round {rounds}"))
                .await?;
            ensure!(
                !browser.text().await?.contains("Reconnecting"),
                "a visible break"
            );
        }
        ensure!(browser.token().await? != first, "the token was replaced");
        // All of that was one connection, which the first tab has.
        browser.look_at_tab(0).await?;
        let made = browser
            .client
            .execute("return window.sockets", vec![])
            .await?;
        ensure!(made == 1, "{made} connections");
        Ok(())
    })
    .await
}
