//! The emulator's dashboard.

use anyhow::Result;
use e2e::{Person, story};
use serde_json::json;

#[tokio::test]
async fn the_dashboard_shows_and_changes_everything() -> Result<()> {
    story("dashboard", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.sign_up(story, 0).await?;
        let dashboard = format!("{}/dashboard", story.stack.emulator_url());
        let page = story.browser().await?;
        let browser = &story.browsers[page];
        browser.open(&dashboard).await?;
        browser.sees("Ada Lovelace").await?;
        browser.click("Messages").await?;
        browser.sees("424242").await?;
        browser.click("Sessions").await?;
        browser.sees(&ada.email).await?;
        browser.click("Requests").await?;
        browser.sees("POST /v1/client/sign_ups").await?;
        browser.click("Settings").await?;
        browser.sees("JWT templates").await?;
        browser.click("Users").await?;
        browser.click("Ada Lovelace").await?;
        browser.click("Ban").await?;
        browser.sees("The user was banned").await?;
        let user = story
            .stack
            .emulator_call("GET", "/v1/users", json!(null))
            .await?;
        assert_eq!(user[0]["banned"], true);
        Ok(())
    })
    .await
}

/// What a page of another site would try, knowing even the secret key that everybody knows;
/// answers what it got hold of.
const ATTACK: &str = "const [emulator, done] = arguments;
    const key = {Authorization: 'Bearer sk_test_emulator', 'Content-Type': 'application/json'};
    const body = JSON.stringify({first_name: 'Eve', application_name: 'Evil'});
    const attempts = [
        fetch(emulator + '/dashboard'),
        fetch(emulator + '/emulator/export', {headers: key}),
        fetch(emulator + '/emulator/settings', {method: 'PATCH', headers: key, body}),
        fetch(emulator + '/v1/users', {headers: key}),
        fetch(emulator + '/v1/users', {method: 'POST', headers: key, body}),
        fetch(emulator + '/emulator/reset', {method: 'POST', mode: 'no-cors', body}),
        fetch(emulator + '/emulator/export', {mode: 'no-cors'}),
    ].map(attempt => attempt.then(answer => answer.text()).catch(() => ''));
    Promise.all(attempts).then(read => done(read.join('')));";

/// An empty page at an address of its own.
async fn another_site() -> Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let page = axum::Router::new().fallback(async || axum::response::Html(""));
    tokio::spawn(async move { axum::serve(listener, page).await });
    Ok(url)
}

#[tokio::test]
async fn a_page_of_another_site_reads_and_changes_nothing() -> Result<()> {
    story("another-site", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        for error in [
            "CORS policy",
            "net::ERR_FAILED",
            "status of 401",
            "frame-ancestors",
        ] {
            story.browsers[0].expect_error(error);
        }
        let before = story
            .stack
            .emulator_call("GET", "/emulator/export", json!(null));
        let before = before.await?;
        let browser = &story.browsers[0];
        let emulator = story.stack.emulator_url();
        browser.open(&another_site().await?).await?;
        let read = browser
            .client
            .execute_async(ATTACK, vec![json!(emulator)])
            .await?;
        assert_eq!(read, "");
        let framed = "const frame = document.createElement('iframe');
            frame.src = arguments[0] + '/dashboard';
            frame.onload = () => arguments[1](frame.contentDocument !== null);
            document.body.append(frame);";
        browser
            .client
            .execute_async(framed, vec![json!(emulator)])
            .await?;
        let frame = browser
            .client
            .find(fantoccini::Locator::Css("iframe"))
            .await?;
        frame.enter_frame().await?;
        assert!(!browser.text().await?.contains("Users"), "it is framed");
        browser.client.enter_parent_frame().await?;
        let after = story
            .stack
            .emulator_call("GET", "/emulator/export", json!(null));
        assert_eq!(after.await?, before);
        // It did arrive, and was refused.
        let console = story.browsers[0].console_lines().await?.join("\n");
        assert!(console.contains("blocked by CORS policy"), "{console}");
        assert!(console.contains("status of 401"), "{console}");
        Ok(())
    })
    .await
}
