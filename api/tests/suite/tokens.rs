//! Which tokens come in, and which do not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{ISSUER, Kind, STRANGER, TRUSTED, World, claims, expect, send, token};

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

/// A token of these exact bytes, signed with the right key.
fn signed(header: &str, payload: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    TRUSTED.sign_input(&format!("{}.{}", encode(header), encode(payload)))
}

const HEADER: &str = r#"{"alg":"RS256","typ":"JWT","kid":"key-1"}"#;

/// The payload of a good token, as text, with members added in front.
fn payload_with(members: &str) -> String {
    let good = claims(ADA).to_string();
    format!("{{{members},{}", &good[1..])
}

fn bad_tokens() -> Vec<(&'static str, String)> {
    [malformed(), by_header(), by_signature(), by_claims()].concat()
}

fn malformed() -> Vec<(&'static str, String)> {
    let good = token(ADA);
    let (head, rest) = good.split_once('.').expect("three parts");
    let (payload, signature) = rest.split_once('.').expect("three parts");
    // The last character of a signature of 256 bytes carries four bits that mean nothing.
    let last = signature.chars().last().expect("a character");
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let index = alphabet.find(last).expect("in the alphabet");
    let other = &alphabet[index ^ 1..=index ^ 1];
    let odd_bits = format!("{}{other}", &signature[..signature.len() - 1]);
    vec![
        ("no JWT", "hello".into()),
        ("dots only", "..".into()),
        ("one part", head.into()),
        ("two parts", format!("{head}.{payload}")),
        ("four parts", format!("{good}.x")),
        (
            "five parts, encrypted",
            format!("{head}.{payload}.{signature}.x.x"),
        ),
        ("no header", format!(".{payload}.{signature}")),
        ("no payload", format!("{head}..{signature}")),
        ("no signature", format!("{head}.{payload}.")),
        ("padding in the signature", format!("{good}==")),
        (
            "padding in the header",
            format!("{head}=.{payload}.{signature}"),
        ),
        ("odd last bits", format!("{head}.{payload}.{odd_bits}")),
        ("a space inside", format!("{head}. {payload}.{signature}")),
        (
            "standard base64",
            format!("{head}.{payload}.+/{}", &signature[2..]),
        ),
        ("two tokens", format!("{good},{good}")),
        ("header no JSON", signed("alg", &claims(ADA).to_string())),
        ("header no object", signed("[]", &claims(ADA).to_string())),
        ("payload no JSON", signed(HEADER, "sub")),
        ("payload no object", signed(HEADER, "[1]")),
        ("payload a string", signed(HEADER, "\"user_ada\"")),
        (
            "two values",
            signed(HEADER, &format!("{}{{}}", claims(ADA))),
        ),
        (
            "sub twice",
            signed(HEADER, &payload_with(r#""sub":"user_bob""#)),
        ),
        ("exp twice", signed(HEADER, &payload_with(r#""exp":1"#))),
        (
            "an unknown member twice",
            signed(HEADER, &payload_with(r#""x":1,"x":1"#)),
        ),
        (
            "iss twice, once escaped",
            signed(HEADER, &payload_with(r#""\u0069ss":"x""#)),
        ),
        (
            "a member inside twice",
            signed(HEADER, &payload_with(r#""o":{"id":1,"id":2}"#)),
        ),
        (
            "alg twice",
            signed(
                r#"{"alg":"none","alg":"RS256","kid":"key-1"}"#,
                &claims(ADA).to_string(),
            ),
        ),
        (
            "kid twice",
            signed(
                r#"{"alg":"RS256","kid":"x","kid":"key-1"}"#,
                &claims(ADA).to_string(),
            ),
        ),
        ("too long", changed("x", json!("x".repeat(9000)))),
    ]
}

fn by_header() -> Vec<(&'static str, String)> {
    let with = |change: fn(&mut Header)| TRUSTED.sign(change, &claims(ADA));
    let header = |header: &str| signed(header, &claims(ADA).to_string());
    vec![
        ("no kid", with(|header| header.kid = None)),
        (
            "unknown kid",
            with(|header| header.kid = Some("key-2".into())),
        ),
        (
            "kid a path",
            with(|header| header.kid = Some("../../dev/null".into())),
        ),
        ("kid a number", header(r#"{"alg":"RS256","kid":1}"#)),
        (
            "jku",
            with(|header| header.jku = Some("https://evil.example".into())),
        ),
        (
            "x5u",
            with(|header| header.x5u = Some("https://evil.example".into())),
        ),
        ("x5c", with(|header| header.x5c = Some(vec!["MIIB".into()]))),
        (
            "jwk",
            with(|header| header.jwk = STRANGER.jwks().keys.pop()),
        ),
        ("crit", with(|header| header.crit = Some(vec!["x".into()]))),
        (
            "enc",
            header(r#"{"alg":"RS256","kid":"key-1","enc":"A256GCM"}"#),
        ),
        (
            "zip",
            header(r#"{"alg":"RS256","kid":"key-1","zip":"DEF"}"#),
        ),
        (
            "nested",
            header(r#"{"alg":"RS256","kid":"key-1","cty":"JWT"}"#),
        ),
        (
            "an access token",
            with(|header| header.typ = Some("at+jwt".into())),
        ),
        (
            "a logout token",
            with(|header| header.typ = Some("logout+jwt".into())),
        ),
        ("no alg", header(r#"{"typ":"JWT","kid":"key-1"}"#)),
        (
            "alg none",
            format!(
                "{}.",
                signed(r#"{"alg":"none","kid":"key-1"}"#, &claims(ADA).to_string())
                    .rsplit_once('.')
                    .expect("parts")
                    .0
            ),
        ),
        ("alg None", header(r#"{"alg":"None","kid":"key-1"}"#)),
        ("alg rs256", header(r#"{"alg":"rs256","kid":"key-1"}"#)),
        ("alg RS512", header(r#"{"alg":"RS512","kid":"key-1"}"#)),
        ("alg PS256", header(r#"{"alg":"PS256","kid":"key-1"}"#)),
        ("alg ES256", header(r#"{"alg":"ES256","kid":"key-1"}"#)),
        ("alg EdDSA", header(r#"{"alg":"EdDSA","kid":"key-1"}"#)),
        ("alg a list", header(r#"{"alg":["RS256"],"kid":"key-1"}"#)),
    ]
}

fn by_signature() -> Vec<(&'static str, String)> {
    let good = token(ADA);
    let (input, signature) = good.rsplit_once('.').expect("three parts");
    let (head, _) = input.split_once('.').expect("three parts");
    let bob = token("user_bob");
    let bobs = bob.split('.').nth(1).expect("a payload");
    let hs256 = |secret: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("key-1".into());
        encode(&header, &claims(ADA), &EncodingKey::from_secret(secret)).expect("a token")
    };
    let jwks = serde_json::to_string(&TRUSTED.jwks()).expect("JSON");
    let modulus = serde_json::to_value(TRUSTED.jwks()).expect("JSON")["keys"][0]["n"].to_string();
    vec![
        ("another's signature", STRANGER.sign(|_| {}, &claims(ADA))),
        (
            "payload of another token",
            format!("{head}.{bobs}.{signature}"),
        ),
        ("half a signature", format!("{input}.{}", &signature[..170])),
        (
            "a signature of zeros",
            format!("{input}.{}", "A".repeat(342)),
        ),
        ("a longer signature", format!("{good}AAAA")),
        ("HS256 with the public keys", hs256(jwks.as_bytes())),
        ("HS256 with the modulus", hs256(modulus.as_bytes())),
        ("HS256 with nothing", hs256(b"")),
    ]
}

fn by_claims() -> Vec<(&'static str, String)> {
    vec![
        ("expired", changed("exp", json!(now() - 6))),
        ("expired to the second", changed("exp", json!(now() - 5))),
        ("expired in 1970", changed("exp", json!(0))),
        ("a negative exp", changed("exp", json!(-1))),
        ("exp a string", changed("exp", json!("9999999999"))),
        ("exp null", changed("exp", Value::Null)),
        ("exp beyond numbers", changed("exp", json!(1e300))),
        ("not yet valid", changed("nbf", json!(now() + 10))),
        ("of the future", changed("iat", json!(now() + 10))),
        ("iat a string", changed("iat", json!("1"))),
        (
            "another issuer",
            changed("iss", json!("https://clerk.example.com.evil.example")),
        ),
        (
            "the issuer and a slash",
            changed("iss", json!("https://clerk.example.com/")),
        ),
        (
            "the issuer in capitals",
            changed("iss", json!("https://CLERK.example.com")),
        ),
        (
            "issuers in a list",
            changed("iss", json!(["https://evil.example"])),
        ),
        (
            "issuers in a list, the right one among them",
            changed("iss", json!([ISSUER, "https://evil.example"])),
        ),
        ("the issuer in a list", changed("iss", json!([ISSUER]))),
        ("iss null", changed("iss", Value::Null)),
        ("no party", without("azp")),
        ("azp null", changed("azp", Value::Null)),
        (
            "another party",
            changed("azp", json!("http://localhost:3001")),
        ),
        (
            "a party that only begins so",
            changed("azp", json!("http://localhost:3000.evil.example")),
        ),
        ("an empty party", changed("azp", json!(""))),
        (
            "a party in a list",
            changed("azp", json!(["http://localhost:3000"])),
        ),
        ("pending", changed("sts", json!("pending"))),
        ("sts no string", changed("sts", json!(1))),
        ("no exp", without("exp")),
        ("no iss", without("iss")),
        ("no sub", without("sub")),
        ("no iat", without("iat")),
        ("empty sub", changed("sub", json!(""))),
        ("sub of another kind", changed("sub", json!("org_1"))),
        (
            "sub with a slash",
            changed("sub", json!("user_a/../user_b")),
        ),
        ("sub with a NUL", changed("sub", json!("user_ada\u{0}"))),
        (
            "sub too long",
            changed("sub", json!(format!("user_{}", "a".repeat(60)))),
        ),
        ("sub no string", changed("sub", json!(["user_ada"]))),
        ("sub null", changed("sub", Value::Null)),
        ("email no string", changed("email", json!({"a": 1}))),
    ]
}

#[test]
fn the_table_is_long_enough() {
    assert!(bad_tokens().len() >= 60, "{}", bad_tokens().len());
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
