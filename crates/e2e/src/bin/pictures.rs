//! Takes pictures of the page and of the emulator's dashboard as they are: `pictures FOLDER`. `cargo xtask picture` runs it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use e2e::{Browser, Look, Person, story};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os()
        .nth(1)
        .context("usage: pictures FOLDER")?
        .into();
    std::fs::create_dir_all(&folder)?;
    let looks = [
        ("desktop-light", Look::default()),
        (
            "desktop-dark",
            Look {
                dark: true,
                ..Look::default()
            },
        ),
        (
            "phone-light",
            Look {
                phone: true,
                ..Look::default()
            },
        ),
        (
            "phone-dark",
            Look {
                dark: true,
                phone: true,
            },
        ),
    ];
    for (name, look) in looks {
        story("pictures", async |story| {
            let number = story.browser_with(look).await?;
            tour(story, number, &folder, name).await?;
            dashboard(story, number, &folder, name).await
        })
        .await?;
        println!("  {name}");
    }
    Ok(())
}

/// Walks through the pages and keeps a picture of each.
async fn tour(story: &e2e::Story, number: usize, folder: &Path, look: &str) -> Result<()> {
    let ada = Person::new("Ada", "Lovelace");
    let browser = &story.browsers[number];
    let page = story.page();
    browser.open(&page).await?;
    browser.sees("Sign up").await?;
    keep(browser, folder, &format!("welcome-{look}")).await?;
    browser.open(&format!("{page}/sign-in")).await?;
    browser
        .find("//label[normalize-space(.)='Email address']")
        .await?;
    keep(browser, folder, &format!("sign-in-{look}")).await?;
    ada.begin_sign_up(story, number).await?;
    keep(browser, folder, &format!("code-{look}")).await?;
    browser.type_code(e2e::TEST_CODE).await?;
    ada.sees_own_profile(browser).await?;
    keep(browser, folder, &format!("home-{look}")).await?;
    browser.click("Edit").await?;
    browser.fill("Email address", "ada at example.com").await?;
    browser.click("Save").await?;
    browser.sees("Enter an email address").await?;
    keep(browser, folder, &format!("edit-{look}")).await?;
    browser.click("Cancel").await?;
    browser.click("Account").await?;
    browser.sees("Profile details").await?;
    keep(browser, folder, &format!("account-{look}")).await
}

/// The emulator's dashboard, with a few more people.
async fn dashboard(story: &e2e::Story, number: usize, folder: &Path, look: &str) -> Result<()> {
    for (first, last, email) in [
        ("Grace", "Hopper", "grace@example.com"),
        ("Katherine", "Johnson", "katherine@example.com"),
        ("Alan", "Turing", "alan@example.com"),
        ("Edsger", "Dijkstra", "edsger@example.com"),
    ] {
        let user = json!({
            "first_name": first, "last_name": last, "email_address": [email],
            "skip_password_requirement": true,
        });
        story.stack.emulator_call("POST", "/v1/users", user).await?;
    }
    let invitation = json!({"email_address": "hedy@example.com"});
    story
        .stack
        .emulator_call("POST", "/v1/invitations", invitation)
        .await?;
    let browser = &story.browsers[number];
    browser
        .open(&format!("{}/dashboard", story.stack.emulator_url()))
        .await?;
    browser.sees("Edsger Dijkstra").await?;
    keep(browser, folder, &format!("dashboard-users-{look}")).await?;
    browser.click("Messages").await?;
    browser.sees("hedy@example.com").await?;
    keep(browser, folder, &format!("dashboard-messages-{look}")).await
}

/// The page from its top, as whoever has just opened it sees it.
const FROM_THE_TOP: &str = "
    const bare = new CSSStyleSheet();
    bare.replaceSync('* { scrollbar-width: none }');
    document.adoptedStyleSheets = [bare];
    scrollTo(0, 0);
";

async fn keep(browser: &Browser, folder: &Path, name: &str) -> Result<()> {
    browser.client.execute(FROM_THE_TOP, Vec::new()).await?;
    browser.settles().await?;
    let picture = browser.client.screenshot().await?;
    Ok(std::fs::write(folder.join(format!("{name}.png")), picture)?)
}
