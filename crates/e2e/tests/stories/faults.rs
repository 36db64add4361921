//! What the page does when something is down, and how it heals.

use anyhow::Result;
use e2e::{Person, StackOptions, story, story_with};

#[tokio::test]
async fn with_the_api_down_the_page_says_so_and_heals_by_itself() -> Result<()> {
    story("api-down", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        for error in [
            "ERR_CONNECTION_REFUSED",
            "ERR_INCOMPLETE_CHUNKED_ENCODING",
            "ERR_EMPTY_RESPONSE",
            "ERR_CONNECTION_RESET",
        ] {
            story.browsers[0].expect_error(error);
        }
        story.stack.kill_api().await?;
        story.browsers[0].sees("Reconnecting…").await?;
        story.browsers[0].click("Edit").await?;
        story.browsers[0]
            .fill("Name", "Typed while it was down")
            .await?;
        story.browsers[0].click("Save").await?;
        story.browsers[0].sees("Not saved yet.").await?;
        story.stack.start_api().await?;
        story.browsers[0].sees("Saved").await?;
        let row = &story.stack.rows().await?[0];
        assert_eq!(row[3], "Typed while it was down");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn with_clerks_scripts_unreachable_the_page_fails_with_a_retry_that_works() -> Result<()> {
    let options = StackOptions {
        emulator_down: true,
        ..StackOptions::default()
    };
    story_with("scripts-unreachable", options, async |story| {
        for error in ["status of 502", "Refused to execute script"] {
            story.browsers[0].expect_error(error);
        }
        let page = story.page();
        story.browsers[0].open(&page).await?;
        story.browsers[0].sees("Sign-in is unavailable").await?;
        story.browsers[0]
            .sees("The sign-in service could not be reached.")
            .await?;
        story.stack.start_emulator().await?;
        story.browsers[0].click("Retry").await?;
        story.browsers[0].sees("Sign up").await?;
        Person::new("Ada", "Lovelace").sign_up(story, 0).await
    })
    .await
}

#[tokio::test]
async fn scripts_that_do_not_arrive_in_time_are_given_up() -> Result<()> {
    let options = StackOptions {
        emulator_down: true,
        ..StackOptions::default()
    };
    story_with("scripts-silent", options, async |story| {
        for error in ["status of 502", "Refused to execute script"] {
            story.browsers[0].expect_error(error);
        }
        let silent = story.stack.occupy_emulator()?;
        let form = format!("{}/sign-in", story.page());
        story.browsers[0].open(&form).await?;
        story.browsers[0].sees("Initializing…").await?;
        // After 15 s, as Clerk's own SDKs wait.
        story.browsers[0]
            .sees("The sign-in service did not respond in time.")
            .await?;
        drop(silent);
        story.stack.start_emulator().await?;
        story.browsers[0].click("Retry").await?;
        story.browsers[0].sees("Email address").await
    })
    .await
}

#[tokio::test]
async fn a_crash_loses_nothing() -> Result<()> {
    story("crash", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let rows = story.stack.rows().await?;
        for error in ["ERR_", "status of 502"] {
            story.browsers[0].expect_error(error);
        }
        story.stack.kill_api().await?;
        story.stack.stop_emulator().await;
        story.stack.start_emulator().await?;
        story.stack.start_api().await?;
        story.browsers[0].client.refresh().await?;
        ada.sees_own_profile(&story.browsers[0]).await?;
        assert_eq!(story.stack.rows().await?, rows);
        Ok(())
    })
    .await
}
