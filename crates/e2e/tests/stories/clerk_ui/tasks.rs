//! What a session still asks for before it counts.

use anyhow::{Context, Result};
use e2e::{PASSWORD, Person, Story, story};
use serde_json::json;

use super::*;

/// Signs in by the form.
async fn sign_in(story: &Story, person: &Person) -> Result<()> {
    person.begin_sign_in(story, 0).await?;
    enter_password(&story.browsers[0]).await
}

#[tokio::test]
async fn an_organization_is_chosen_before_anything_else() -> Result<()> {
    story("task-organization", async |story| {
        let settings = json!({ "organizations": { "enabled": true, "required": true } });
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        sign_in(story, &ada).await?;
        let browser = &story.browsers[0];
        browser.sees("Setup your organization").await?;
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await?;
        let chosen = "return window.Clerk.organization.name === 'Analytical Engines'";
        becomes_true(browser, "the organization", chosen).await
    })
    .await
}

#[tokio::test]
async fn a_second_factor_is_set_up_before_anything_else() -> Result<()> {
    story("task-second-factor", async |story| {
        let settings = json!({ "second_factor_required": true });
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        sign_in(story, &ada).await?;
        let browser = &story.browsers[0];
        browser.sees("Add authenticator application").await?;
        // Whoever leaves is not signed in, and comes back to the same question.
        browser.open(&story.page()).await?;
        browser.sees("Sign up").await?;
        browser.open(&format!("{}/sign-in", story.page())).await?;
        browser.sees("Add authenticator application").await?;
        browser.click("Can't scan QR code?").await?;
        let field = browser.find("//input[@readonly or @disabled]").await?;
        let secret = field.prop("value").await?.context("a secret")?;
        browser.click("Continue").await?;
        browser
            .type_code(&app_code(story, &secret, 0).await?)
            .await?;
        browser.sees("verification enabled").await?;
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_password_that_leaked_is_replaced_before_anything_else() -> Result<()> {
    story("task-password", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        let id = ada.has_account(story).await?;
        sign_in(story, &ada).await?;
        let browser = &story.browsers[0];
        ada.sees_own_profile(browser).await?;
        let path = format!("/v1/users/{id}/password/set_compromised");
        story.stack.emulator_call("POST", &path, json!({})).await?;
        ada.sign_out(browser).await?;
        ada.begin_sign_in(story, 0).await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        browser.sees("Your account requires a new password").await?;
        browser.fill("New password", NEW_PASSWORD).await?;
        browser.fill("Confirm password", NEW_PASSWORD).await?;
        browser.click("Reset Password").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}
