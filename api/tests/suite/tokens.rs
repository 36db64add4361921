//! Which tokens come in, and which do not.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Kind, STRANGER, TRUSTED, World, claims, expect, send, token};

const ADA: &str = "user_ada";

fn changed(name: &str, value: Value) -> String {
    let mut claims = claims(ADA);
    claims[name] = value;
    TRUSTED.sign(|_| {}, &claims)
}

fn without(name: &str) -> String {
    let mut claims = claims(ADA);
    claims.as_object_mut().expect("an object").remove(name);
    TRUSTED.sign(|_| {}, &claims)
}

fn now() -> u64 {
    claims(ADA)["iat"].as_u64().expect("a number")
}

#[tokio::test]
async fn good_tokens_come_in() {
    let world = World::new(Kind::Sqlite).await;
    let good = [
        token(ADA),
        without("azp"),
        without("sts"),
        changed("exp", json!(now() - 2)),
        changed("iat", json!(now() + 2)),
        TRUSTED.sign(|header| header.typ = None, &claims(ADA)),
    ];
    for (number, token) in good.iter().enumerate() {
        let request = world.request(Method::POST, "/api/users").bearer_auth(token);
        let answer = request.send().await.expect("an answer");
        assert!(
            answer.status().is_success(),
            "token {number}: {}",
            answer.status()
        );
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

fn bad_tokens() -> Vec<(&'static str, String)> {
    let good = token(ADA);
    let (head, rest) = good.split_once('.').expect("three parts");
    let (payload, signature) = rest.split_once('.').expect("three parts");
    let public_pem = serde_json::to_string(&TRUSTED.jwks()).expect("JSON");
    let hs256 = {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("key-1".into());
        encode(
            &header,
            &claims(ADA),
            &EncodingKey::from_secret(public_pem.as_bytes()),
        )
    };
    vec![
        ("no JWT", "hello".into()),
        ("two parts", format!("{head}.{payload}")),
        ("four parts", format!("{good}.x")),
        ("no signature", format!("{head}.{payload}.")),
        ("another's signature", STRANGER.sign(|_| {}, &claims(ADA))),
        (
            "payload of another token",
            format!(
                "{head}.{}.{signature}",
                token("user_bob").split('.').nth(1).expect("a payload")
            ),
        ),
        // {"alg":"none","kid":"key-1"}
        (
            "alg none",
            format!("eyJhbGciOiJub25lIiwia2lkIjoia2V5LTEifQ.{payload}."),
        ),
        ("HS256 with the public key", hs256.expect("a token")),
        (
            "no kid",
            TRUSTED.sign(|header| header.kid = None, &claims(ADA)),
        ),
        (
            "unknown kid",
            TRUSTED.sign(|header| header.kid = Some("key-2".into()), &claims(ADA)),
        ),
        (
            "jku",
            TRUSTED.sign(
                |header| header.jku = Some("https://evil.example".into()),
                &claims(ADA),
            ),
        ),
        (
            "x5u",
            TRUSTED.sign(
                |header| header.x5u = Some("https://evil.example".into()),
                &claims(ADA),
            ),
        ),
        (
            "jwk",
            TRUSTED.sign(
                |header| header.jwk = STRANGER.jwks().keys.pop(),
                &claims(ADA),
            ),
        ),
        (
            "crit",
            TRUSTED.sign(|header| header.crit = Some(vec!["x".into()]), &claims(ADA)),
        ),
        (
            "another typ",
            TRUSTED.sign(|header| header.typ = Some("at+jwt".into()), &claims(ADA)),
        ),
        ("expired", changed("exp", json!(now() - 6))),
        ("not yet valid", changed("nbf", json!(now() + 10))),
        ("of the future", changed("iat", json!(now() + 10))),
        (
            "another issuer",
            changed("iss", json!("https://clerk.example.com.evil.example")),
        ),
        (
            "another party",
            changed("azp", json!("http://localhost:3001")),
        ),
        ("pending", changed("sts", json!("pending"))),
        ("no exp", without("exp")),
        ("no iss", without("iss")),
        ("no sub", without("sub")),
        ("no iat", without("iat")),
        ("empty sub", changed("sub", json!(""))),
        ("sub of another kind", changed("sub", json!("org_1"))),
        ("sub no string", changed("sub", json!(["user_ada"]))),
        ("exp a string", changed("exp", json!("9999999999"))),
        ("too long", changed("x", json!("x".repeat(9000)))),
    ]
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
