//! Every state that the page can be in, by its real cause; each is looked at from a phone's width to
//! a desktop's, in light and in dark.

use anyhow::{Context, Result};
use e2e::{PASSWORD, Person, StackOptions, Story, story, story_with};
use serde_json::{Value, json};

const TOKENS: &str = "/v1/client/sessions/*/tokens*";

fn ada() -> Person {
    Person::new("Ada", "Lovelace")
}

/// Opens the form, with another name in it.
async fn begins_to_edit(story: &Story, name: &str) -> Result<()> {
    let browser = &story.browsers[0];
    browser.click("Edit").await?;
    browser.fill("Name", name).await
}

/// Somebody else's program writes the row.
async fn is_changed_elsewhere(story: &Story, id: &str, name: &str) -> Result<()> {
    let body = json!({ "clerkId": id, "email": ada().email, "name": name });
    let put = reqwest::Client::new()
        .put(format!("{}/api/users/{id}", story.page()))
        .bearer_auth(story.browsers[0].token().await?)
        .json(&body);
    assert_eq!(put.send().await?.status(), 200);
    Ok(())
}

/// Ends every session of the person, as the dashboard does.
async fn is_signed_out_elsewhere(story: &Story, id: &str) -> Result<()> {
    let stack = &story.stack;
    let path = format!("/v1/sessions?user_id={id}");
    let sessions = stack.emulator_call("GET", &path, Value::Null).await?;
    let list = sessions.as_array().or_else(|| sessions["data"].as_array());
    for session in list.into_iter().flatten() {
        if session["status"] == "active" {
            let id = session["id"].as_str().unwrap_or_default();
            let path = format!("/v1/sessions/{id}/revoke");
            stack.emulator_call("POST", &path, json!({})).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_first_page_and_one_that_is_not_there() -> Result<()> {
    story("state-welcome", async |story| {
        let page = story.page();
        let browser = &story.browsers[0];
        browser.open(&page).await?;
        browser.sees("Sign up").await?;
        browser.is_presentable("welcome").await?;
        browser.open(&format!("{page}/no/such/page")).await?;
        browser.sees("Page not found").await?;
        browser.is_presentable("not-found").await?;
        browser.open(&format!("{page}/account")).await?;
        browser.sees("You are signed out").await?;
        browser.is_presentable("account-signed-out").await?;
        browser.open(&format!("{page}/sign-in")).await?;
        browser.sees("Email address").await?;
        browser.is_presentable("sign-in").await
    })
    .await
}

#[tokio::test]
async fn without_scripts_the_page_says_what_it_needs() -> Result<()> {
    story("state-no-scripts", async |story| {
        let browser = &story.browsers[0];
        browser.has_no_scripts().await?;
        browser.open(&story.page()).await?;
        browser.sees("This page needs JavaScript").await
    })
    .await
}

#[tokio::test]
async fn while_clerk_loads() -> Result<()> {
    story("state-loading", async |story| {
        let fault = json!({ "path": "/v1/environment", "latency_ms": 60_000 });
        story.stack.fault(fault).await?;
        let browser = &story.browsers[0];
        browser.open(&format!("{}/sign-in", story.page())).await?;
        browser.sees("Initializing…").await?;
        browser.is_presentable("loading").await
    })
    .await
}

#[tokio::test]
async fn while_the_row_is_on_its_way() -> Result<()> {
    story("state-connecting", async |story| {
        let id = ada().has_account(story).await?;
        let fault = json!({ "path": TOKENS, "latency_ms": 60_000 });
        story.stack.fault(fault).await?;
        ada().comes(story, 0, &id).await?;
        story.browsers[0].sees("Connecting to database…").await?;
        story.browsers[0].is_presentable("connecting").await
    })
    .await
}

#[tokio::test]
async fn the_profile_and_what_developers_want_of_it() -> Result<()> {
    story("state-profile", async |story| {
        ada().arrives(story, 0).await?;
        let browser = &story.browsers[0];
        browser.sees("Live").await?;
        browser.sees("just now").await?;
        browser.is_presentable("profile").await?;
        browser.click("Developer details").await?;
        browser.sees("Clerk user ID").await?;
        let text = browser.text().await?;
        assert!(text.contains("$TOKEN"), "{text}");
        assert!(!text.contains(&browser.token().await?[..40]), "{text}");
        browser.is_presentable("profile-details").await
    })
    .await
}

#[tokio::test]
async fn nothing_is_offered_to_be_copied_where_there_is_no_clipboard() -> Result<()> {
    story("state-no-clipboard", async |story| {
        let browser = &story.browsers[0];
        let insecure = "Object.defineProperty(navigator, 'clipboard', {value: undefined})";
        browser.before_page(insecure).await?;
        ada().arrives(story, 0).await?;
        browser.click("Developer details").await?;
        browser.sees("Clerk user ID").await?;
        browser.sees_no("Copy").await
    })
    .await
}

#[tokio::test]
async fn an_edit_from_its_beginning_to_its_end() -> Result<()> {
    story("state-edit", async |story| {
        let id = ada().has_account(story).await?;
        story.browsers[0].holds_write().await?;
        ada().is_signed_in(story, 0, &id).await?;
        begins_to_edit(story, "Countess").await?;
        let browser = &story.browsers[0];
        browser.is_presentable("editing").await?;
        browser.fill("Email address", "ada at example.com").await?;
        browser.click("Save").await?;
        browser.sees("Enter an email address like").await?;
        browser.is_presentable("invalid").await?;
        browser.fill("Email address", &ada().email).await?;
        browser.click("Save").await?;
        browser.sees("Saving…").await?;
        browser.is_presentable("saving").await?;
        browser.lets_write().await?;
        browser.sees("Saved").await?;
        browser.sees_field("name", "Countess").await?;
        browser.is_presentable("saved").await
    })
    .await
}

#[tokio::test]
async fn what_was_changed_elsewhere_is_said() -> Result<()> {
    story("state-changed", async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        let browser = &story.browsers[0];
        browser.sees("Live").await?;
        is_changed_elsewhere(story, &id, "Ada King").await?;
        browser.sees("The name was changed elsewhere").await?;
        browser.sees_field("name", "Ada King").await?;
        browser.is_presentable("changed").await
    })
    .await
}

#[tokio::test]
async fn who_is_second_chooses_field_by_field() -> Result<()> {
    story("state-conflict", async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        story.browsers[0].expect_error("status of 412");
        begins_to_edit(story, "Countess").await?;
        let browser = &story.browsers[0];
        browser
            .fill("Email address", "countess@example.com")
            .await?;
        is_changed_elsewhere(story, &id, "Ada King").await?;
        browser.click("Save").await?;
        browser.sees("Your profile was changed elsewhere").await?;
        browser.is_presentable("conflict").await?;
        browser
            .click_at("//fieldset[legend='Name']//label[contains(., 'Ada King')]")
            .await?;
        browser.click("Save").await?;
        browser.sees("Saved").await?;
        browser.sees_field("name", "Ada King").await?;
        browser.sees_field("email", "countess@example.com").await?;
        let row = &story.stack.rows().await?[0];
        assert_eq!(row[2..], ["countess@example.com", "Ada King"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_edit_is_kept_while_the_browser_is_offline() -> Result<()> {
    story("state-offline", async |story| {
        ada().arrives(story, 0).await?;
        for error in ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_IO_SUSPENDED"] {
            story.browsers[0].expect_error(error);
        }
        begins_to_edit(story, "Countess").await?;
        let browser = &story.browsers[0];
        browser.is_offline(true).await?;
        browser.sees("You are offline.").await?;
        browser.is_presentable("offline-editing").await?;
        browser.click("Save").await?;
        browser.sees("Not saved yet.").await?;
        browser.sees_field("name", "Countess").await?;
        browser.sees("Offline").await?;
        browser.is_presentable("offline").await?;
        assert_eq!(story.stack.rows().await?[0][3], "Ada Lovelace");
        browser.is_offline(false).await?;
        browser.sees("Saved").await?;
        assert_eq!(story.stack.rows().await?[0][3], "Countess");
        browser.sees("Live").await
    })
    .await
}

#[tokio::test]
async fn an_edit_survives_a_reload_and_a_session_that_is_lost() -> Result<()> {
    let options = StackOptions {
        token_lifetime: Some(15),
        ..StackOptions::default()
    };
    story_with("state-lost-session", options, async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        for error in ["status of 401", "status of 404", "status of 422"] {
            story.browsers[0].expect_error(error);
        }
        begins_to_edit(story, "Countess").await?;
        let browser = &story.browsers[0];
        browser.remembers("Countess").await?;
        browser.client.refresh().await?;
        browser.sees("It is not saved yet.").await?;
        browser.is_presentable("restored").await?;
        is_signed_out_elsewhere(story, &id).await?;
        browser.sees("You have been signed out.").await?;
        browser.is_presentable("signed-out-elsewhere").await?;
        // The way of somebody who reloads nothing.
        browser.click("Sign in").await?;
        browser.fill("Email address", &ada().email).await?;
        browser.click("Continue").await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        browser.sees("It is not saved yet.").await?;
        browser.click("Save").await?;
        browser.sees_field("name", "Countess").await
    })
    .await
}

#[tokio::test]
async fn somebody_else_signs_in_elsewhere() -> Result<()> {
    story("state-somebody-else", async |story| {
        let bob = Person::new("Bob", "Hope");
        bob.has_account(story).await?;
        ada().arrives(story, 0).await?;
        story.browsers[0].expect_error("status of 401");
        let browser = &story.browsers[0];
        browser.open_tab(&story.page()).await?;
        ada().sees_own_profile(browser).await?;
        ada().sign_out(browser).await?;
        bob.begin_sign_in(story, 0).await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        bob.sees_own_profile(browser).await?;
        browser.look_at_tab(0).await?;
        browser.sees("Another account is signed in now").await?;
        bob.sees_own_profile(browser).await?;
        browser.is_presentable("somebody-else").await
    })
    .await
}

#[tokio::test]
async fn the_api_does_not_answer() -> Result<()> {
    story("state-api-down", async |story| {
        ada().arrives(story, 0).await?;
        story.browsers[0].expect_error("ERR_");
        story.stack.kill_api().await?;
        begins_to_edit(story, "Countess").await?;
        let browser = &story.browsers[0];
        browser.click("Save").await?;
        browser.sees("Not saved yet.").await?;
        browser.sees_field("name", "Countess").await?;
        browser.sees("Reconnecting…").await?;
        browser.sees("since").await?;
        browser.is_presentable("reconnecting").await?;
        story.stack.start_api().await?;
        story.browsers[0].sees("Saved").await?;
        story.browsers[0].sees("Live").await
    })
    .await
}

#[tokio::test]
async fn the_row_cannot_be_fetched() -> Result<()> {
    story("state-no-connection", async |story| {
        let id = ada().has_account(story).await?;
        story.browsers[0].expect_error("status of 503");
        let fault = json!({ "path": TOKENS, "status": 503 });
        story.stack.fault(fault).await?;
        ada().comes(story, 0, &id).await?;
        story.browsers[0].sees("No connection").await?;
        story.browsers[0].is_presentable("no-connection").await
    })
    .await
}

#[tokio::test]
async fn a_person_asks_for_too_much() -> Result<()> {
    let options = StackOptions {
        rate_limit: Some(1),
        ..StackOptions::default()
    };
    story_with("state-too-many", options, async |story| {
        ada().arrives(story, 0).await?;
        story.browsers[0].expect_error("status of 429");
        begins_to_edit(story, "Countess").await?;
        let browser = &story.browsers[0];
        // A save is sent again by itself.
        beyond_the_limit(story, async || {
            browser.click("Save").await?;
            browser.sees("Saving…").await
        })
        .await?;
        browser.sees("Saved").await?;
        browser.click("Account").await?;
        browser.click("Delete account…").await?;
        let confirm = format!("Type {} to confirm", ada().email);
        browser.fill(&confirm, &ada().email).await?;
        beyond_the_limit(story, async || {
            browser.click("Delete account").await?;
            browser.sees("Too many requests. Try again in").await
        })
        .await?;
        browser.is_presentable("too-many").await
    })
    .await
}

/// Does something while requests of the same person use up what they may ask for.
async fn beyond_the_limit(story: &Story, act: impl AsyncFn() -> Result<()>) -> Result<()> {
    let client = reqwest::Client::new();
    let me = client.get(format!("{}/api/users/me", story.page()));
    let me = me.bearer_auth(story.browsers[0].token().await?).build()?;
    let ask = async || {
        let again = me.try_clone().context("it has no body")?;
        Ok::<_, anyhow::Error>(client.execute(again).await?.status())
    };
    while ask().await? != 429 {}
    let goes_on = async {
        loop {
            ask().await?;
        }
    };
    tokio::select! {
        done = act() => done,
        failed = goes_on => failed,
    }
}

#[tokio::test]
async fn clerk_is_blocked() -> Result<()> {
    let options = StackOptions {
        emulator_down: true,
        ..StackOptions::default()
    };
    story_with("state-clerk-blocked", options, async |story| {
        for error in ["status of 502", "Refused to execute script"] {
            story.browsers[0].expect_error(error);
        }
        story.browsers[0].open(&story.page()).await?;
        story.browsers[0].sees("Sign-in is unavailable").await?;
        story.browsers[0].is_presentable("clerk-blocked").await
    })
    .await
}

#[tokio::test]
async fn what_only_those_who_are_signed_in_need_does_not_come() -> Result<()> {
    story("state-lost-chunk", async |story| {
        for error in ["ERR_BLOCKED_BY_CLIENT", "Failed to fetch"] {
            story.browsers[0].expect_error(error);
        }
        let id = ada().has_account(story).await?;
        let browser = &story.browsers[0];
        browser.gets_nothing_from(&["*/person-*.wasm"]).await?;
        ada().comes(story, 0, &id).await?;
        browser.sees("This page could not be loaded").await?;
        browser.is_presentable("lost-chunk").await?;
        browser.gets_nothing_from(&[]).await?;
        browser.click("Retry").await?;
        ada().sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn clerk_is_in_trouble() -> Result<()> {
    story("state-clerk-degraded", async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        story.browsers[0].expect_error("status of 500");
        let fault = json!({ "method": "GET", "path": "/v1/client", "status": 500 });
        story.stack.fault(fault).await?;
        let browser = &story.browsers[0];
        browser.client.refresh().await?;
        browser.sees("is having problems").await?;
        browser.is_presentable("clerk-degraded").await
    })
    .await
}

#[tokio::test]
async fn a_session_that_must_do_something_first() -> Result<()> {
    story("state-pending", async |story| {
        story
            .stack
            .set(json!({ "second_factor_required": true }))
            .await?;
        let id = ada().has_account(story).await?;
        ada().comes(story, 0, &id).await?;
        let browser = &story.browsers[0];
        browser.sees("You have not finished signing in.").await?;
        browser.is_presentable("pending").await?;
        browser.click("Continue").await?;
        browser.sees("Add authenticator application").await
    })
    .await
}

#[tokio::test]
async fn the_row_was_deleted_elsewhere() -> Result<()> {
    story("state-deleted", async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        story.browsers[0].expect_error("status of 410");
        let browser = &story.browsers[0];
        let delete = reqwest::Client::new().delete(format!("{}/api/users/{id}", story.page()));
        let deleted = delete.bearer_auth(browser.token().await?).send().await?;
        assert_eq!(deleted.status(), 204);
        browser.sees("Your profile was deleted").await?;
        browser.is_presentable("deleted").await?;
        // What is left at Clerk can be deleted, too.
        browser.click("Go to your account").await?;
        browser.click("Delete account…").await?;
        browser
            .fill(&format!("Type {} to confirm", ada().email), &ada().email)
            .await?;
        browser.click("Delete account").await?;
        browser.sees("Goodbye").await
    })
    .await
}

#[tokio::test]
async fn the_row_is_gone_from_the_database() -> Result<()> {
    story("state-no-profile", async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        let browser = &story.browsers[0];
        story.stack.sql("DELETE FROM users").await?;
        browser.sees("You have no profile").await?;
        browser.is_presentable("no-profile").await?;
        browser.click("Retry").await?;
        ada().sees_own_profile(browser).await
    })
    .await
}

#[tokio::test]
async fn the_account_and_its_deletion() -> Result<()> {
    story("state-account", async |story| {
        let id = ada().has_account(story).await?;
        ada().is_signed_in(story, 0, &id).await?;
        for error in ["status of 401", "status of 404", "status of 500"] {
            story.browsers[0].expect_error(error);
        }
        let browser = &story.browsers[0];
        browser.click("Account").await?;
        browser.sees("Profile details").await?;
        browser.is_presentable("account").await?;
        browser.click("Delete account…").await?;
        browser.is_presentable("deletion").await?;
        browser
            .fill(&format!("Type {} to confirm", ada().email), &ada().email)
            .await?;
        // Clerk fails once, when the row is gone already.
        let fault = json!({ "path": "/v1/me", "status": 500, "count": 1 });
        story.stack.fault(fault).await?;
        browser.click("Delete account").await?;
        browser.sees("your account was not.").await?;
        browser.is_presentable("deletion-half").await?;
        assert!(story.stack.rows().await?.is_empty());
        browser.click("Delete account").await?;
        browser.sees("Goodbye").await?;
        browser.is_presentable("goodbye").await?;
        let path = format!("/v1/users/{id}");
        let gone = story.stack.emulator_call("GET", &path, Value::Null);
        assert!(gone.await.is_err(), "the account is still there");
        Ok(())
    })
    .await
}
