//! The project's own commands, as a person runs them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::{Person, StackOptions, Story, Tree, story_with, wait_within};
use tokio::sync::Mutex;

/// One story after the other: they build the same files.
static BUILDS: Mutex<()> = Mutex::const_new(());

/// How long an edit may take to show.
const EDIT_WITHIN: Duration = Duration::from_mins(5);

#[tokio::test]
async fn the_commands_serve_a_page_to_sign_up_on_and_end_with_ctrl_c() -> Result<()> {
    let _alone = BUILDS.lock().await;
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
            let document = reqwest::get(story.page()).await?.text().await?;
            let is_development = command == "dev";
            ensure!(document.contains("/__dev/") == is_development, "{document}");
            if is_development {
                offers(story, &code).await?;
            }
            story.browsers[0].type_code(&code).await?;
            if is_development {
                offers(story, "").await?;
            }
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

#[tokio::test]
async fn the_open_page_follows_edits_of_the_api_and_of_itself() -> Result<()> {
    let _alone = BUILDS.lock().await;
    // What the project itself is built in: everything but the copy's own crates is compiled.
    let files = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = files.parent().context("the folder of all that is built")?;
    let tree = Tree::copy_to(files.join("edited"))?;
    let options = StackOptions {
        command: Some("dev"),
        tree: Some((tree.clone(), target.to_owned())),
        ..StackOptions::default()
    };
    story_with("edits", options, async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        // While the API is replaced, nobody answers.
        story.browsers[0].expect_error("/api/live");
        let (row, page) = (
            "api/src/users/entity.rs",
            "frontend/src/person/profile/view.rs",
        );

        tree.edit(
            row,
            "name: self.name,",
            "name: self.name + \" (Countess)\",",
        )?;
        shows(story, "Welcome, Ada Lovelace (Countess)").await?;

        tree.edit(page, "\"Welcome, \"", "\"Good evening, \"")?;
        shows(story, "Good evening, Ada Lovelace (Countess)").await?;

        tree.edit(row, "self.name + \" (Countess)\",", "self.name +,")?;
        prints(story, "The API does not compile").await?;
        prints(story, "error: expected expression, found `,`").await?;
        let message = "error: expected expression, found `,`\n  --> api/src/users/entity.rs";
        is_covered(story, |text| text.contains(message)).await?;
        // As one that is opened now.
        story.browsers[0].client.refresh().await?;
        shows(story, "Good evening, Ada Lovelace (Countess)").await?;
        is_covered(story, |text| text.contains(message)).await?;

        tree.edit(row, "self.name +,", "self.name,")?;
        shows(story, "Good evening, Ada Lovelace\n").await?;
        is_covered(story, str::is_empty).await?;
        end(story).await
    })
    .await
}

/// Waits until the page shows this, for which something is built.
async fn shows(story: &Story, text: &str) -> Result<()> {
    let what = format!("the page to show {text:?}");
    wait_within(EDIT_WITHIN, &what, async || {
        let shown = story.browsers[0].text().await.ok()?;
        shown.contains(text).then_some(())
    })
    .await
}

/// Waits until what lies over the page, at its lower edge, has such a text.
async fn is_covered(story: &Story, by: impl Fn(&str) -> bool) -> Result<()> {
    const OVER_THE_PAGE: &str = "const it = document.elementFromPoint(innerWidth / 2, innerHeight - 1); \
        return it?.matches('[role=alert]:popover-open') ? it.innerText : ''";
    wait_within(EDIT_WITHIN, "a message over the page", async || {
        let client = &story.browsers[0].client;
        let text = client.execute(OVER_THE_PAGE, vec![]).await.ok()?;
        text.as_str().filter(|text| by(text)).map(drop)
    })
    .await
}

/// Waits until what lies over the page has this code to copy; an empty one: until it is gone.
async fn offers(story: &Story, code: &str) -> Result<()> {
    const OFFERED: &str = "const it = document.querySelector('[role=status]:popover-open'); \
        return it?.shadowRoot.querySelector('b').textContent ?? ''";
    wait_within(
        EDIT_WITHIN,
        &format!("the code {code:?} over the page"),
        async || {
            let client = &story.browsers[0].client;
            let offered = client.execute(OFFERED, vec![]).await.ok()?;
            (offered.as_str() == Some(code)).then_some(())
        },
    )
    .await
}

/// Waits until the terminal shows this.
async fn prints(story: &Story, text: &str) -> Result<()> {
    let what = format!("the terminal to show {text:?}");
    wait_within(EDIT_WITHIN, &what, async || {
        story.stack.terminal().contains(text).then_some(())
    })
    .await
}
