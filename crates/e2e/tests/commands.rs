//! The project's own commands, as a person runs them.

use anyhow::{Result, ensure};
use e2e::{Person, StackOptions, Story, story_with};

/// One after the other: they build the same files.
#[tokio::test]
async fn the_commands_serve_a_page_to_sign_up_on_and_end_with_ctrl_c() -> Result<()> {
    for command in ["serve", "dev"] {
        let options = StackOptions {
            command: Some(command),
            ..StackOptions::default()
        };
        story_with(command, options, async |story| {
            let ada = Person {
                email: "ada@example.com".to_owned(),
                ..Person::new("Ada", "Lovelace")
            };
            ada.begin_sign_up(story, 0).await?;
            let code = ada.gets_code(story).await?;
            ensure!(
                story.stack.terminal().contains(&code),
                "the code is not in the terminal"
            );
            story.browsers[0].type_code(&code).await?;
            ada.sees_own_profile(&story.browsers[0]).await?;
            assert_eq!(story.stack.rows().await?.len(), 1);
            end(story).await
        })
        .await?;
    }
    let options = StackOptions {
        command: Some("serve"),
        // base64 of "clerk.example.com$"
        publishable_key: Some("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k".to_owned()),
        ..StackOptions::default()
    };
    story_with("serve-real-key", options, asks_the_real_instance).await
}

/// With a real key the emulator does not start, and the page asks that instance's host.
async fn asks_the_real_instance(story: &mut Story) -> Result<()> {
    ensure!(
        !story.stack.emulator_runs(),
        "the emulator runs beside a real instance"
    );
    let page = story.page();
    let browser = &mut story.browsers[0];
    browser.expect_error("clerk.example.com");
    browser.open(&page).await?;
    browser.sees("Sign-in is unavailable").await?;
    browser.find("//button[.='Retry']").await?;
    let console = browser.console_lines().await?;
    for script in [
        "@clerk/clerk-js@6/dist/clerk.browser.js",
        "@clerk/ui@1/dist/ui.browser.js",
    ] {
        let url = format!("https://clerk.example.com/npm/{script}");
        ensure!(
            console.iter().any(|line| line.contains(&url)),
            "{url} was not asked for"
        );
    }
    end(story).await
}

/// Leaves the page, whose connections would fail, and presses Ctrl-C.
async fn end(story: &mut Story) -> Result<()> {
    story.browsers[0].open("about:blank").await?;
    story.stack.interrupt().await
}
