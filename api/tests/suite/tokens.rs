//! Which tokens come in, and which do not.

use clerk_axum::test::tokens::{self, ADA};
use jsonwebtoken::decode_header;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Kind, STRANGER, TRUSTED, World, claims, expect, send, token};

fn changed(name: &str, value: Value) -> String {
    let mut claims = claims(ADA);
    claims[name] = value;
    TRUSTED.sign(&claims)
}

fn without(name: &str) -> String {
    let mut claims = claims(ADA);
    claims.as_object_mut().expect("an object").remove(name);
    TRUSTED.sign(&claims)
}

fn now() -> u64 {
    claims(ADA)["iat"].as_u64().expect("a number")
}

#[tokio::test]
async fn good_tokens_come_in() {
    let world = World::new(Kind::Sqlite).await;
    for (what, token) in tokens::good(&TRUSTED) {
        let request = world.request(Method::POST, "/api/users").bearer_auth(token);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
    }
    let lower = format!("bearer {}", token(ADA));
    let request = world
        .request(Method::GET, "/api/users/me")
        .header("Authorization", lower);
    send(request, StatusCode::OK).await;
}

#[tokio::test]
async fn forged_malformed_and_expired_tokens_stay_out() {
    let world = World::new(Kind::Sqlite).await;
    for (what, token) in bad_tokens() {
        let request = world
            .request(Method::POST, "/api/users")
            .bearer_auth(&token);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{what}");
        let challenge = answer.headers()["www-authenticate"]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(challenge, "Bearer error=\"invalid_token\"", "{what}");
        let body = answer.text().await.expect("a body");
        assert!(!body.contains(&token), "{what}: the token is not echoed");
    }
}

/// What no server of this issuer may let in, and a claim of the app's own that is none.
fn bad_tokens() -> Vec<(&'static str, String)> {
    let mut all = tokens::bad(&TRUSTED, &STRANGER);
    all.push(("email no string", changed("email", json!({"a": 1}))));
    all
}

#[test]
fn the_table_is_long_enough() {
    assert!(bad_tokens().len() >= 90, "{}", bad_tokens().len());
}

#[tokio::test]
async fn an_audience_that_is_asked_for_must_be_there() {
    let world = World::with(Kind::Sqlite, &[("CLERK_AUDIENCE", "convex")]).await;
    let ask = |token: String| {
        let request = world.request(Method::GET, "/api/users/me");
        request.bearer_auth(token)
    };
    for (aud, status) in [
        (json!("convex"), StatusCode::NOT_FOUND),
        (json!(["other", "convex"]), StatusCode::NOT_FOUND),
        (json!("other"), StatusCode::UNAUTHORIZED),
        (json!([]), StatusCode::UNAUTHORIZED),
        (json!(1), StatusCode::UNAUTHORIZED),
    ] {
        expect(ask(changed("aud", aud)), status).await;
    }
    expect(ask(token(ADA)), StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn native_apps_whose_tokens_name_no_party_come_in_where_that_is_allowed() {
    let world = World::with(Kind::Sqlite, &[("CLERK_ALLOW_MISSING_AZP", "1")]).await;
    for (token, status) in [
        (without("azp"), StatusCode::NOT_FOUND),
        (token(ADA), StatusCode::NOT_FOUND),
        (changed("azp", json!("")), StatusCode::UNAUTHORIZED),
        (
            changed("azp", json!("https://evil.example")),
            StatusCode::UNAUTHORIZED,
        ),
    ] {
        let request = world.request(Method::GET, "/api/users/me");
        expect(request.bearer_auth(token), status).await;
    }
}

#[tokio::test]
async fn a_token_that_was_good_ends_when_it_expires() {
    let world = World::new(Kind::Sqlite).await;
    // Within the leeway: good for a second or two more.
    let token = changed("exp", json!(now() - 4));
    let ask = || {
        let request = world.request(Method::GET, "/api/users/me");
        request.bearer_auth(&token)
    };
    expect(ask(), StatusCode::NOT_FOUND).await;
    let ends = async {
        while ask().send().await.expect("an answer").status() != StatusCode::UNAUTHORIZED {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(10), ends);
    waited
        .await
        .expect("it ends, though its signature was checked before");
}

#[tokio::test]
async fn changing_any_byte_of_a_good_token_spoils_it() {
    let world = World::new(Kind::Sqlite).await;
    let good = token(ADA);
    let ask = |token: &str| {
        let request = world.request(Method::GET, "/api/users/me");
        request.bearer_auth(token).send()
    };
    let status = ask(&good).await.expect("an answer").status();
    assert_eq!(status, StatusCode::NOT_FOUND, "it is good");
    let mut runner = TestRunner::new(Config {
        cases: 600,
        failure_persistence: None,
        ..Config::default()
    });
    let mutation = (0..good.len(), b'!'..=b'~');
    for _ in 0..600 {
        let tree = mutation.new_tree(&mut runner).expect("a mutation");
        let (position, byte) = tree.current();
        let mut bytes = good.clone().into_bytes();
        if bytes[position] == byte {
            continue;
        }
        bytes[position] = byte;
        let spoiled = String::from_utf8(bytes).expect("ASCII");
        let status = ask(&spoiled).await.expect("an answer").status();
        // Whether there is a key of a name that is new here may have to be asked later.
        let later = status == StatusCode::SERVICE_UNAVAILABLE
            && decode_header(&spoiled).is_ok_and(|it| it.kid.is_some_and(|kid| kid != "key-1"));
        assert!(status == StatusCode::UNAUTHORIZED || later, "{spoiled}");
    }
    // A token cut anywhere, too.
    for length in 0..good.len() {
        let status = ask(&good[..length]).await.expect("an answer").status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{length}");
    }
}

#[tokio::test]
async fn a_token_is_taken_from_the_header_and_nowhere_else() {
    let world = World::new(Kind::Sqlite).await;
    let token = token(ADA);
    let unauthorized = StatusCode::UNAUTHORIZED;
    let get = |path: &str| world.request(Method::GET, path);
    let answer = send(get("/api/users/me"), unauthorized).await;
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    expect(
        get(&format!("/api/users/me?access_token={token}")),
        unauthorized,
    )
    .await;
    expect(
        get("/api/users/me").header("Cookie", format!("__session={token}")),
        unauthorized,
    )
    .await;
    expect(
        get("/api/users/me").header("Authorization", format!("Basic {token}")),
        unauthorized,
    )
    .await;
    expect(
        get("/api/users/me").header("Authorization", "Bearer "),
        unauthorized,
    )
    .await;
    expect(
        get("/api/users/me").header("Authorization", &token),
        unauthorized,
    )
    .await;
    let twice = get("/api/users/me").bearer_auth(&token).bearer_auth(&token);
    expect(twice, unauthorized).await;
}
