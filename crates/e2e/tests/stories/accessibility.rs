//! Pages for everybody: every view by axe-core's rules, in light and dark, wide and narrow.

use anyhow::Result;
use e2e::{Look, Person, story};

const LOOKS: [Look; 4] = [
    Look {
        dark: false,
        phone: false,
    },
    Look {
        dark: true,
        phone: false,
    },
    Look {
        dark: false,
        phone: true,
    },
    Look {
        dark: true,
        phone: true,
    },
];

#[tokio::test]
async fn everybody_can_use_the_page() -> Result<()> {
    story("accessible-page", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        let id = ada.has_account(story).await?;
        let page = story.page();
        for look in LOOKS {
            let number = story.browser_with(look).await?;
            let browser = &story.browsers[number];
            ada.is_signed_in(story, number, &id).await?;
            browser.is_accessible().await?;
            browser.click("Edit").await?;
            browser.fill("Email address", "ada at example.com").await?;
            browser.click("Save").await?;
            browser.sees("Enter an email address").await?;
            browser.is_accessible().await?;
            browser.click("Cancel").await?;
            browser.open(&format!("{page}/account")).await?;
            browser.sees("Profile details").await?;
            browser.is_accessible().await?;
            ada.sign_out(browser).await?;
            browser.open(&page).await?;
            browser.sees("Sign up").await?;
            browser.is_accessible().await?;
            browser.open(&format!("{page}/no/such/page")).await?;
            browser.sees("Page not found").await?;
            browser.is_accessible().await?;
            browser.open(&format!("{page}/sign-in")).await?;
            browser.sees("Email address").await?;
            browser.is_accessible().await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn everybody_can_use_the_dashboard() -> Result<()> {
    story("accessible-dashboard", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let dashboard = format!("{}/dashboard", story.stack.emulator_url());
        for look in LOOKS {
            let number = story.browser_with(look).await?;
            let browser = &story.browsers[number];
            browser.open(&dashboard).await?;
            browser.sees("Ada Lovelace").await?;
            browser.is_accessible().await?;
            browser.click("Ada Lovelace").await?;
            browser.sees("Ban").await?;
            browser.is_accessible().await?;
            for (view, content) in [
                ("Sessions", ada.email.as_str()),
                ("Organizations", "No organizations yet"),
                ("Messages", "424242"),
                ("Webhooks", "Add"),
                ("Requests", "POST /v1/client/sign_ups"),
                ("Settings", "JWT templates"),
            ] {
                browser.open(&dashboard).await?;
                browser.click(view).await?;
                browser.sees(content).await?;
                browser.is_accessible().await?;
            }
        }
        Ok(())
    })
    .await
}
