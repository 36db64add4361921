//! Takes pictures of the page and of the emulator's dashboard as they are: `pictures FOLDER`. `cargo xtask picture` runs it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
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
    story("pictures", async |story| two_tabs(story, &folder).await).await?;
    println!("  two tabs");
    Ok(())
}

/// Two windows side by side, as one picture: an edit in one, and what the other says of it.
async fn two_tabs(story: &e2e::Story, folder: &Path) -> Result<()> {
    Person::new("Ada", "Lovelace").arrives(story, 0).await?;
    let browser = &story.browsers[0];
    browser.open_tab(&story.page()).await?;
    browser.sees("Live").await?;
    for tab in [1, 0] {
        browser.look_at_tab(tab).await?;
        is_of_size(browser, 580, 430).await?;
    }
    browser.click("Edit").await?;
    browser.fill("Name", "Ada, Countess of Lovelace").await?;
    browser.click("Save").await?;
    let mut pictures = Vec::new();
    for (tab, says) in [(0, "Saved"), (1, "The name was changed elsewhere")] {
        browser.look_at_tab(tab).await?;
        browser.sees(says).await?;
        browser.client.execute(FROM_THE_TOP, Vec::new()).await?;
        browser.settles().await?;
        pictures.push(BASE64_STANDARD.encode(browser.client.screenshot().await?));
    }
    browser.open("about:blank").await?;
    is_of_size(browser, 1240, 520).await?;
    browser
        .client
        .execute(SIDE_BY_SIDE, vec![json!(pictures)])
        .await?;
    browser.settles().await?;
    let picture = browser.client.screenshot().await?;
    Ok(std::fs::write(folder.join("two-tabs-light.png"), picture)?)
}

async fn is_of_size(browser: &Browser, width: u32, height: u32) -> Result<()> {
    let size = json!({
        "width": width, "height": height, "deviceScaleFactor": 2, "mobile": false,
    });
    let method = "Emulation.setDeviceMetricsOverride";
    browser.devtools(method, size).await.map(drop)
}

/// Shows pictures as windows.
const SIDE_BY_SIDE: &str = r#"
    document.body.style = 'margin: 0; height: 100vh; display: flex; gap: 24px; align-items: center; \
        justify-content: center; background: #dfe3e8';
    const dot = '<i style="width: 10px; height: 10px; border-radius: 5px; background: #c9ced4"></i>';
    for (const picture of arguments[0]) {
        const shown = document.createElement('div');
        shown.style = 'background: #fff; border-radius: 10px; overflow: hidden; \
            box-shadow: 0 8px 28px #0003; font-size: 0';
        shown.innerHTML = `<div style="height: 26px; background: #f1f3f5; padding: 0 10px; display: flex; \
            gap: 6px; align-items: center">${dot.repeat(3)}</div>
            <img width="580" src="data:image/png;base64,${picture}">`;
        document.body.append(shown);
    }
    return Promise.all([...document.images].map(it => it.decode()));"#;

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
