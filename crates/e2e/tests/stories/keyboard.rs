//! A whole life of an account with the keyboard alone.

use anyhow::Result;
use e2e::{Key, PASSWORD, Person, Story, TEST_CODE, story};

/// Signs up, edits, and deletes the account.
async fn lives(story: &Story) -> Result<()> {
    let ada = Person::new("Ada", "Lovelace");
    let browser = &story.browsers[0];
    browser.open(&story.page()).await?;
    browser.sees("Sign up").await?;
    browser.tabs_to("Skip to content").await?;
    browser.tabs_to("Sign up").await?;
    browser.presses(Key::Enter).await?;
    for (label, value) in [
        ("First name", ada.first),
        ("Last name", ada.last),
        ("Email address", &ada.email),
        ("Password", PASSWORD),
    ] {
        browser.tabs_to(label).await?;
        browser.types(value).await?;
    }
    browser.presses(Key::Enter).await?;
    browser.sees("Verify your email").await?;
    browser.type_code(TEST_CODE).await?;
    ada.sees_own_profile(browser).await?;

    browser.tabs_to("Edit").await?;
    browser.presses(Key::Enter).await?;
    // The focus is in the first field, and goes back to the button.
    browser.tabs_to("Name").await?;
    browser.presses(Key::Escape).await?;
    assert_eq!(browser.focused().await?, "Edit");
    browser.presses(Key::Enter).await?;
    browser.sees("Edit your profile").await?;
    assert_eq!(browser.focused().await?, "Name");
    browser.types(" King").await?;
    browser.presses(Key::Enter).await?;
    browser.sees("Saved").await?;
    browser.sees_field("name", "Ada Lovelace King").await?;
    assert_eq!(browser.focused().await?, "Edit");

    browser.tabs_to("Account").await?;
    browser.presses(Key::Enter).await?;
    browser.sees("Profile details").await?;
    browser.tabs_to("Delete account…").await?;
    browser.presses(Key::Enter).await?;
    browser
        .tabs_to(&format!("Type {} to confirm", ada.email))
        .await?;
    browser.types(&ada.email).await?;
    browser.presses(Key::Enter).await?;
    browser.sees("Goodbye").await?;
    assert!(story.stack.rows().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_account_lives_and_dies_by_the_keyboard() -> Result<()> {
    story("keyboard", async |story| {
        story.browsers[0].expect_error("status of 401");
        lives(story).await
    })
    .await
}

#[tokio::test]
async fn an_account_lives_and_dies_on_a_small_phone() -> Result<()> {
    story("keyboard-320", async |story| {
        story.browsers[0].expect_error("status of 401");
        story.browsers[0].looks(320, false).await?;
        lives(story).await
    })
    .await
}
