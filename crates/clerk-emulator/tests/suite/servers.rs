//! The handshake: a server asks for the browser's state by way of the browser.

use clerk_emulator::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::document;
use crate::world::{ADA, Browser, World, claims, read, text};

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
        let answer = world.http.get(url).bearer_auth(world.secret()).send().await;
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

/// The cookie lines that a handshake of this browser leaves.
async fn cookies_of_handshake(browser: &Browser<'_>, more: &str) -> Vec<String> {
    let url = format!(
        "{}/v1/client/handshake?redirect_url={BACK}&__clerk_db_jwt={}{more}",
        browser.world.url(),
        browser.token
    );
    let led = browser.open(&url).await;
    let payload = claims(&json!({ "jwt": query(&led, "__clerk_handshake") }));
    let lines = payload["handshake"].as_array().expect("cookies");
    lines.iter().map(text).collect()
}

/// The value of the cookie whose name begins so.
fn cookie(lines: &[String], name: &str) -> String {
    let line = lines.iter().find(|it| it.starts_with(name));
    let (_, rest) = line.expect("the cookie").split_once('=').expect("a value");
    rest.split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_server_renews_an_expired_token_without_leading_the_browser_round() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let lines = cookies_of_handshake(&browser, "").await;
    let hidden = lines.iter().find(|it| it.starts_with("__refresh_"));
    assert!(hidden.expect("the cookie").ends_with("HttpOnly"));
    let good = json!({
        "expired_token": cookie(&lines, "__session="),
        "refresh_token": cookie(&lines, "__refresh_"),
        "request_origin": "http://localhost:3000",
    });
    world.wait(3600).await;

    let path = format!("/sessions/{session}/refresh");
    let renewed = world.server(Method::POST, &path, good.clone()).await;
    let said = claims(&renewed);
    assert_eq!(
        (&said["sid"], &said["azp"]),
        (&json!(session), &json!("http://localhost:3000"))
    );
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let renewed = world
        .server(Method::POST, &path, with("format", json!("cookie")))
        .await;
    let lines: Vec<String> = renewed["cookies"]
        .as_array()
        .expect("cookies")
        .iter()
        .map(text)
        .collect();
    assert!(cookie(&lines, "__session=").starts_with("ey"));

    // Whatever does not belong together is worth nothing.
    let other = world.browser().await;
    let theirs = other.sign_up("grace+clerk_test@example.com").await;
    let lines = cookies_of_handshake(&other, "").await;
    let token = text(&good["expired_token"]);
    let (signed, _) = token.rsplit_once('.').expect("a token");
    let wrong = [
        with("expired_token", json!(cookie(&lines, "__session="))),
        with("expired_token", json!(format!("{signed}.AAAA"))),
        with("expired_token", json!("nonsense")),
        with("refresh_token", json!(cookie(&lines, "__refresh_"))),
        with("refresh_token", json!("")),
    ];
    for body in wrong {
        let (status, answer) = world.backend(Method::POST, &path, body.clone()).await;
        assert!([401, 422].contains(&status), "{body}: {status} {answer}");
    }
    let path_of_theirs = format!("/sessions/{theirs}/refresh");
    let refused = async |path: &str| world.backend(Method::POST, path, good.clone()).await.0;
    assert_eq!(refused(&path_of_theirs).await, 401);
    assert_eq!(refused("/sessions/sess_none/refresh").await, 401);
    let revoke = format!("/sessions/{session}/revoke");
    world.server(Method::POST, &revoke, Value::Null).await;
    assert_eq!(refused(&path).await, 401);
}

#[tokio::test]
async fn a_server_asks_for_the_organization_of_its_address() {
    let world = World::with(json!({ "organizations": { "enabled": true } })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let made = browser
        .done(Method::POST, "/organizations", &[("name", "Engines")])
        .await;
    let acting_for = async |asked: &str| {
        let lines = cookies_of_handshake(&browser, &format!("&organization_id={asked}")).await;
        claims(&json!({ "jwt": cookie(&lines, "__session=") }))["o"]["id"].clone()
    };
    assert_eq!(acting_for(&text(&made["slug"])).await, made["id"]);
    assert_eq!(acting_for("").await, Value::Null);
    assert_eq!(acting_for(&text(&made["id"])).await, made["id"]);
    let other = world.browser().await;
    other.sign_up("grace+clerk_test@example.com").await;
    let theirs = other
        .done(Method::POST, "/organizations", &[("name", "Compilers")])
        .await;
    assert_eq!(acting_for(&text(&theirs["id"])).await, Value::Null);
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

#[tokio::test]
async fn whoever_verifies_tokens_finds_the_keys_by_the_issuer() {
    let world = World::new().await;
    let get = async |path: &str, proxy: Option<&str>| {
        let mut request = world.http.get(format!("{}{path}", world.url()));
        if let Some(proxy) = proxy {
            request = request
                .header("Clerk-Proxy-Url", proxy)
                .header("X-Forwarded-For", "192.0.2.7");
        }
        let (status, body) = read(request.send().await.expect("an answer")).await;
        document::check("fapi", "GET", path.trim_start_matches("/v1"), status, &body);
        body
    };
    let found = get("/.well-known/openid-configuration", None).await;
    assert_eq!(found["issuer"], world.url());
    let keys = text(&found["jwks_uri"]);
    let keys = keys.strip_prefix(world.url()).expect("an own address");
    assert!(get(keys, None).await["keys"][0]["kid"].is_string());

    let healthy = get("/v1/proxy-health", Some("https://app.example/__clerk")).await;
    assert_eq!(
        healthy,
        json!({ "status": "healthy", "x_forwarded_for": "192.0.2.7" })
    );
    assert_eq!(get("/v1/proxy-health", None).await["status"], "unhealthy");
}

#[tokio::test]
async fn in_production_no_token_in_an_address_is_the_browser() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let production = json!({ "instance": "production" });
    world.control(Method::PATCH, "/settings", production).await;
    let token = &browser.token;
    let sessions = async |path: &str, cookie: &str| {
        let asked = world.http.get(format!("{}/v1/client{path}", world.url()));
        let asked = asked.header("Cookie", cookie.to_owned());
        let (status, body) = read(asked.send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{body}");
        body["response"]["sessions"].as_array().map_or(0, Vec::len)
    };
    let in_address = format!("?__clerk_db_jwt={token}");
    assert_eq!(sessions(&in_address, "__client=cli_mine").await, 0);
    assert_eq!(sessions(&in_address, "other=1").await, 0);
    assert_eq!(sessions("", &format!("__clerk_db_jwt={token}")).await, 0);
    assert_eq!(sessions("", &format!("__client={token}")).await, 1);
}

#[tokio::test]
async fn where_every_address_is_listened_at_one_of_this_machine_is_told() {
    let mut config = Config::read(|name| {
        (name == "EMULATOR_SECRET_KEY").then(|| format!("sk_test_{}", "x".repeat(40)).into())
    })
    .expect("a configuration");
    config.ephemeral = true;
    config.addr = "0.0.0.0:0".parse().expect("an address");
    let world = World::on(&config).await;
    assert!(
        world.url().starts_with("http://127.0.0.1:"),
        "{}",
        world.url()
    );
    let (status, shown) = world.control(Method::GET, "/status", Value::Null).await;
    assert_eq!((status, &shown["url"]), (200, &json!(world.url())));
    let body = json!({ "email_address": ADA });
    let made = world.server(Method::POST, "/invitations", body).await;
    assert!(text(&made["url"]).starts_with(world.url()), "{made}");
}

#[tokio::test]
async fn what_belongs_to_a_browser_is_kept_in_no_cache() {
    let world = World::new().await;
    let browser = world.browser().await;
    for path in ["/v1/client", "/v1/environment"] {
        let path = format!("{path}?__clerk_db_jwt={}", browser.token);
        let answer = world.send(Method::GET, &path, &[]).await;
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
}
