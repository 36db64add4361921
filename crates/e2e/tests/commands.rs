//! The project's own commands, as a person runs them.

use anyhow::Result;
use e2e::{Person, StackOptions, story_with};

/// One after the other: they build the same files.
#[tokio::test]
async fn the_commands_serve_a_page_to_sign_up_on_and_end_with_ctrl_c() -> Result<()> {
    for command in ["serve", "dev"] {
        let options = StackOptions {
            command: Some(command),
            ..StackOptions::default()
        };
        story_with(command, options, async |story| {
            Person::new("Ada", "Lovelace").sign_up(story, 0).await?;
            assert_eq!(story.stack.rows().await?.len(), 1);
            // Without the page, whose connections would fail.
            story.browsers[0].open("about:blank").await?;
            story.stack.interrupt().await
        })
        .await?;
    }
    Ok(())
}
