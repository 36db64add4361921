//! What renders when.

use anyhow::Result;

use super::*;

/// How often the component of each hook has rendered.
async fn renders(browser: &Browser) -> Result<Value> {
    let script = "return Object.fromEntries([...document.querySelectorAll('[data-hook]')]
        .map(({dataset}) => [dataset.hook, Number(dataset.renders)]))";
    answer(browser, script).await
}

#[tokio::test]
async fn a_token_refresh_renders_nothing_and_a_rename_what_shows_the_name() -> Result<()> {
    gallery("gallery-renders", async |story| {
        ada_comes(story).await?;
        let browser = &story.browsers[0];
        browser.click("What renders when").await?;
        browser.sees("Ada Lovelace").await?;
        let before = renders(browser).await?;

        let refresh = "const done = arguments[0];
            window.Clerk.session.getToken({skipCache: true}).then(done)";
        let mut tokens = Vec::new();
        for _ in 0..3 {
            // Two of one second are the same.
            let second = json!({ "advance_seconds": 1 });
            story
                .stack
                .emulator_call("POST", "/emulator/clock", second)
                .await?;
            tokens.push(browser.client.execute_async(refresh, vec![]).await?);
        }
        tokens.dedup();
        assert_eq!(tokens.len(), 3, "they are new ones");

        let rename = "window.Clerk.user.update({firstName: 'Augusta'})";
        browser.client.execute(rename, vec![]).await?;
        browser.sees("Augusta Lovelace").await?;
        let mut expected = before.clone();
        for hook in ["use_user", "use_session"] {
            expected[hook] = json!(before[hook].as_u64().context("a number")? + 1);
        }
        assert_eq!(renders(browser).await?, expected);
        Ok(())
    })
    .await
}
