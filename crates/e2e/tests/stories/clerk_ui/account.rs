//! Everything that people change about their account.

use anyhow::{Context, Result};
use e2e::{Browser, PASSWORD, Person, StackOptions, TEST_CODE, story, story_with, wait_for};
use serde_json::json;

use super::*;

/// The secret that the account page shows for an authenticator app.
async fn shown_secret(browser: &Browser) -> Result<String> {
    let field = browser.find("//input[@readonly or @disabled]").await?;
    field.prop("value").await?.context("a secret")
}

/// One of the backup codes that the account page shows.
async fn shown_backup_code(browser: &Browser) -> Result<String> {
    wait_for("a backup code", async || {
        let shown = browser.text().await.ok()?;
        let mut words = shown.split_whitespace();
        let is_code =
            |word: &&str| word.len() == 10 && word.chars().all(|it| it.is_ascii_hexdigit());
        words.find(is_code).map(str::to_owned)
    })
    .await
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_and_asked_for() -> Result<()> {
    story("authenticator-app", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Security").await?;
        browser.click("Add two-step verification").await?;
        browser.click("Authenticator application").await?;
        browser.click("Can’t scan QR code?").await?;
        let secret = shown_secret(browser).await?;
        browser.click("Continue").await?;
        browser
            .type_code(&app_code(story, &secret, 0).await?)
            .await?;
        browser.sees("Two-step verification is now enabled").await?;
        let backup = shown_backup_code(browser).await?;
        browser.click("Finish").await?;

        ada.sign_out(browser).await?;
        ada.begin_sign_in(story, 0).await?;
        enter_password(browser).await?;
        browser.sees("Two-step verification").await?;
        // A reload in between loses nothing that counts.
        browser.client.refresh().await?;
        browser
            .type_code(&app_code(story, &secret, 30).await?)
            .await?;
        ada.sees_own_profile(browser).await?;

        ada.sign_out(browser).await?;
        ada.begin_sign_in(story, 0).await?;
        enter_password(browser).await?;
        browser.sees("Two-step verification").await?;
        browser.click("Use another method").await?;
        browser.click("Use a backup code").await?;
        browser.fill("Backup code", &backup).await?;
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_picture_is_uploaded_and_removed() -> Result<()> {
    story("picture", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Profile").await?;
        browser.click("Update profile").await?;
        let picture = browser.client.screenshot().await?;
        let file = story.stack.folder("picture.png");
        std::fs::write(&file, picture)?;
        let field = fantoccini::Locator::XPath("//input[@type='file']");
        let input = wait_for("the file field", async || browser.client.find(field).await.ok());
        input.await?.send_keys(&file.display().to_string()).await?;
        let uploaded = wait_for("the picture", async || {
            let script = "return window.Clerk.user.hasImage
                && [...document.images].some(it => it.src.includes('/__clerk/v1/images/img_') && it.naturalWidth > 0)";
            browser.client.execute(script, vec![]).await.ok()?.as_bool()?.then_some(())
        });
        uploaded.await?;
        browser.click("Update profile").await?;
        browser.click("Remove").await?;
        let removed = wait_for("no picture", async || {
            let script = "return window.Clerk.user.hasImage === false";
            browser.client.execute(script, vec![]).await.ok()?.as_bool()?.then_some(())
        });
        removed.await
    })
    .await
}

#[tokio::test]
async fn an_account_is_deleted_by_its_person() -> Result<()> {
    story("delete-account", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        story.browsers[0].expect_error("status of 401");
        story.browsers[0].expect_error("status of 422");
        let browser = &story.browsers[0];
        // The page's own account page has another way out in the place of Clerk's.
        clerk(browser, "openUserProfile()").await?;
        browser.click("Security").await?;
        browser.click("Delete account").await?;
        let id = "//label[contains(normalize-space(.), 'Delete account')]/@for";
        let field = browser.find(&format!("//input[@id={id}]")).await?;
        field.send_keys("Delete account").await?;
        browser
            .click_at("(//button[normalize-space(.)='Delete account'])[last()]")
            .await?;
        browser.sees("Sign up").await?;
        ada.begin_sign_in(story, 0).await?;
        story.browsers[0].sees("Couldn't find your account").await
    })
    .await
}

#[tokio::test]
async fn another_device_is_signed_out_from_the_account_page() -> Result<()> {
    story("devices", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let there = story.browser().await?;
        story.browsers[there].expect_error("status of 401");
        ada.begin_sign_in(story, there).await?;
        enter_password(&story.browsers[there]).await?;
        ada.sees_own_profile(&story.browsers[there]).await?;
        let here = &story.browsers[0];
        open_account(here, "Security").await?;
        here.sees("This device").await?;
        let menu = "(//button[@aria-label='Open menu'])[last()]";
        here.click_at(menu).await?;
        here.click("Sign out of device").await?;
        let gone = wait_for("one device", async || {
            let shown = here.text().await.ok()?;
            (shown.matches("Chrome").count() == 1).then_some(())
        });
        gone.await?;
        story.browsers[there].client.refresh().await?;
        story.browsers[there].sees("Sign up").await
    })
    .await
}

#[tokio::test]
async fn an_account_of_a_provider_is_connected_and_removed() -> Result<()> {
    story("connected-account", async |story| {
        story.stack.set(json!({ "social": ["google"] })).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Profile").await?;
        browser.click("Connect account").await?;
        browser.click("Google").await?;
        let field = browser.find("//input[@name='email']").await?;
        field.send_keys("ada@elsewhere.example").await?;
        browser.click("Allow").await?;
        browser.sees("ada@elsewhere.example").await?;
        open_menu(browser, "ada@elsewhere.example").await?;
        browser.click("Remove").await?;
        browser
            .sees("You will no longer be able to use this connected account")
            .await?;
        browser.click("Remove").await?;
        browser.sees_no("ada@elsewhere.example").await
    })
    .await
}

#[tokio::test]
async fn what_a_server_changes_reaches_the_open_page_by_a_webhook() -> Result<()> {
    let options = StackOptions {
        webhooks: true,
        ..StackOptions::default()
    };
    story_with("webhook", options, async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        let path = format!("/v1/users/{}", browser.field("clerk-id").await?);
        let body = json!({ "last_name": "King" });
        story.stack.emulator_call("PATCH", &path, body).await?;
        browser.sees_field("name", "Ada King").await
    })
    .await
}

#[tokio::test]
async fn a_password_is_changed() -> Result<()> {
    story("password", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        story.browsers[0].expect_error("status of 422");
        let browser = &story.browsers[0];
        open_account(browser, "Security").await?;
        browser.click("Update password").await?;
        browser.fill("Current password", "a wrong guess").await?;
        browser.fill("New password", NEW_PASSWORD).await?;
        browser.fill("Confirm password", NEW_PASSWORD).await?;
        browser.click("Save").await?;
        browser.sees("Password is incorrect").await?;
        browser.fill("Current password", PASSWORD).await?;
        browser.click("Save").await?;
        browser.sees_no("Current password").await?;
        browser.open(&story.page()).await?;
        ada.sign_out(browser).await?;
        ada.begin_sign_in(story, 0).await?;
        browser.fill("Password", NEW_PASSWORD).await?;
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_username_is_set_later() -> Result<()> {
    story("set-username", async |story| {
        story.stack.set(json!({ "username": "optional" })).await?;
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let id = bob.has_account(story).await?;
        let taken = json!({ "username": "taken" });
        let path = format!("/v1/users/{id}");
        story.stack.emulator_call("PATCH", &path, taken).await?;
        ada.arrives(story, 0).await?;
        story.browsers[0].expect_error("status of 422");
        let browser = &story.browsers[0];
        open_account(browser, "Profile").await?;
        browser.click("Set username").await?;
        browser.fill("Username", "taken").await?;
        browser.click("Save").await?;
        browser.sees("That username is taken").await?;
        browser.fill("Username", "countess").await?;
        browser.click("Save").await?;
        browser.sees("Update username").await?;
        browser.sees("countess").await
    })
    .await
}

#[tokio::test]
async fn an_address_is_proved_by_a_link_and_removed() -> Result<()> {
    story("address-link", async |story| {
        let settings = json!({ "email_link": true, "email_code": false });
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        let other = "countess@example.com";
        ada.arrives(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Profile").await?;
        browser.click("Add email address").await?;
        browser.fill("Email address", other).await?;
        browser.click("Add").await?;
        browser.sees("Click on the verification link").await?;
        browser.open_tab(&link(story, other).await?).await?;
        browser.look_at_tab(0).await?;
        browser.sees_no("Click on the verification link").await?;
        open_menu(browser, other).await?;
        browser.click("Remove email").await?;
        browser
            .sees("You will no longer be able to sign in using this email address")
            .await?;
        browser.click("Remove").await?;
        browser.sees_no(other).await
    })
    .await
}

#[tokio::test]
async fn backup_codes_are_renewed_and_the_authenticator_removed() -> Result<()> {
    story("backup-codes", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Security").await?;
        browser.click("Add two-step verification").await?;
        browser.click("Authenticator application").await?;
        browser.click("Can’t scan QR code?").await?;
        let secret = shown_secret(browser).await?;
        browser.click("Continue").await?;
        browser
            .type_code(&app_code(story, &secret, 0).await?)
            .await?;
        let before = shown_backup_code(browser).await?;
        browser.click("Finish").await?;
        open_menu(browser, "Backup codes").await?;
        browser.click("Regenerate").await?;
        let after = wait_for("new codes", async || {
            let code = shown_backup_code(browser).await.ok()?;
            (code != before).then_some(code)
        });
        after.await?;
        browser.click("Finish").await?;
        open_menu(browser, "Authenticator application").await?;
        browser.click("Remove").await?;
        browser.sees("Your account may not be as secure").await?;
        browser.click("Remove").await?;
        browser.sees_no("Backup codes").await?;
        let is_off = "return window.Clerk.user.twoFactorEnabled === false";
        becomes_true(browser, "no second factor", is_off).await
    })
    .await
}

#[tokio::test]
async fn a_passkey_is_renamed_and_removed() -> Result<()> {
    story("passkey-names", async |story| {
        story.stack.set(json!({ "passkeys": true })).await?;
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].add_authenticator().await?;
        ada.arrives(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Security").await?;
        browser.click("Add a passkey").await?;
        browser.sees("Chrome on Linux").await?;
        open_menu(browser, "Chrome on Linux").await?;
        browser.click("Rename").await?;
        browser.fill("Name of passkey", "The workshop").await?;
        browser.click("Save").await?;
        browser.sees("The workshop").await?;
        open_menu(browser, "The workshop").await?;
        browser.click("Remove").await?;
        browser.sees("will be removed from this account").await?;
        browser.click("Remove").await?;
        browser.sees_no("The workshop").await
    })
    .await
}

#[tokio::test]
async fn a_sensitive_change_asks_who_it_is_that_changes() -> Result<()> {
    story("reverification", async |story| {
        story.stack.set(json!({ "reverification": true })).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        // The first attempt is refused; and what comes from the future, our API refuses.
        for status in ["status of 403", "status of 422", "status of 401"] {
            story.browsers[0].expect_error(status);
        }
        let browser = &story.browsers[0];
        open_account(browser, "Profile").await?;
        time_passes(story, 11 * 60).await?;
        browser.click("Add email address").await?;
        browser
            .fill("Email address", "countess+clerk_test@example.com")
            .await?;
        browser.click("Add").await?;
        browser.sees("Verification required").await?;
        browser.fill("Password", "a wrong guess").await?;
        browser.click("Continue").await?;
        browser.sees("Password is incorrect").await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        browser
            .sees("Enter the verification code sent to countess")
            .await?;
        browser.type_code(TEST_CODE).await?;
        let two = "return window.Clerk.user.emailAddresses.length === 2";
        becomes_true(browser, "the address", two).await
    })
    .await
}

#[tokio::test]
async fn who_has_no_password_sets_one() -> Result<()> {
    story("set-password", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        let body = json!({
            "email_address": [ada.email],
            "first_name": ada.first,
            "last_name": ada.last,
            "skip_password_requirement": true,
        });
        let user = story.stack.emulator_call("POST", "/v1/users", body).await?;
        let id = user["id"].as_str().context("an id")?;
        ada.is_signed_in(story, 0, id).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Security").await?;
        browser.click("Set password").await?;
        browser.fill("New password", PASSWORD).await?;
        browser.fill("Confirm password", PASSWORD).await?;
        browser.click("Save").await?;
        browser.sees("Update password").await?;
        browser.open(&story.page()).await?;
        ada.sign_out(browser).await?;
        ada.begin_sign_in(story, 0).await?;
        enter_password(browser).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}
