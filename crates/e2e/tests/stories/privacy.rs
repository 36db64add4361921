//! Nobody sees anybody else's row, and nobody finds anything of those who have left.

use anyhow::{Result, ensure};
use e2e::{Browser, PASSWORD, Person, story, wait_for};
use serde_json::{Value, json};

/// Waits until the browser keeps nothing of this person.
async fn forgets(browser: &Browser, person: &Person) -> Result<()> {
    wait_for(
        &format!("nothing of {} to be kept", person.name()),
        async || {
            let kept = browser.kept().await.ok()?;
            let personal = [&person.email, person.last];
            (!personal.iter().any(|it| kept.contains(*it))).then_some(())
        },
    )
    .await
}

#[tokio::test]
async fn two_people_at_once_see_their_own_row_each() -> Result<()> {
    story("two-people", async |story| {
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let other = story.browser().await?;
        ada.sign_up(story, 0).await?;
        bob.sign_up(story, other).await?;
        ada.sees_own_profile(&story.browsers[0]).await?;
        let [adas, bobs] = [0, other].map(|number| &story.browsers[number]);
        adas.sees_no(&bob.email).await?;
        bobs.sees_no(&ada.email).await?;
        assert_ne!(adas.field("clerk-id").await?, bobs.field("clerk-id").await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn ones_own_token_does_not_open_anothers_row() -> Result<()> {
    story("others-row", async |story| {
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let other = story.browser().await?;
        ada.sign_up(story, 0).await?;
        bob.sign_up(story, other).await?;
        let token = story.browsers[0].token().await?;
        let bobs_id = story.browsers[other].field("clerk-id").await?;
        let url = format!("{}/api/users/{bobs_id}", story.page());
        let client = reqwest::Client::new();
        let status = client.get(&url).bearer_auth(&token).send().await?.status();
        assert_eq!(status, 403);
        let change = serde_json::json!({"clerkId": bobs_id, "email": "a@b.co", "name": "Ada"});
        let put = client
            .put(&url)
            .bearer_auth(&token)
            .json(&change)
            .send()
            .await?;
        assert_eq!(put.status(), 403);
        bob.sees_own_profile(&story.browsers[other]).await
    })
    .await
}

#[tokio::test]
async fn after_signing_out_in_any_tab_the_browser_keeps_nothing_of_the_person() -> Result<()> {
    story("forget", async |story| {
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        bob.has_account(story).await?;
        ada.sign_up(story, 0).await?;
        let page = story.page();
        // The other tab may ask for a token of the session that just ended.
        story.browsers[0].expect_error("status of 401");
        let browser = &story.browsers[0];
        browser.open_tab(&page).await?;
        ada.sees_own_profile(browser).await?;
        browser.remembers(&ada.name()).await?;
        let left_over = browser.kept().await?;
        ada.sign_out(browser).await?;
        forgets(browser, &ada).await?;
        browser.look_at_tab(0).await?;
        browser.sees("Sign up").await?;
        forgets(browser, &ada).await?;
        // Bob comes, and Ada had signed out while the page was closed.
        for signed_in in [false, true] {
            browser.open(&format!("{page}/healthz")).await?;
            browser.keeps(&left_over).await?;
            browser.open(&page).await?;
            if signed_in {
                bob.sees_own_profile(browser).await?;
                browser.remembers(&bob.name()).await?;
            } else {
                forgets(browser, &ada).await?;
                bob.begin_sign_in(story, 0).await?;
                browser.fill("Password", PASSWORD).await?;
                browser.click("Continue").await?;
                bob.sees_own_profile(browser).await?;
            }
            forgets(browser, &ada).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn after_the_row_is_deleted_the_browser_keeps_nothing_of_the_person() -> Result<()> {
    story("forget-deleted", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.remembers(&ada.name()).await?;
        let left_over = browser.kept().await?;
        let url = format!(
            "{}/api/users/{}",
            story.page(),
            browser.field("clerk-id").await?
        );
        let delete = reqwest::Client::new().delete(&url);
        let deleted = delete.bearer_auth(browser.token().await?).send().await?;
        assert_eq!(deleted.status(), 204);
        browser.sees("Your profile was deleted").await?;
        forgets(browser, &ada).await?;
        // It had been deleted while the page was closed.
        story.browsers[0].expect_error("status of 410");
        let browser = &story.browsers[0];
        browser.open(&format!("{}/healthz", story.page())).await?;
        browser.keeps(&left_over).await?;
        browser.open(&story.page()).await?;
        browser.sees("Your profile was deleted").await?;
        forgets(browser, &ada).await
    })
    .await
}

#[tokio::test]
async fn what_another_tab_claims_hides_no_change_and_shows_nobody_elses_row() -> Result<()> {
    story("false-tab", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let page = story.page();
        let browser = &story.browsers[0];
        browser.watch_field("name").await?;
        browser.open_tab(&page).await?;
        ada.sees_own_profile(browser).await?;
        browser.watch_field("name").await?;
        let clerk_id = browser.field("clerk-id").await?;
        for (of, name) in [("user_mallory", "Mallory"), (&clerk_id, "Never written")] {
            let user = json!({"id": "", "clerkId": of, "email": ada.email, "name": name,
                "createdAt": 0, "updatedAt": 0});
            let state = json!({"status": 200, "etag": format!("\"{}\"", i64::MAX), "body": user});
            let message = json!({"States": {"/api/users/me": state}});
            let script = "new BroadcastChannel(arguments[0]).postMessage(arguments[1])";
            let channel = format!("live:{clerk_id}:");
            let arguments = vec![json!(channel), json!(message.to_string())];
            browser.client.execute(script, arguments).await?;
        }
        // The first tab has the stream.
        for (tab, name) in [(0, "Countess"), (1, "Countess of Lovelace")] {
            browser.look_at_tab(tab).await?;
            browser.click("Edit").await?;
            browser.fill("Name", name).await?;
            browser.click("Save").await?;
            for tab in [0, 1] {
                browser.look_at_tab(tab).await?;
                browser.sees_field("name", name).await?;
            }
        }
        for (tab, never) in [(0, "Never written"), (0, "Mallory"), (1, "Mallory")] {
            browser.look_at_tab(tab).await?;
            let script = "return window.noted[arguments[0]]";
            let noted = browser.client.execute(script, vec![json!(never)]).await?;
            ensure!(noted.is_null(), "tab {tab} has shown {never:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_switches_accounts_during_a_deletion_keeps_both() -> Result<()> {
    story("switch-and-delete", async |story| {
        story.stack.set(json!({ "single_session": false })).await?;
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let ids = [ada.has_account(story).await?, bob.has_account(story).await?];
        let browser = &story.browsers[0];
        browser.holds_write().await?;
        ada.is_signed_in(story, 0, &ids[0]).await?;
        let activate = "window.Clerk.setActive({
            session: window.Clerk.client.sessions.find(it => it.user.id === arguments[0])
        })";
        browser
            .client
            .execute("window.Clerk.openSignIn()", vec![])
            .await?;
        browser.fill("Email address", &bob.email).await?;
        browser.click("Continue").await?;
        browser.fill("Password", PASSWORD).await?;
        browser.click("Continue").await?;
        bob.sees_own_profile(browser).await?;
        browser
            .client
            .execute(activate, vec![json!(ids[0])])
            .await?;
        ada.sees_own_profile(browser).await?;
        browser.click("Account").await?;
        browser.click("Delete account…").await?;
        browser
            .fill(&format!("Type {} to confirm", ada.email), &ada.email)
            .await?;
        browser.click("Delete account").await?;
        browser.is_about_to_write().await?;
        browser.find("//button[@disabled][. = 'Cancel']").await?;
        browser
            .client
            .execute(activate, vec![json!(ids[1])])
            .await?;
        browser
            .sees(&format!("Type {} to confirm", bob.email))
            .await?;
        browser.lets_write().await?;
        browser
            .sees("You have switched to another account.")
            .await?;
        for id in ids {
            let path = format!("/v1/users/{id}");
            story.stack.emulator_call("GET", &path, Value::Null).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_that_is_brought_back_to_somebody_else_begins_anew() -> Result<()> {
    story("brought-back", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        let browser = &story.browsers[0];
        let leaves = "window.isOld = true;
            window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));";
        let returns =
            "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))";
        let is_old = "return window.isOld === true";
        browser.client.execute(leaves, vec![]).await?;
        browser.client.execute(returns, vec![]).await?;
        let old = browser.client.execute(is_old, vec![]).await?;
        ensure!(old == true, "it began anew for the same person");
        browser.client.execute(leaves, vec![]).await?;
        let signs_in = "document.cookie = '__client_uat_of_another_tab=1; path=/'";
        browser.client.execute(signs_in, vec![]).await?;
        browser.client.execute(returns, vec![]).await?;
        wait_for("the page to begin anew", async || {
            let old = browser.client.execute(is_old, vec![]).await.ok()?;
            (old == false).then_some(())
        })
        .await
    })
    .await
}
