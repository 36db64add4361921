//! Pages of other sites, opened on a developer's machine while everything runs there.

use anyhow::{Context, Result, ensure};
use e2e::{Browser, FOREIGN_HOST, Person, Story, in_query, story, wait_for};
use serde_json::{Value, json};

/// What a page tries at an address of the emulator, knowing the secret key; answers what was
/// answered well.
const ATTACK: &str = "const [bases, secret, done] = arguments;
    const key = {Authorization: 'Bearer ' + secret, 'Content-Type': 'application/json'};
    const site = [location.origin];
    const body = JSON.stringify({first_name: 'Eve', email_address: ['eve@example.com'],
        skip_password_requirement: true, allowed_origins: site, application_name: 'Evil'});
    const plain = {mode: 'no-cors', method: 'POST', body};
    const attempts = bases.flatMap(base => [
        ['/dashboard'],
        ['/dashboard', {mode: 'no-cors'}],
        ['/emulator/export', {headers: key}],
        ['/emulator/export', {mode: 'no-cors'}],
        ['/emulator/settings', {method: 'PATCH', headers: key, body}],
        ['/emulator/settings?_method=PATCH', plain],
        ['/emulator/sign_in', {method: 'POST', headers: key, body}],
        ['/emulator/reset', plain],
        ['/v1/users', {headers: key}],
        ['/v1/users', {method: 'POST', headers: key, body}],
        ['/v1/users?_method=POST', plain],
        ['/v1/instance', {method: 'PATCH', headers: key, body}],
        ['/v1/sign_in_tokens', {method: 'POST', headers: key, body}],
    ].map(([path, options]) => fetch(base + path, options)
        .then(async answer => answer.ok ? [`${base}${path}: ${await answer.text()}`] : [])
        .catch(() => [])));
    Promise.all(attempts).then(read => done(read.flat()));";

/// An empty page at an address of its own; answers its port.
async fn another_site() -> Result<u16> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let page = axum::Router::new().fallback(async || axum::response::Html(""));
    tokio::spawn(async move { axum::serve(listener, page).await });
    Ok(port)
}

/// Refusals are what these stories are about.
fn expect_refusals(browser: &mut Browser) {
    for error in [
        "CORS policy",
        "net::ERR_FAILED",
        "Failed to load resource",
        "frame-ancestors",
    ] {
        browser.expect_error(error);
    }
}

/// Where the emulator is reached: at its own port, and through the API.
fn bases(story: &Story) -> [String; 3] {
    let own = story.stack.emulator_url();
    let by_name = own.replace("127.0.0.1", "localhost");
    [own, by_name, format!("{}/__clerk", story.page())]
}

async fn everything(story: &Story) -> Result<Value> {
    let export = story
        .stack
        .emulator_call("GET", "/emulator/export", Value::Null);
    export.await
}

/// Tries everything from the page that is open; nothing may be answered well.
async fn attacks_in_vain(story: &Story, bases: &[String]) -> Result<()> {
    let arguments = vec![json!(bases), json!(story.stack.secret_key()?)];
    let browser = &story.browsers[0].client;
    let read = browser.execute_async(ATTACK, arguments).await?;
    ensure!(read == json!([]), "it got {read:#}");
    Ok(())
}

#[tokio::test]
async fn a_page_of_another_site_reads_and_changes_nothing() -> Result<()> {
    story("another-site", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        expect_refusals(&mut story.browsers[0]);
        let before = everything(story).await?;
        let port = another_site().await?;
        // Another site altogether, and another port of this machine's own name.
        for host in [FOREIGN_HOST, "localhost"] {
            story.browsers[0]
                .open(&format!("http://{host}:{port}/"))
                .await?;
            attacks_in_vain(story, &bases(story)).await?;
        }
        is_not_framed(story).await?;
        ensure!(everything(story).await? == before, "something was changed");
        // It did arrive, and was refused.
        let console = story.browsers[0].console_lines().await?.join("\n");
        ensure!(console.contains("blocked by CORS policy"), "{console}");
        Ok(())
    })
    .await
}

/// The dashboard does not show in a frame of the page that is open.
async fn is_not_framed(story: &Story) -> Result<()> {
    let browser = &story.browsers[0];
    let framed = "const frame = document.createElement('iframe');
        frame.src = arguments[0] + '/dashboard';
        frame.onload = () => arguments[1](true);
        document.body.append(frame);";
    let emulator = json!(story.stack.emulator_url());
    browser.client.execute_async(framed, vec![emulator]).await?;
    let frame = fantoccini::Locator::Css("iframe");
    browser.client.find(frame).await?.enter_frame().await?;
    ensure!(!browser.text().await?.contains("Users"), "it is framed");
    browser.client.enter_parent_frame().await?;
    Ok(())
}

#[tokio::test]
async fn a_page_whose_name_was_bound_to_this_machine_is_answered_by_nobody() -> Result<()> {
    story("rebinding", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.has_account(story).await?;
        expect_refusals(&mut story.browsers[0]);
        let before = everything(story).await?;
        let secret = story.stack.secret_key()?;
        let foreign = |url: String| {
            let port = url.rsplit(':').next().unwrap_or_default().to_owned();
            format!("http://{FOREIGN_HOST}:{port}")
        };
        let emulator = foreign(story.stack.emulator_url());
        let proxied = format!("{}/__clerk", foreign(story.page()));
        for base in [emulator, proxied] {
            let browser = &story.browsers[0];
            browser.open(&format!("{base}/dashboard")).await?;
            let source = browser.client.source().await?;
            ensure!(!source.contains(&secret), "it shows the key:\n{source}");
            // The page is of the same origin now: nothing but the server itself refuses it.
            let script = "const [base, done] = arguments;
                Promise.all(['/v1/client', '/v1/environment', '/.well-known/jwks.json'].map(path =>
                    fetch(base + path).then(answer => answer.ok ? [path] : []).catch(() => [])
                )).then(read => done(read.flat()));";
            let read = browser
                .client
                .execute_async(script, vec![json!(base)])
                .await?;
            ensure!(read == json!([]), "{base} answered {read}");
            attacks_in_vain(story, &[base]).await?;
        }
        ensure!(everything(story).await? == before, "something was changed");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_of_another_site_is_handed_no_session() -> Result<()> {
    story("stolen-handshake", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        ada.arrives(story, 0).await?;
        expect_refusals(&mut story.browsers[0]);
        let port = another_site().await?;
        let [_, emulator, proxied] = bases(story);
        let browser = &story.browsers[0];
        for base in [emulator, proxied] {
            for wanted in [
                format!("http://{FOREIGN_HOST}:{port}/"),
                format!("http://[::1].{FOREIGN_HOST}:{port}/"),
                format!("http://localhost@{FOREIGN_HOST}:{port}/"),
            ] {
                let site = format!("http://{FOREIGN_HOST}:{port}/begin");
                browser.open(&site).await?;
                let url = format!(
                    "{base}/v1/client/handshake?redirect_url={}",
                    in_query(&wanted)
                );
                let lead = "location.href = arguments[0]";
                browser.client.execute(lead, vec![json!(url)]).await?;
                let left = wait_for("the browser to be led away", async || {
                    let url = browser.client.current_url().await.ok()?;
                    (url.as_str() != site).then_some(url)
                });
                let left = left.await?;
                let host = left.host_str().context("a host")?;
                ensure!(host == "localhost", "{wanted} was led to: {left}");
                browser.sees("allowed_origins").await?;
            }
        }
        Ok(())
    })
    .await
}
