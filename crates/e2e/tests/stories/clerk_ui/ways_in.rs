//! Every way to get in.

use anyhow::{Context, Result};
use e2e::{Browser, PASSWORD, Person, TEST_CODE, story, wait_for};
use serde_json::{Value, json};

use super::*;

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
        browser.click("Reset Password").await?;
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
    browser.click_at(path).await?;
    Ok(())
}

#[tokio::test]
async fn a_provider_signs_up_and_in() -> Result<()> {
    story("provider", async |story| {
        story.stack.set(json!({ "social": ["google"] })).await?;
        let ada = Person::new("Ada", "Lovelace");
        let page = story.page();
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
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await
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
        clerk(browser, "openSignIn()").await?;
        browser.fill("Email address", &bob.email).await?;
        browser.click("Continue").await?;
        enter_password(browser).await?;
        bob.sees_own_profile(browser).await?;
        browser.click("Open user menu").await?;
        browser
            .click_at("//button[contains(., 'Ada Lovelace')]")
            .await?;
        ada.sees_own_profile(browser).await
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
        browser.sees("Sign up").await?;
        clerk(browser, "openWaitlist()").await?;
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
        browser.sees("Sign up").await?;
        ada.begin_sign_in(story, 0).await?;
        story.browsers[0].sees("Your account is locked").await
    })
    .await
}

#[tokio::test]
async fn a_ticket_signs_in_without_asking() -> Result<()> {
    story("ticket", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        let id = ada.has_account(story).await?;
        let body = json!({ "user_id": id });
        let token = story
            .stack
            .emulator_call("POST", "/v1/sign_in_tokens", body)
            .await?;
        let token = token["token"].as_str().context("a token")?;
        let browser = &story.browsers[0];
        let url = format!("{}/sign-in?__clerk_ticket={token}", story.page());
        browser.open(&url).await?;
        ada.sees_own_profile(browser).await?;
        // It works once.
        ada.sign_out(browser).await?;
        story.browsers[0].expect_error("status of 4");
        let browser = &story.browsers[0];
        browser.open(&url).await?;
        browser.sees("Sign in to").await
    })
    .await
}

#[tokio::test]
async fn a_link_in_an_email_proves_the_address_of_a_new_account() -> Result<()> {
    story("sign-up-link", async |story| {
        let settings = json!({ "email_link": true, "email_code": false });
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        let browser = &story.browsers[0];
        ada.fills_sign_up(story, 0).await?;
        browser
            .sees("Use the verification link sent to your email address")
            .await?;
        browser.open_tab(&link(story, &ada.email).await?).await?;
        browser.look_at_tab(0).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_taken_address_is_told_at_its_field() -> Result<()> {
    story("taken-address", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        story.browsers[0].expect_error("status of 422");
        ada.fills_sign_up(story, 0).await?;
        let error = "//*[@id='error-emailAddress' and contains(., 'That email address is taken')]";
        story.browsers[0].find(error).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_sign_up_goes_on_after_a_reload() -> Result<()> {
    story("sign-up-reload", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.begin_sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.client.refresh().await?;
        browser.sees("Verify your email").await?;
        browser.type_code(TEST_CODE).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn guesses_at_a_code_come_to_an_end() -> Result<()> {
    story("guesses", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].expect_error("status of 422");
        ada.begin_sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        for guess in ["000000", "000001", "000002", "000003", "000004"] {
            browser.type_code(guess).await?;
            browser.sees("Incorrect code").await?;
        }
        browser.type_code(TEST_CODE).await?;
        browser.sees("Too many failed attempts").await
    })
    .await
}

#[tokio::test]
async fn everybody_in_a_browser_signs_out_at_once() -> Result<()> {
    story("sign-out-of-all", async |story| {
        story.stack.set(json!({ "single_session": false })).await?;
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        bob.has_account(story).await?;
        ada.arrives(story, 0).await?;
        let browser = &story.browsers[0];
        clerk(browser, "openSignIn()").await?;
        browser.fill("Email address", &bob.email).await?;
        browser.click("Continue").await?;
        enter_password(browser).await?;
        bob.sees_own_profile(browser).await?;
        browser.click("Open user menu").await?;
        browser.click("Sign out of all accounts").await?;
        browser.sees("Sign up").await?;
        let none = "return window.Clerk.client.sessions.length === 0";
        becomes_true(browser, "no session", none).await
    })
    .await
}

#[tokio::test]
async fn a_code_that_is_too_old_is_refused_and_another_sent() -> Result<()> {
    story("old-code", async |story| {
        let ada = Person {
            email: "ada@example.com".into(),
            ..Person::new("Ada", "Lovelace")
        };
        // Meanwhile tokens come from the future, which our API refuses.
        for status in ["status of 422", "status of 401"] {
            story.browsers[0].expect_error(status);
        }
        ada.begin_sign_up(story, 0).await?;
        let old = ada.gets_code(story).await?;
        time_passes(story, 11 * 60).await?;
        let browser = &story.browsers[0];
        browser.type_code(&old).await?;
        browser.sees("This verification has expired").await?;
        story
            .stack
            .emulator_call("POST", "/emulator/clock", json!({ "reset": true }))
            .await?;
        // The form sends another when it is opened again; its button only after half a minute.
        browser.client.refresh().await?;
        let new = ada.gets_codes(story, 2).await?;
        browser.type_code(&new).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}
