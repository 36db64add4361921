//! Signing up, in and out.

use anyhow::{Context, Result};
use e2e::{PASSWORD, Person, Story, TEST_CODE, story};
use serde_json::{Value, json};

/// From now on tokens carry neither email address nor name, as session tokens without a template.
async fn tokens_are_plain(story: &Story) -> Result<()> {
    let stack = &story.stack;
    let templates = stack.emulator_call("GET", "/v1/jwt_templates", Value::Null);
    let templates = templates.await?;
    let convex = templates
        .as_array()
        .and_then(|all| all.iter().find(|it| it["name"] == "convex"))
        .context("the template of the page's tokens")?;
    let path = format!(
        "/v1/jwt_templates/{}",
        convex["id"].as_str().context("an id")?
    );
    let claims = json!({ "claims": { "aud": "convex" } });
    stack.emulator_call("PATCH", &path, claims).await?;
    Ok(())
}

#[tokio::test]
async fn a_person_signs_up_and_sees_their_row_as_the_database_holds_it() -> Result<()> {
    story("sign-up", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].expect_error("status of 422");
        ada.begin_sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.type_code("000000").await?;
        browser.sees("Incorrect code").await?;
        browser.type_code(TEST_CODE).await?;
        ada.sees_own_profile(browser).await?;
        let shown = [
            browser.field("clerk-id").await?,
            browser.field("id").await?,
            browser.field("email").await?,
            browser.field("name").await?,
        ];
        assert_eq!(story.stack.rows().await?, [shown]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_ordinary_address_gets_a_code_of_its_own() -> Result<()> {
    story("ordinary-address", async |story| {
        let bob = Person {
            email: "bob@example.com".into(),
            ..Person::new("Bob", "Hope")
        };
        bob.begin_sign_up(story, 0).await?;
        let code = bob.gets_code(story).await?;
        assert_ne!(code, TEST_CODE);
        story.browsers[0].type_code(&code).await?;
        bob.sees_own_profile(&story.browsers[0]).await
    })
    .await
}

#[tokio::test]
async fn a_person_signs_in_with_the_password_and_a_wrong_one_says_so() -> Result<()> {
    story("sign-in-password", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        ada.sign_out(&story.browsers[0]).await?;
        story.browsers[0].expect_error("status of 422");
        ada.begin_sign_in(story, 0).await?;
        let browser = &story.browsers[0];
        browser.fill("Password", "not the password").await?;
        browser.click("Continue").await?;
        browser.sees("Password is incorrect").await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn a_person_signs_in_with_a_code_by_email() -> Result<()> {
    story("sign-in-code", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        ada.sign_out(&story.browsers[0]).await?;
        ada.begin_sign_in(story, 0).await?;
        let browser = &story.browsers[0];
        browser.click("Use another method").await?;
        browser
            .click(&format!("Email code to {}", ada.email))
            .await?;
        browser.sees("Check your email").await?;
        ada.gets_codes(story, 2).await?;
        browser.type_code(TEST_CODE).await?;
        ada.sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn signing_out_in_one_tab_signs_out_the_other() -> Result<()> {
    story("sign-out", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        let browser = &mut story.browsers[0];
        // The other tab may ask for a token of the session that just ended.
        browser.expect_error("status of 401");
        browser.open_tab(&page).await?;
        ada.sees_own_profile(browser).await?;
        ada.sign_out(browser).await?;
        browser.look_at_tab(0).await?;
        browser.sees("Sign up").await?;
        browser.sees_no("Welcome").await
    })
    .await
}

#[tokio::test]
async fn signing_in_in_one_tab_signs_in_the_others() -> Result<()> {
    story("sign-in-tabs", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        let page = story.page();
        let browser = &story.browsers[0];
        // One tab stands before the form, one on the first page, and Ada uses the third.
        ada.begin_sign_in(story, 0).await?;
        browser.open_tab(&page).await?;
        browser.sees("Sign up").await?;
        browser.open_tab(&page).await?;
        ada.begin_sign_in(story, 0).await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        for tab in [2, 1, 0] {
            browser.look_at_tab(tab).await?;
            ada.sees_own_profile(browser).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_reload_keeps_the_session() -> Result<()> {
    story("reload", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        story.browsers[0].client.refresh().await?;
        ada.sees_own_profile(&story.browsers[0]).await
    })
    .await
}

#[tokio::test]
async fn a_rename_at_clerk_reaches_the_row() -> Result<()> {
    story("rename", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.click("Account").await?;
        browser.click("Update profile").await?;
        browser.fill("Last name", "King").await?;
        browser.click("Save").await?;
        browser.sees("Ada King").await?;
        browser.click("Yew + Clerk").await?;
        browser.sees_field("name", "Ada King").await?;
        assert_eq!(story.stack.rows().await?[0][3], "Ada King");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_new_address_at_clerk_reaches_the_row() -> Result<()> {
    story("new-address", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let new = Person {
            email: "countess+clerk_test@example.com".into(),
            ..ada
        };
        let browser = &story.browsers[0];
        browser.click("Account").await?;
        browser.click("Add email address").await?;
        browser.fill("Email address", &new.email).await?;
        browser.click("Add").await?;
        new.gets_code(story).await?;
        browser.type_code(TEST_CODE).await?;
        // Each address has a menu; the new one is the second.
        browser
            .click_at("(//button[@aria-label='Open menu'])[2]")
            .await?;
        browser.click("Set as primary").await?;
        browser.remembers(&new.email).await?;
        browser.click("Yew + Clerk").await?;
        browser.sees_field("email", &new.email).await?;
        assert_eq!(story.stack.rows().await?[0][2], new.email);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_row_made_from_a_plain_token_is_filled_and_a_name_emptied_later_stays_empty() -> Result<()>
{
    story("plain-token", async |story| {
        tokens_are_plain(story).await?;
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let row = &story.stack.rows().await?[0];
        assert_eq!(row[2..], [ada.email.clone(), ada.name()]);
        let browser = &story.browsers[0];
        browser.click("Edit").await?;
        browser.fill("Name", "").await?;
        browser.click("Save").await?;
        browser.sees("Saved").await?;
        browser.sees_field("name", "No name yet").await?;
        // Not even a browser that has never seen this person fills it again.
        ada.sign_out(browser).await?;
        ada.begin_sign_in(story, 0).await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        browser.remembers(&ada.name()).await?;
        browser.sees_field("name", "No name yet").await?;
        assert_eq!(story.stack.rows().await?[0][3], "");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_edit_made_while_the_row_is_being_filled_is_not_overwritten() -> Result<()> {
    story("fill-and-edit", async |story| {
        tokens_are_plain(story).await?;
        let ada = Person::new("Ada", "Lovelace");
        let user_id = ada.has_account(story).await?;
        story.browsers[0].expect_error("status of 412");
        let browser = &story.browsers[0];
        browser.holds_write().await?;
        ada.comes(story, 0, &user_id).await?;
        browser.is_about_to_write().await?;
        let edit = json!({"clerkId": user_id, "email": ada.email, "name": "Countess"});
        let put = reqwest::Client::new()
            .put(format!("{}/api/users/{user_id}", story.page()))
            .bearer_auth(browser.token().await?)
            .json(&edit);
        assert_eq!(put.send().await?.status(), 200);
        browser.lets_write().await?;
        // The page has seen what it had to write, and that it is there already.
        browser.remembers(&ada.name()).await?;
        browser.sees_field("name", "Countess").await?;
        assert_eq!(story.stack.rows().await?[0][3], "Countess");
        Ok(())
    })
    .await
}
