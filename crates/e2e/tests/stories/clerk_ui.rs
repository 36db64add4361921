//! Clerk's prebuilt UI, unmodified, on the emulator: every way to get in, and everything a
//! person can change.

use anyhow::{Context, Result};
use e2e::{Browser, PASSWORD, Person, StackOptions, Story, TEST_CODE, story, story_with, wait_for};
use serde_json::{Value, json};

const NEW_PASSWORD: &str = "battery horse correct";

/// The newest message to an address.
async fn mail(story: &Story, to: &str) -> Result<Value> {
    let to = to.replace('+', "%2B").replace('@', "%40");
    let path = format!("/emulator/messages/last?to={to}");
    let found = wait_for("the message", async || {
        story
            .stack
            .emulator_call("GET", &path, Value::Null)
            .await
            .ok()
    });
    found.await
}

/// The code that an authenticator app shows, or will show in a while: each works once.
async fn app_code(story: &Story, secret: &str, seconds_on: u64) -> Result<String> {
    let clock = story
        .stack
        .emulator_call("GET", "/emulator/clock", Value::Null)
        .await?;
    let seconds = clock["now"].as_u64().context("a time")? / 1000 + seconds_on;
    let secret = totp_rs::Secret::Encoded(secret.to_owned())
        .to_bytes()
        .ok()
        .context("Base32")?;
    let app = totp_rs::TOTP::new(
        totp_rs::Algorithm::SHA1,
        6,
        1,
        30,
        secret,
        None,
        String::new(),
    );
    Ok(app?.generate(seconds))
}

/// Opens a part of the account page.
async fn open_account(browser: &Browser, part: &str) -> Result<()> {
    browser.click("Profile").await?;
    browser.sees("Profile details").await?;
    if part != "Profile" {
        browser.click(part).await?;
    }
    Ok(())
}

/// Enters the password on the form for signing in.
async fn enter_password(browser: &Browser) -> Result<()> {
    browser.fill("Password", PASSWORD).await?;
    browser.click("Continue").await
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() -> Result<()> {
    story("forgotten-password", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        ada.sign_out(&story.browsers[0]).await?;
        ada.begin_sign_in(story, 0).await?;
        let browser = &story.browsers[0];
        browser.click("Forgot password?").await?;
        browser.click("Reset your password").await?;
        browser
            .sees("First, enter the code sent to your email address")
            .await?;
        browser.type_code(TEST_CODE).await?;
        browser.fill("New password", NEW_PASSWORD).await?;
        browser.fill("Confirm password", NEW_PASSWORD).await?;
        browser.settles().await?;
        browser.click("Reset Password").await?;
        ada.sees_own_profile(browser).await
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
        let path = "//input[@readonly or @disabled]";
        let secret = browser
            .find(path)
            .await?
            .prop("value")
            .await?
            .context("a secret")?;
        browser.click("Continue").await?;
        browser
            .type_code(&app_code(story, &secret, 0).await?)
            .await?;
        browser.sees("Two-step verification is now enabled").await?;
        let shown = browser.text().await?;
        let backup = shown
            .split_whitespace()
            .find(|word| word.len() == 10 && word.chars().all(|it| it.is_ascii_hexdigit()))
            .context("a backup code")?
            .to_owned();
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
async fn a_username_is_chosen_and_signs_in() -> Result<()> {
    story("username", async |story| {
        story.stack.set(json!({ "username": "required" })).await?;
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].expect_error("status of 422");
        let browser = &story.browsers[0];
        browser.open(&format!("{}/sign-up", story.page())).await?;
        browser.fill("First name", ada.first).await?;
        browser.fill("Last name", ada.last).await?;
        browser.fill("Username", "count.ess").await?;
        browser.fill("Email address", &ada.email).await?;
        browser.fill("Password", PASSWORD).await?;
        browser
            .sees("Your password meets all the necessary requirements.")
            .await?;
        browser.settles().await?;
        browser.click("Continue").await?;
        browser.sees("Username can only contain").await?;
        browser.fill("Username", "countess").await?;
        browser.click("Continue").await?;
        browser.sees("Verify your email").await?;
        browser.type_code(TEST_CODE).await?;
        ada.sees_own_profile(browser).await?;
        ada.sign_out(browser).await?;
        browser.open(&format!("{}/sign-in", story.page())).await?;
        browser
            .fill("Email address or username", "Countess")
            .await?;
        browser.click("Continue").await?;
        enter_password(browser).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_link_in_an_email_signs_in_while_the_page_waits() -> Result<()> {
    story("email-link", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        ada.sign_out(&story.browsers[0]).await?;
        let settings = json!({ "email_link": true, "email_code": false });
        story.stack.set(settings).await?;
        ada.begin_sign_in(story, 0).await?;
        let browser = &story.browsers[0];
        browser.click("Use another method").await?;
        browser
            .click(&format!("Email link to {}", ada.email))
            .await?;
        browser
            .sees("Use the verification link sent to your email")
            .await?;
        let message = wait_for("a link", async || {
            let message = mail(story, &ada.email).await.ok()?;
            message["link"].as_str().map(str::to_owned)
        });
        let link = message.await?;
        browser.open_tab(&link).await?;
        browser.look_at_tab(0).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

/// The provider's button; it may also say that it was the last one used.
async fn with_google(browser: &Browser) -> Result<()> {
    let path = "//button[contains(., 'Continue with Google')]";
    browser.settles().await?;
    browser.find(path).await?.click().await?;
    Ok(())
}

#[tokio::test]
async fn a_provider_signs_up_and_in() -> Result<()> {
    story("provider", async |story| {
        story.stack.set(json!({ "social": ["google"] })).await?;
        let ada = Person::new("Ada", "Lovelace");
        let page = story.page();
        // The provider's icon is on the network.
        story.browsers[0].expect_error("img.clerk.com");
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/sign-up")).await?;
        with_google(browser).await?;
        browser.sees("This page stands in for google").await?;
        for (name, value) in [
            ("email", ada.email.as_str()),
            ("first_name", ada.first),
            ("last_name", ada.last),
        ] {
            let field = browser.find(&format!("//input[@name='{name}']")).await?;
            field.send_keys(value).await?;
        }
        browser.click("Allow").await?;
        ada.sees_own_profile(browser).await?;
        ada.sign_out(browser).await?;

        // One who is known signs in, though they came to sign up.
        browser.open(&format!("{page}/sign-up")).await?;
        with_google(browser).await?;
        let field = browser.find("//input[@name='email']").await?;
        field.send_keys(&ada.email).await?;
        browser.click("Allow").await?;
        ada.sees_own_profile(browser).await?;
        ada.sign_out(browser).await?;

        // And one who is not signs up, though they came to sign in.
        let bob = Person::new("Bob", "Hope");
        browser.open(&format!("{page}/sign-in")).await?;
        with_google(browser).await?;
        for (name, value) in [
            ("email", bob.email.as_str()),
            ("first_name", bob.first),
            ("last_name", bob.last),
        ] {
            let field = browser.find(&format!("//input[@name='{name}']")).await?;
            field.send_keys(value).await?;
        }
        browser.click("Allow").await?;
        bob.sees_own_profile(browser).await
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
        open_account(browser, "Security").await?;
        browser.click("Delete account").await?;
        let id = "//label[contains(normalize-space(.), 'Delete account')]/@for";
        let field = browser.find(&format!("//input[@id={id}]")).await?;
        field.send_keys("Delete account").await?;
        browser
            .find("(//button[normalize-space(.)='Delete account'])[last()]")
            .await?
            .click()
            .await?;
        browser.sees("Create an account").await?;
        ada.begin_sign_in(story, 0).await?;
        story.browsers[0].sees("Couldn't find your account").await
    })
    .await
}

#[tokio::test]
async fn an_invited_person_signs_up_where_others_may_not() -> Result<()> {
    story("invitation", async |story| {
        story
            .stack
            .set(json!({ "sign_up_mode": "restricted" }))
            .await?;
        let ada = Person::new("Ada", "Lovelace");
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/sign-up")).await?;
        browser.sees("Access restricted").await?;
        let body = json!({
            "email_address": ada.email,
            "redirect_url": format!("{page}/sign-up"),
        });
        story
            .stack
            .emulator_call("POST", "/v1/invitations", body)
            .await?;
        let message = mail(story, &ada.email).await?;
        browser
            .open(message["link"].as_str().context("a link")?)
            .await?;
        browser.fill("First name", ada.first).await?;
        browser.fill("Last name", ada.last).await?;
        browser.fill("Password", PASSWORD).await?;
        browser
            .sees("Your password meets all the necessary requirements.")
            .await?;
        browser.settles().await?;
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn an_organization_is_founded_and_somebody_invited() -> Result<()> {
    story("organization", async |story| {
        let settings = json!({ "organizations": { "enabled": true, "domains": true } });
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        let open = "window.Clerk.openCreateOrganization()";
        browser.client.execute(open, vec![]).await?;
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Create organization").await?;
        browser.sees("Invite new members").await?;
        browser.click("Skip").await?;
        let open = "window.Clerk.openOrganizationProfile()";
        browser.client.execute(open, vec![]).await?;
        browser.sees("Analytical Engines").await?;
        browser.click("Members").await?;
        browser.sees(&ada.email).await?;
        let members = story
            .stack
            .emulator_call(
                "GET",
                "/v1/organizations/analytical-engines/memberships",
                Value::Null,
            )
            .await?;
        assert_eq!(members["data"][0]["role"], "org:admin");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_people_share_a_browser_and_switch() -> Result<()> {
    story("two-people", async |story| {
        story.stack.set(json!({ "single_session": false })).await?;
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        bob.sign_up(story, 0).await?;
        bob.sign_out(&story.browsers[0]).await?;
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        // The page's own form is for whoever is signed out.
        let open = "window.Clerk.openSignIn()";
        browser.client.execute(open, vec![]).await?;
        browser.fill("Email address", &bob.email).await?;
        browser.click("Continue").await?;
        enter_password(browser).await?;
        bob.sees_own_profile(browser).await?;
        browser.click("Open user menu").await?;
        browser
            .find("//button[contains(., 'Ada Lovelace')]")
            .await?
            .click()
            .await?;
        ada.sees_own_profile(browser).await
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
async fn a_waitlist_takes_an_address() -> Result<()> {
    story("waitlist", async |story| {
        story
            .stack
            .set(json!({ "sign_up_mode": "waitlist" }))
            .await?;
        let browser = &story.browsers[0];
        browser.open(&story.page()).await?;
        browser.sees("Create an account").await?;
        let open = "window.Clerk.openWaitlist()";
        browser.client.execute(open, vec![]).await?;
        browser.fill("Email address", "eve@example.com").await?;
        browser.click("Join the waitlist").await?;
        browser.sees("Thanks for joining the waitlist").await?;
        let entries = story
            .stack
            .emulator_call("GET", "/v1/waitlist_entries", Value::Null)
            .await?;
        assert_eq!(entries["data"][0]["email_address"], "eve@example.com");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_passkey_signs_in() -> Result<()> {
    story("passkey", async |story| {
        story.stack.set(json!({ "passkeys": true })).await?;
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].add_authenticator().await?;
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Security").await?;
        browser.click("Add a passkey").await?;
        browser.sees("Chrome on Linux").await?;
        ada.sign_out(browser).await?;
        browser.open(&format!("{}/sign-in", story.page())).await?;
        browser.click("Use passkey instead").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_the_account() -> Result<()> {
    story("lockout", async |story| {
        story.stack.set(json!({ "lockout_attempts": 2 })).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        ada.sign_out(&story.browsers[0]).await?;
        story.browsers[0].expect_error("status of 422");
        story.browsers[0].expect_error("status of 403");
        ada.begin_sign_in(story, 0).await?;
        let browser = &story.browsers[0];
        browser.fill("Password", "a wrong guess").await?;
        browser.click("Continue").await?;
        browser.sees("Password is incorrect").await?;
        browser.click("Continue").await?;
        // Clerk leads away from the form, and tells whoever comes back.
        browser.sees("Create an account").await?;
        ada.begin_sign_in(story, 0).await?;
        story.browsers[0].sees("Your account is locked").await
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
        here.find(menu).await?.click().await?;
        here.click("Sign out of device").await?;
        let gone = wait_for("one device", async || {
            let shown = here.text().await.ok()?;
            (shown.matches("Chrome").count() == 1).then_some(())
        });
        gone.await?;
        story.browsers[there].client.refresh().await?;
        story.browsers[there].sees("Create an account").await
    })
    .await
}

#[tokio::test]
async fn an_account_of_a_provider_is_connected() -> Result<()> {
    story("connected-account", async |story| {
        story.stack.set(json!({ "social": ["google"] })).await?;
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].expect_error("img.clerk.com");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        open_account(browser, "Profile").await?;
        browser.click("Connect account").await?;
        browser.click("Google").await?;
        let field = browser.find("//input[@name='email']").await?;
        field.send_keys("ada@elsewhere.example").await?;
        browser.click("Allow").await?;
        browser.sees("ada@elsewhere.example").await
    })
    .await
}
