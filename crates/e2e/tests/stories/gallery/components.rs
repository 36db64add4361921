//! Each component of the prebuilt UI is there, with what the app adds to it, and follows its props.

use anyhow::Result;
use e2e::{Browser, Person};
use serde_json::json;

use super::*;

/// Waits until Clerk's component of this name has something displayed at this `XPath` within it.
async fn shows(browser: &Browser, component: &str, path: &str) -> Result<()> {
    let within = format!("//*[@data-clerk-component='{component}']");
    browser.find(&format!("{within}{path}")).await?;
    Ok(())
}

/// Waits until Clerk's component of this name is there, and has nothing to show.
async fn shows_nothing(browser: &Browser, component: &str) -> Result<()> {
    let path = format!("//*[@data-clerk-component='{component}'][not(node())]");
    wait_for(&path, async || {
        let path = fantoccini::Locator::XPath(&path);
        browser.client.find(path).await.ok()
    })
    .await?;
    Ok(())
}

/// Clicks Clerk's button of this label, which may have a picture beside it.
async fn choose(browser: &Browser, label: &str) -> Result<()> {
    let path = format!("//button[contains(@class, 'cl-')][contains(., '{label}')]");
    browser.click_at(&path).await
}

#[tokio::test]
async fn who_is_not_signed_in_finds_every_way_in() -> Result<()> {
    gallery("gallery-ways-in", async |story| {
        open(story, "/sign-in").await?;
        let browser = &story.browsers[0];
        browser.sees("Sign in to My Application").await?;
        // Another look leaves what was typed.
        browser.fill("Email address", "ada@example.com").await?;
        browser.click("Another look").await?;
        shows(
            browser,
            "SignIn",
            "//*[contains(@class, 'cl-card')][contains(@class, 'square')]",
        )
        .await?;
        assert_eq!(value(browser, "identifier").await?, "ada@example.com");

        browser.click("SignUp").await?;
        browser.sees("Create your account").await?;
        assert_eq!(value(browser, "firstName").await?, "Ada");

        // Google's window takes a client of Google's, which this instance has none of: clerk-js
        // shows nothing, says nothing, and asks Google for nothing.
        browser.click("GoogleOneTap").await?;
        shows_nothing(browser, "GoogleOneTap").await?;
        let scripts = "return [...document.scripts].filter(it => it.src.includes('google')).length";
        assert_eq!(answer(browser, scripts).await?, 0);

        story
            .stack
            .set(json!({ "sign_up_mode": "waitlist" }))
            .await?;
        open(story, "/waitlist").await?;
        browser.fill("Email address", "bob@example.com").await?;
        browser.click("Join the waitlist").await?;
        browser.sees("Thanks for joining the waitlist!").await
    })
    .await
}

/// What the field of this name holds.
async fn value(browser: &Browser, name: &str) -> Result<Value> {
    let script = format!("return document.querySelector('[name={name}]').value");
    answer(browser, &script).await
}

#[tokio::test]
async fn the_menu_of_the_picture_has_own_items_and_leads_to_own_pages() -> Result<()> {
    gallery("gallery-user-button", async |story| {
        ada_comes(story).await?;
        let browser = &story.browsers[0];
        browser.click("UserButton").await?;
        browser.sees_no("Ada Lovelace").await?;
        browser.click("With the name").await?;
        browser.sees("Ada Lovelace").await?;

        browser.click("Open user menu").await?;
        browser.sees("Manage account").await?;
        choose(browser, "Help").await?;
        browser.sees("Help was asked for 1 times.").await?;

        browser.click("Open user menu").await?;
        choose(browser, "Terms of use").await?;
        browser.click("Agree").await?;
        browser.sees("You agreed").await?;
        browser.click("Close modal").await?;
        browser.sees_no("You agreed").await?;

        browser.click("Open user menu").await?;
        choose(browser, "Picture").await?;
        shows(browser, "UserAvatar", "//img").await
    })
    .await
}

#[tokio::test]
async fn the_account_in_the_page_has_an_own_page_and_an_own_link() -> Result<()> {
    gallery("gallery-user-profile", async |story| {
        ada_comes(story).await?;
        let browser = &story.browsers[0];
        browser.click("UserProfile").await?;
        browser.sees("Profile details").await?;
        choose(browser, "Terms").await?;
        browser.click("Agree").await?;
        browser.sees("You agreed").await?;
        choose(browser, "Security").await?;
        browser.sees("Active devices").await?;
        browser.client.back().await?;
        browser.sees("Terms of use").await?;
        choose(browser, "Gallery").await?;
        browser.find("//main/h1[.='Gallery']").await?;

        browser.click("UserAvatar").await?;
        shows(browser, "UserAvatar", "//img[contains(@alt, 'Ada')]").await?;
        let round = "return getComputedStyle(document.querySelector('.cl-avatarBox')).borderRadius";
        let before = answer(browser, round).await?;
        browser.click("Square").await?;
        becomes_true(browser, "a square", &format!("{round} !== {before}")).await
    })
    .await
}

#[tokio::test]
async fn what_the_instance_does_not_offer_clerk_refuses_to_show() -> Result<()> {
    gallery("gallery-refused", async |story| {
        // A development instance says what is missing; clerk-yew tells the app and the console.
        for name in ["PricingTable", "APIKeys"] {
            story.browsers[0].expect_error(&format!("clerk-yew: {name}: "));
        }
        ada_comes(story).await?;
        let browser = &story.browsers[0];
        // The emulator's instance sells nothing.
        browser.click("PricingTable").await?;
        let refused = "The <PricingTable/> component cannot be rendered when billing is disabled.";
        browser.sees(refused).await?;
        shows_nothing(browser, "PricingTable").await?;
        // Nor has it API keys.
        browser.click("APIKeys").await?;
        let refused = "The <APIKeys/> component cannot be rendered when API keys is disabled.";
        browser.sees(refused).await?;
        shows_nothing(browser, "APIKeys").await?;
        // Nor is it an OAuth provider, so nobody leads here with anything to consent to.
        browser.click("OAuthConsent").await?;
        browser.sees("The client ID is missing.").await
    })
    .await
}

#[tokio::test]
async fn organizations_are_made_chosen_and_shown() -> Result<()> {
    gallery("gallery-organizations", async |story| {
        let settings = json!({ "organizations": { "enabled": true } });
        story.stack.set(settings).await?;
        ada_comes(story).await?;
        let browser = &story.browsers[0];
        browser.click("OrganizationSwitcher").await?;
        browser.sees("Personal account").await?;
        browser.click("Without the person").await?;
        browser.sees("No organization selected").await?;

        browser.click("CreateOrganization").await?;
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Create organization").await?;

        // Which leads to its profile.
        choose(browser, "Invoices").await?;
        browser.sees("No invoices yet").await?;
        choose(browser, "Members").await?;
        browser.sees("ada+clerk_test@example.com").await?;

        browser.click("OrganizationList").await?;
        browser.sees("Choose an account").await?;
        shows(
            browser,
            "OrganizationList",
            "//*[contains(text(), 'Analytical Engines')]",
        )
        .await?;

        browser.click("OrganizationSwitcher").await?;
        browser.click("Open organization switcher").await?;
        browser.click("Manage").await?;
        choose(browser, "Invoices").await?;
        browser.sees("No invoices yet").await
    })
    .await
}

/// Ada, who is about to be signed in, sees this of the task of that name.
async fn task(story: &Story, component: &str, seen: &str) -> Result<()> {
    let browser = &story.browsers[0];
    browser.click(component).await?;
    browser.sees(seen).await?;
    browser
        .sees("Signed in as ada+clerk_test@example.com")
        .await?;
    shows(browser, component, "//*").await
}

#[tokio::test]
async fn a_session_that_needs_an_organization_gets_one() -> Result<()> {
    gallery("gallery-task-organization", async |story| {
        let settings = json!({ "organizations": { "enabled": true, "required": true } });
        story.stack.set(settings).await?;
        ada_comes(story).await?;
        task(story, "TaskChooseOrganization", "Setup your organization").await?;
        let browser = &story.browsers[0];
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Continue").await?;
        browser.sees("Help was asked for 0 times.").await
    })
    .await
}

#[tokio::test]
async fn a_session_that_needs_a_second_factor_is_offered_one() -> Result<()> {
    gallery("gallery-task-mfa", async |story| {
        let settings = json!({ "second_factor_required": true });
        story.stack.set(settings).await?;
        ada_comes(story).await?;
        task(story, "TaskSetupMFA", "Add authenticator application").await
    })
    .await
}

#[tokio::test]
async fn a_session_that_needs_a_new_password_gets_one() -> Result<()> {
    gallery("gallery-task-password", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        let id = ada.has_account(story).await?;
        let path = format!("/v1/users/{id}/password/set_compromised");
        story.stack.emulator_call("POST", &path, json!({})).await?;
        ada.comes(story, 0, &id).await?;
        task(
            story,
            "TaskResetPassword",
            "Your account requires a new password",
        )
        .await
    })
    .await
}
