//! The main story in an engine that the others are not told in.

use anyhow::Result;
use e2e::{Engine, PASSWORD, Person, StackOptions, Story, story_with};
use serde_json::json;

/// Tells it in this engine, where there is one.
async fn main_story(name: &str, engine: Engine) -> Result<()> {
    if let Some(missing) = engine.missing() {
        println!("{missing} is not on this machine: the main story is not told in {engine:?}");
        return Ok(());
    }
    let options = StackOptions {
        engine,
        ..StackOptions::default()
    };
    story_with(name, options, async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        a_second_tab_follows(story, &ada).await?;
        who_is_second_chooses(story).await?;
        the_api_goes_and_comes(story).await?;
        signed_out_everywhere(story, &ada).await?;
        is_deleted(story, &ada).await
    })
    .await
}

#[tokio::test]
async fn the_main_story_in_firefox() -> Result<()> {
    main_story("engine-firefox", Engine::Firefox).await
}

#[tokio::test]
async fn the_main_story_in_webkit() -> Result<()> {
    main_story("engine-webkit", Engine::WebKit).await
}

/// An edit in the first tab shows in a second one, and where the first leaves off.
async fn a_second_tab_follows(story: &Story, ada: &Person) -> Result<()> {
    let browser = &story.browsers[0];
    browser.open_tab(&story.page()).await?;
    ada.sees_own_profile(browser).await?;
    browser.look_at_tab(0).await?;
    browser.click("Edit").await?;
    browser.fill("Name", "Countess").await?;
    browser.click("Save").await?;
    for tab in [0, 1] {
        browser.look_at_tab(tab).await?;
        browser.sees_field("name", "Countess").await?;
    }
    browser.look_at_tab(0).await?;
    browser.sees("Saved").await
}

async fn who_is_second_chooses(story: &Story) -> Result<()> {
    let browser = &story.browsers[0];
    browser.click("Edit").await?;
    browser.fill("Name", "Augusta").await?;
    let id = browser.field("clerk-id").await?;
    let put = reqwest::Client::new()
        .put(format!("{}/api/users/{id}", story.page()))
        .bearer_auth(browser.token().await?)
        .json(&json!({ "clerkId": id, "email": "ada@example.com", "name": "Ada King" }));
    assert_eq!(put.send().await?.status(), 200);
    browser.click("Save").await?;
    browser.sees("Your profile was changed elsewhere").await?;
    browser
        .click_at("//fieldset[legend='Name']//label[contains(., 'Ada King')]")
        .await?;
    browser.click("Save").await?;
    browser.sees_field("name", "Ada King").await?;
    browser.sees("Saved").await
}

async fn the_api_goes_and_comes(story: &mut Story) -> Result<()> {
    story.stack.kill_api().await?;
    story.browsers[0].sees("Reconnecting…").await?;
    story.stack.start_api().await?;
    story.browsers[0].sees_no("Reconnecting…").await?;
    let browser = &story.browsers[0];
    browser.click("Edit").await?;
    browser.fill("Name", "After the fall").await?;
    browser.click("Save").await?;
    browser.sees_field("name", "After the fall").await?;
    browser.sees("Saved").await
}

/// Who signs out in one tab is signed out in the other, and signs in again.
async fn signed_out_everywhere(story: &Story, ada: &Person) -> Result<()> {
    let browser = &story.browsers[0];
    ada.sign_out(browser).await?;
    browser.look_at_tab(1).await?;
    browser.sees_no("Welcome").await?;
    browser.sees("Sign up").await?;
    ada.begin_sign_in(story, 0).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.click("Continue").await?;
    browser.sees("Welcome, After the fall").await
}

async fn is_deleted(story: &Story, ada: &Person) -> Result<()> {
    let browser = &story.browsers[0];
    browser.click("Account").await?;
    // Clerk's part moves what is below; WebKit's driver does not tell of a click that missed.
    browser.sees("Update profile").await?;
    browser.click("Delete account…").await?;
    browser
        .fill(&format!("Type {} to confirm", ada.email), &ada.email)
        .await?;
    browser.click("Delete account").await?;
    browser.sees("Goodbye").await?;
    assert!(story.stack.rows().await?.is_empty());
    Ok(())
}
