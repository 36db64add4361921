//! Signing up, in and out.

use anyhow::Result;
use e2e::{PASSWORD, Person, TEST_CODE, story};

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
        browser.sees("Create an account").await?;
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
        browser.sees("Create an account").await?;
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
        browser.click("Profile").await?;
        browser.click("Update profile").await?;
        browser.fill("Last name", "King").await?;
        browser.click("Save").await?;
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
        browser.click("Profile").await?;
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
        browser.sees_field("email", &new.email).await?;
        assert_eq!(story.stack.rows().await?[0][2], new.email);
        Ok(())
    })
    .await
}
