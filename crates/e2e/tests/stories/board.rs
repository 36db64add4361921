//! `examples/board`: an app of its own on clerk-yew and clerk-axum.

use anyhow::Result;
use e2e::{App, Browser, PASSWORD, Person, StackOptions, Story, TEST_CODE, story_with};
use serde_json::{Value, json};

/// Tells a story of the board, with organizations.
async fn board(name: &str, tell: impl AsyncFnOnce(&mut Story) -> Result<()>) -> Result<()> {
    let options = StackOptions {
        app: App::Board,
        ..StackOptions::default()
    };
    story_with(name, options, async |story| {
        let settings = json!({ "organizations": { "enabled": true } });
        story.stack.set(settings).await?;
        tell(story).await
    })
    .await
}

/// Signs in by the page's own form, with the password.
async fn sign_in(person: &Person, browser: &Browser) -> Result<()> {
    browser.fill("Email address", &person.email).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.click("Continue").await
}

#[tokio::test]
async fn an_own_form_signs_in_and_says_what_is_wrong_beside_each_field() -> Result<()> {
    board("board-sign-in", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        let page = story.page();
        let browser = &mut story.browsers[0];
        browser.expect_error("422");
        browser.open(&page).await?;
        browser.click("Sign in").await?;
        browser.fill("Email address", &ada.email).await?;
        browser.fill("Password", "not the password").await?;
        browser.click("Continue").await?;
        browser.sees("Password is incorrect").await?;
        browser.click("Email me a code").await?;
        browser.sees("Code").await?;
        browser.fill("Code", "000000").await?;
        browser.click("Continue").await?;
        browser.sees("Incorrect code").await?;
        browser.fill("Code", TEST_CODE).await?;
        browser.click("Continue").await?;
        browser.sees("Notes belong to an organization").await
    })
    .await
}

#[tokio::test]
async fn members_share_notes_and_only_an_admin_gets_into_the_admins_part() -> Result<()> {
    board("board-organization", async |story| {
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let bob_id = bob.has_account(story).await?;
        ada.has_account(story).await?;
        let page = story.page();
        let there = story.browser().await?;

        // Whoever creates an organization administers it.
        let browser = &story.browsers[0];
        browser.open(&format!("{page}/sign-in")).await?;
        sign_in(&ada, browser).await?;
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Create organization").await?;
        browser.sees("New note").await?;
        browser.fill("New note", "Mill and store").await?;
        browser.click("Add").await?;
        browser.sees("Mill and store").await?;
        browser.click("Admin").await?;
        browser.sees(&format!("{}: 1", ada.email)).await?;

        let joined = json!({ "user_id": bob_id, "role": "org:member" });
        let members = "/v1/organizations/analytical-engines/memberships";
        story.stack.emulator_call("POST", members, joined).await?;
        // What the server refuses below.
        story.browsers[there].expect_error("/api/admin/counts");
        let browser = &story.browsers[there];
        browser.open(&format!("{page}/sign-in")).await?;
        sign_in(&bob, browser).await?;
        browser.sees("Mill and store").await?;
        browser.sees_no("Admin").await?;
        browser.open(&format!("{page}/admin")).await?;
        browser
            .sees("Only an admin of the organization may see this.")
            .await?;
        assert_eq!(status(browser, "/api/notes").await?, 200);
        assert_eq!(status(browser, "/api/admin/counts").await?, 403);

        let browser = &story.browsers[0];
        browser.click("Clear all notes").await?;
        browser.sees("All notes are gone.").await
    })
    .await
}

/// The status of an answer to the person who is signed in.
async fn status(browser: &Browser, path: &str) -> Result<Value> {
    let script = "const [path, done] = arguments;
        window.Clerk.session.getToken()
            .then(token => fetch(path, {headers: {authorization: `Bearer ${token}`}}))
            .then(answer => done(answer.status))";
    Ok(browser
        .client
        .execute_async(script, vec![json!(path)])
        .await?)
}

#[tokio::test]
async fn an_own_page_in_the_account_knows_the_person_and_keeps_its_state() -> Result<()> {
    board("board-account", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        let ada_id = ada.has_account(story).await?;
        ada.comes(story, 0, &ada_id).await?;
        let browser = &story.browsers[0];
        browser.sees("Notes belong to an organization").await?;
        browser
            .open(&format!("{}/account/notes", story.page()))
            .await?;
        browser.sees("Your signature").await?;
        browser.sees("Ada Lovelace").await?;
        browser.click("Sign").await?;
        browser.sees("Signed 1 times").await?;
        browser.click("Security").await?;
        browser.sees("Active devices").await
    })
    .await
}

/// Ada, who signed in eleven minutes ago: too long for what wants a fresh proof.
async fn ada_came_long_ago(story: &Story) -> Result<()> {
    let ada = Person::new("Ada", "Lovelace");
    let id = ada.has_account(story).await?;
    let clock = async |body| {
        story
            .stack
            .emulator_call("POST", "/emulator/clock", body)
            .await
    };
    clock(json!({ "advance_seconds": -11 * 60 })).await?;
    let cookies = ada.begins_session(story, &id).await?;
    clock(json!({ "reset": true })).await?;
    ada.comes_with(story, 0, cookies).await
}

#[tokio::test]
async fn whoever_clears_all_notes_proves_first_who_they_are() -> Result<()> {
    board("board-reverification", async |story| {
        ada_came_long_ago(story).await?;
        // What the server answers before the proof.
        story.browsers[0].expect_error("status of 403");
        let browser = &story.browsers[0];
        browser.fill("Name", "Analytical Engines").await?;
        browser.click("Create organization").await?;
        browser.fill("New note", "Mill and store").await?;
        browser.click("Add").await?;
        browser.sees("Mill and store").await?;
        browser.click("Admin").await?;

        browser.click("Clear all notes").await?;
        browser.sees("Verification required").await?;
        browser.click("Close modal").await?;
        browser.sees("You did not confirm that it is you.").await?;
        browser.click("Notes").await?;
        browser.sees("Mill and store").await?;

        browser.click("Admin").await?;
        browser.click("Clear all notes").await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        browser.sees("All notes are gone.").await?;
        browser.click("Notes").await?;
        browser.sees_no("Mill and store").await
    })
    .await
}
