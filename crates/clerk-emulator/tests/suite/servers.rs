//! The handshake: a server asks for the browser's state by way of the browser.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, World, claims, text};

fn query(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').expect("a query");
    form_urlencoded::parse(query.as_bytes())
        .find(|(asked, _)| asked == name)
        .map(|(_, value)| value.into_owned())
        .expect("a parameter")
}

const BACK: &str = "http%3A%2F%2Flocalhost%3A3000%2Fhome%3Fa%3D1";

#[tokio::test]
async fn a_signed_in_browser_is_handed_to_the_server() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let url = format!(
        "{}/v1/client/handshake?redirect_url={BACK}&__clerk_db_jwt={}&suffixed_cookies=true",
        world.url(),
        browser.token
    );
    let led = browser.open(&url).await;
    assert!(led.starts_with("http://localhost:3000/home?a=1&"), "{led}");
    let payload = claims(&json!({ "jwt": query(&led, "__clerk_handshake") }));
    let directives: Vec<String> = payload["handshake"]
        .as_array()
        .expect("cookies")
        .iter()
        .map(text)
        .collect();
    let token = directives
        .iter()
        .find_map(|it| it.strip_prefix("__session=")?.split(';').next())
        .expect("a session token");
    let said = claims(&json!({ "jwt": token }));
    assert_eq!(
        (&said["sid"], &said["azp"]),
        (&json!(session), &json!("http://localhost:3000"))
    );
    assert!(
        directives.iter().any(|it| it.starts_with("__client_uat_")),
        "{directives:?}"
    );

    // With a nonce the server fetches it, once.
    let led = browser.open(&format!("{url}&format=nonce")).await;
    let path = format!(
        "/clients/handshake_payload?nonce={}",
        query(&led, "__clerk_handshake_nonce")
    );
    let fetch = async || {
        let url = format!("{}/v1{path}", world.url());
        let answer = world
            .http
            .get(url)
            .bearer_auth(crate::world::SECRET)
            .send()
            .await;
        crate::world::read(answer.expect("an answer")).await
    };
    let (status, body) = fetch().await;
    assert_eq!(status, 200);
    assert_eq!(
        body["directives"].as_array().map(Vec::len),
        Some(directives.len())
    );
    assert_eq!(fetch().await.0, 404);
}

#[tokio::test]
async fn a_session_is_handed_to_no_other_site() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let to = async |url: &str| {
        let url: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
        let path = format!("/client/handshake?redirect_url={url}");
        let asked = format!("{}/v1{path}&__clerk_db_jwt={}", world.url(), browser.token);
        world
            .http
            .get(asked)
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16()
    };
    for url in [
        "https://evil.example/",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "javascript:alert(1)",
        "//evil.example",
        "",
    ] {
        assert_eq!(to(url).await, 422, "{url}");
    }
    assert_eq!(to("http://127.0.0.1:3000/").await, 307);
    let settings = json!({ "allowed_origins": ["https://app.example"] });
    world.control(Method::PATCH, "/settings", settings).await;
    assert_eq!(to("https://app.example/home").await, 307);
}

#[tokio::test]
async fn in_production_a_cookie_is_the_browser() {
    let world = World::with(json!({ "instance": "production" })).await;
    let post = async |path: &str, form: &[(&str, &str)], cookie: Option<&str>| {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut request = world
            .http
            .post(format!("{}/v1{path}", world.url()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body);
        if let Some(cookie) = cookie {
            request = request.header("Cookie", format!("__client={cookie}"));
        }
        request.send().await.expect("an answer")
    };
    let form = [
        ("email_address", ADA),
        ("password", "correct horse battery"),
        ("first_name", "A"),
        ("last_name", "L"),
    ];
    let begun = post("/client/sign_ups", &form, None).await;
    let set = begun.headers()["set-cookie"]
        .to_str()
        .expect("a cookie")
        .to_owned();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    let cookie = set.split(['=', ';']).nth(1).expect("a value").to_owned();
    let begun: Value = begun.json().await.expect("JSON");
    let path = format!("/client/sign_ups/{}", text(&begun["response"]["id"]));
    let code = [("strategy", "email_code"), ("code", "424242")];
    post(
        &format!("{path}/prepare_verification"),
        &code[..1],
        Some(&cookie),
    )
    .await;
    let done: Value = post(
        &format!("{path}/attempt_verification"),
        &code,
        Some(&cookie),
    )
    .await
    .json()
    .await
    .expect("JSON");
    assert_eq!(done["response"]["status"], "complete");
    let asked = format!("{}/v1/client/handshake?redirect_url={BACK}", world.url());
    let answer = world
        .http
        .get(asked)
        .header("Cookie", format!("__client={cookie}"))
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(
        answer.headers()["location"],
        "http://localhost:3000/home?a=1"
    );
    let handshake = answer.headers()["set-cookie"].to_str().expect("a cookie");
    assert!(handshake.starts_with("__clerk_handshake="), "{handshake}");
}
