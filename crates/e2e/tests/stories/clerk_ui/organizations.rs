//! Organizations: founded, joined, led, left.

use anyhow::Result;
use e2e::{Browser, PASSWORD, Person, TEST_CODE, story, wait_for};
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn an_organization_is_founded() -> Result<()> {
    story("organization", async |story| {
        let settings = json!({ "organizations": { "enabled": true, "domains": true } });
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        clerk(browser, "openCreateOrganization()").await?;
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Create organization").await?;
        browser.sees("Invite new members").await?;
        browser.click("Skip").await?;
        clerk(browser, "openOrganizationProfile()").await?;
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

/// Founds an organization, led by this person, who is signed in.
async fn founded(browser: &Browser, name: &str) -> Result<()> {
    let script = "const done = arguments[1];
        window.Clerk.createOrganization({name: arguments[0]})
            .then(it => window.Clerk.setActive({organization: it.id}).then(() => done(it.id)))";
    browser
        .client
        .execute_async(script, vec![json!(name)])
        .await?;
    Ok(())
}

/// Shows Clerk's organization switcher, as an application would in its header.
async fn show_switcher(browser: &Browser) -> Result<()> {
    let script = "const place = document.createElement('div');
        document.body.prepend(place);
        window.Clerk.mountOrganizationSwitcher(place);";
    browser.client.execute(script, vec![]).await?;
    Ok(())
}

/// Invites by the organization's page.
async fn invite(browser: &Browser, email: &str) -> Result<()> {
    clerk(browser, "openOrganizationProfile()").await?;
    browser.click("Members").await?;
    browser.click("Invite").await?;
    let field = "//*[contains(@placeholder, 'example2@email.com')]";
    let field = browser.find(field).await?;
    field.send_keys(&format!("{email},")).await?;
    browser.click("Send invitations").await?;
    browser.sees("Invitations successfully sent").await
}

#[tokio::test]
async fn somebody_invited_joins_is_promoted_and_leaves() -> Result<()> {
    let settings = json!({ "organizations": { "enabled": true } });
    story("organization-members", async |story| {
        story.stack.set(settings).await?;
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        ada.arrives(story, 0).await?;
        let there = story.browser().await?;
        bob.arrives(story, there).await?;
        let (adas, bobs) = (&story.browsers[0], &story.browsers[there]);
        founded(adas, "Analytical Engines").await?;
        invite(adas, &bob.email).await?;

        show_switcher(bobs).await?;
        bobs.click("Open organization switcher").await?;
        bobs.sees("Analytical Engines").await?;
        bobs.click("Join").await?;
        let joined = "return window.Clerk.user.organizationMemberships.length === 1";
        becomes_true(bobs, "the membership", joined).await?;

        adas.client.refresh().await?;
        ada.sees_own_profile(adas).await?;
        clerk(adas, "openOrganizationProfile()").await?;
        adas.click("Members").await?;
        adas.sees(&bob.email).await?;
        let row = format!(
            "//tr[contains(., '{}')]//button[contains(., 'Member')]",
            bob.email
        );
        adas.click_at(&row).await?;
        adas.click("Admin").await?;
        let members = wait_for("two admins", async || {
            let path = "/v1/organizations/analytical-engines/memberships";
            let list = story
                .stack
                .emulator_call("GET", path, Value::Null)
                .await
                .ok()?;
            let roles = list["data"].as_array()?.iter();
            (roles.filter(|it| it["role"] == "org:admin").count() == 2).then_some(())
        });
        members.await?;

        bobs.client.refresh().await?;
        bob.sees_own_profile(bobs).await?;
        show_switcher(bobs).await?;
        bobs.click("Open organization switcher").await?;
        let choice = "//button[contains(., 'Analytical Engines')]";
        bobs.click_at(choice).await?;
        let chosen = "return window.Clerk.organization?.name === 'Analytical Engines'";
        becomes_true(bobs, "the organization", chosen).await?;
        clerk(bobs, "openOrganizationProfile()").await?;
        bobs.click("Leave organization").await?;
        bobs.sees("Are you sure you want to leave this organization?")
            .await?;
        confirm(bobs, "Leave organization", "Analytical Engines").await?;
        let left = "return window.Clerk.user.organizationMemberships.length === 0";
        becomes_true(bobs, "no membership", left).await
    })
    .await
}

/// Types the name that a question of this title asks for, and confirms.
async fn confirm(browser: &Browser, title: &str, name: &str) -> Result<()> {
    let path = "//input[contains(@id, 'onfirmation')]";
    browser.find(path).await?.send_keys(name).await?;
    let button = format!("(//button[normalize-space(.)='{title}'])[last()]");
    browser.click_at(&button).await?;
    Ok(())
}

#[tokio::test]
async fn a_stranger_invited_by_mail_signs_up_into_the_organization() -> Result<()> {
    let settings = json!({ "organizations": { "enabled": true } });
    story("organization-stranger", async |story| {
        story.stack.set(settings).await?;
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        ada.arrives(story, 0).await?;
        let there = story.browser().await?;
        let (adas, bobs) = (&story.browsers[0], &story.browsers[there]);
        founded(adas, "Analytical Engines").await?;
        invite(adas, &bob.email).await?;
        bobs.open(&link(story, &bob.email).await?).await?;
        bobs.fill("First name", bob.first).await?;
        bobs.fill("Last name", bob.last).await?;
        bobs.fill("Password", PASSWORD).await?;
        bobs.sees("Your password meets all the necessary requirements.")
            .await?;
        bobs.click("Continue").await?;
        bob.sees_own_profile(bobs).await?;
        let joined = "return window.Clerk.user.organizationMemberships.length === 1";
        becomes_true(bobs, "the membership", joined).await
    })
    .await
}

#[tokio::test]
async fn a_domain_lets_its_people_ask_to_join() -> Result<()> {
    let settings = json!({ "organizations": { "enabled": true, "domains": true } });
    story("organization-domain", async |story| {
        story.stack.set(settings).await?;
        let ada = Person {
            email: "ada+clerk_test@engines.example".into(),
            ..Person::new("Ada", "Lovelace")
        };
        let bob = Person {
            email: "bob+clerk_test@engines.example".into(),
            ..Person::new("Bob", "Hope")
        };
        ada.arrives(story, 0).await?;
        let there = story.browser().await?;
        let (adas, bobs) = (&story.browsers[0], &story.browsers[there]);
        founded(adas, "Analytical Engines").await?;
        clerk(adas, "openOrganizationProfile()").await?;
        adas.click("Add domain").await?;
        adas.fill("Domain", "engines.example").await?;
        adas.click("Save").await?;
        adas.sees("needs to be verified via email").await?;
        adas.fill("Verification email address", "ada+clerk_test")
            .await?;
        adas.click("Save").await?;
        adas.type_code(TEST_CODE).await?;
        // The prebuilt UI closes its card here, and knows of the proof after a reload.
        let verified = wait_for("the domain to be verified", async || {
            let path = "/v1/organizations/analytical-engines/domains?verified=true";
            let list = story
                .stack
                .emulator_call("GET", path, Value::Null)
                .await
                .ok()?;
            (list["total_count"] == 1).then_some(())
        });
        verified.await?;
        adas.client.refresh().await?;
        ada.sees_own_profile(adas).await?;
        clerk(adas, "openOrganizationProfile()").await?;
        open_menu(adas, "engines.example").await?;
        adas.click("Manage").await?;
        let choice = "//label[contains(., 'Automatic suggestions')]";
        adas.click_at(choice).await?;
        adas.click("Save").await?;
        adas.sees("Automatic suggestions").await?;

        bob.arrives(story, there).await?;
        show_switcher(bobs).await?;
        bobs.click("Open organization switcher").await?;
        bobs.click("Request to join").await?;
        bobs.sees("Pending approval").await?;

        adas.client.refresh().await?;
        ada.sees_own_profile(adas).await?;
        clerk(adas, "openOrganizationProfile()").await?;
        adas.click("Members").await?;
        adas.click_at("//button[starts-with(normalize-space(.), 'Requests')]")
            .await?;
        adas.sees(&bob.email).await?;
        adas.click("Approve").await?;
        adas.sees("No requests to display").await?;
        bobs.client.refresh().await?;
        let joined = "return window.Clerk?.user?.organizationMemberships.length === 1";
        becomes_true(bobs, "the membership", joined).await
    })
    .await
}

#[tokio::test]
async fn an_organization_is_renamed_and_deleted() -> Result<()> {
    let settings = json!({ "organizations": { "enabled": true } });
    story("organization-deleted", async |story| {
        story.stack.set(settings).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        let browser = &story.browsers[0];
        founded(browser, "Analytical Engines").await?;
        clerk(browser, "openOrganizationProfile()").await?;
        browser.click("Update profile").await?;
        browser.fill("Name", "Difference Engines").await?;
        browser.click("Save").await?;
        browser.sees("Difference Engines").await?;
        browser.click("Delete organization").await?;
        browser
            .sees("Are you sure you want to delete this organization?")
            .await?;
        confirm(browser, "Delete organization", "Difference Engines").await?;
        let gone = "return window.Clerk.organization === null
            && window.Clerk.user.organizationMemberships.length === 0";
        becomes_true(browser, "no organization", gone).await
    })
    .await
}
