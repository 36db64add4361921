//! Which tokens a server must let in, and which it must refuse.
//!
//! The server is one that knows the issuer by its JWKS document, with [`ISSUER`] as issuer and
//! [`ORIGIN`](super::ORIGIN) as the only authorized party; a fixed key goes by no `kid`, so that
//! tokens without one, or with another, are good there.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::issuer::{ISSUER, TestIssuer, claims, header};
use crate::time::unix_now;

/// Whose the tokens are.
pub const ADA: &str = "user_ada";

/// The header of a good token, as text.
const HEADER: &str = r#"{"alg":"RS256","typ":"JWT","kid":"key-1"}"#;

/// Tokens of [`ADA`]'s that must be let in, and what is special about each.
pub fn good(issuer: &TestIssuer) -> Vec<(&'static str, String)> {
    let it = Signing {
        issuer,
        stranger: issuer,
    };
    vec![
        ("as Clerk signs it", issuer.token(ADA)),
        ("no status", it.without("sts")),
        ("just expired", it.changed("exp", json!(unix_now() - 2))),
        ("of just now", it.changed("iat", json!(unix_now() + 2))),
        (
            "no type",
            it.signed(r#"{"alg":"RS256","kid":"key-1"}"#, &claims(ADA).to_string()),
        ),
        ("of a session's category", it.categorized("cl_B7d4PD111AAA")),
    ]
}

/// Tokens that must be refused, and what is wrong with each; some are signed by this stranger,
/// who is another issuer with a key of the same name.
pub fn bad(issuer: &TestIssuer, stranger: &TestIssuer) -> Vec<(&'static str, String)> {
    let it = Signing { issuer, stranger };
    [
        malformed(&it),
        by_header(&it),
        by_signature(&it),
        by_claims(&it),
        machines(&it),
    ]
    .concat()
}

struct Signing<'a> {
    issuer: &'a TestIssuer,
    stranger: &'a TestIssuer,
}

impl Signing<'_> {
    fn changed(&self, name: &str, value: Value) -> String {
        let mut claims = claims(ADA);
        claims[name] = value;
        self.issuer.sign(&claims)
    }

    fn without(&self, name: &str) -> String {
        let mut claims = claims(ADA);
        claims.as_object_mut().expect("an object").remove(name);
        self.issuer.sign(&claims)
    }

    /// A token of these exact bytes, signed with the right key.
    fn signed(&self, header: &str, payload: &str) -> String {
        self.issuer.sign_text(header, payload)
    }

    /// A token of this category of Clerk's.
    fn categorized(&self, category: &str) -> String {
        let mut header = header();
        header["cat"] = json!(category);
        self.issuer.sign_with(&header, &claims(ADA))
    }
}

/// The payload of a good token, as text, with members added in front.
fn payload_with(members: &str) -> String {
    let good = claims(ADA).to_string();
    format!("{{{members},{}", &good[1..])
}

fn malformed(it: &Signing<'_>) -> Vec<(&'static str, String)> {
    let good = it.issuer.token(ADA);
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
        ("header no JSON", it.signed("alg", &claims(ADA).to_string())),
        (
            "header no object",
            it.signed("[]", &claims(ADA).to_string()),
        ),
        ("payload no JSON", it.signed(HEADER, "sub")),
        ("payload no object", it.signed(HEADER, "[1]")),
        ("payload a string", it.signed(HEADER, "\"user_ada\"")),
        (
            "two values",
            it.signed(HEADER, &format!("{}{{}}", claims(ADA))),
        ),
        (
            "sub twice",
            it.signed(HEADER, &payload_with(r#""sub":"user_bob""#)),
        ),
        ("exp twice", it.signed(HEADER, &payload_with(r#""exp":1"#))),
        (
            "an unknown member twice",
            it.signed(HEADER, &payload_with(r#""x":1,"x":1"#)),
        ),
        (
            "iss twice, once escaped",
            it.signed(HEADER, &payload_with(r#""\u0069ss":"x""#)),
        ),
        (
            "a member inside twice",
            it.signed(HEADER, &payload_with(r#""o":{"id":1,"id":2}"#)),
        ),
        (
            "alg twice",
            it.signed(
                r#"{"alg":"none","alg":"RS256","kid":"key-1"}"#,
                &claims(ADA).to_string(),
            ),
        ),
        (
            "kid twice",
            it.signed(
                r#"{"alg":"RS256","kid":"x","kid":"key-1"}"#,
                &claims(ADA).to_string(),
            ),
        ),
        ("too long", it.changed("x", json!("x".repeat(9000)))),
    ]
}

fn by_header(it: &Signing<'_>) -> Vec<(&'static str, String)> {
    let with = |name: &str, value: Value| {
        let mut header = super::issuer::header();
        header[name] = value;
        it.issuer.sign_with(&header, &claims(ADA))
    };
    let header = |header: &str| it.signed(header, &claims(ADA).to_string());
    vec![
        ("no kid", header(r#"{"alg":"RS256","typ":"JWT"}"#)),
        ("unknown kid", with("kid", json!("key-2"))),
        ("kid a path", with("kid", json!("../../dev/null"))),
        ("kid a number", header(r#"{"alg":"RS256","kid":1}"#)),
        ("jku", with("jku", json!("https://evil.example"))),
        ("x5u", with("x5u", json!("https://evil.example"))),
        ("x5c", with("x5c", json!(["MIIB"]))),
        ("jwk", with("jwk", it.stranger.jwks()["keys"][0].take())),
        ("crit", with("crit", json!(["x"]))),
        ("b64 (RFC 7797)", with("b64", json!(false))),
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
        ("an access token", with("typ", json!("at+jwt"))),
        ("a logout token", with("typ", json!("logout+jwt"))),
        ("no alg", header(r#"{"typ":"JWT","kid":"key-1"}"#)),
        (
            "alg none",
            format!(
                "{}.",
                it.signed(r#"{"alg":"none","kid":"key-1"}"#, &claims(ADA).to_string())
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

fn by_signature(it: &Signing<'_>) -> Vec<(&'static str, String)> {
    let good = it.issuer.token(ADA);
    let (input, signature) = good.rsplit_once('.').expect("three parts");
    let (head, _) = input.split_once('.').expect("three parts");
    let bob = it.issuer.token("user_bob");
    let bobs = bob.split('.').nth(1).expect("a payload");
    let hs256 = |secret: &[u8]| {
        let header = r#"{"alg":"HS256","typ":"JWT","kid":"key-1"}"#;
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let input = format!("{}.{}", encode(header), encode(&claims(ADA).to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let jwks = it.issuer.jwks().to_string();
    let modulus = it.issuer.jwks()["keys"][0]["n"].to_string();
    vec![
        ("another's signature", it.stranger.token(ADA)),
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

fn by_claims(it: &Signing<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("expired", it.changed("exp", json!(unix_now() - 6))),
        (
            "expired to the second",
            it.changed("exp", json!(unix_now() - 5)),
        ),
        ("expired in 1970", it.changed("exp", json!(0))),
        ("a negative exp", it.changed("exp", json!(-1))),
        ("exp a string", it.changed("exp", json!("9999999999"))),
        ("exp null", it.changed("exp", Value::Null)),
        ("exp beyond numbers", it.changed("exp", json!(1e300))),
        ("not yet valid", it.changed("nbf", json!(unix_now() + 10))),
        ("of the future", it.changed("iat", json!(unix_now() + 10))),
        ("iat a string", it.changed("iat", json!("1"))),
        (
            "another issuer",
            it.changed("iss", json!("https://clerk.example.com.evil.example")),
        ),
        (
            "the issuer and a slash",
            it.changed("iss", json!("https://clerk.example.com/")),
        ),
        (
            "the issuer in capitals",
            it.changed("iss", json!("https://CLERK.example.com")),
        ),
        (
            "issuers in a list",
            it.changed("iss", json!(["https://evil.example"])),
        ),
        (
            "issuers in a list, the right one among them",
            it.changed("iss", json!([ISSUER, "https://evil.example"])),
        ),
        ("the issuer in a list", it.changed("iss", json!([ISSUER]))),
        ("iss null", it.changed("iss", Value::Null)),
        ("no party", it.without("azp")),
        ("azp null", it.changed("azp", Value::Null)),
        (
            "another party",
            it.changed("azp", json!("http://localhost:3001")),
        ),
        (
            "a party that only begins so",
            it.changed("azp", json!("http://localhost:3000.evil.example")),
        ),
        ("an empty party", it.changed("azp", json!(""))),
        (
            "a party in a list",
            it.changed("azp", json!(["http://localhost:3000"])),
        ),
        ("pending", it.changed("sts", json!("pending"))),
        ("sts no string", it.changed("sts", json!(1))),
        ("no exp", it.without("exp")),
        ("no iss", it.without("iss")),
        ("no sub", it.without("sub")),
        ("no iat", it.without("iat")),
        ("empty sub", it.changed("sub", json!(""))),
        ("sub of another kind", it.changed("sub", json!("org_1"))),
        (
            "sub with a slash",
            it.changed("sub", json!("user_a/../user_b")),
        ),
        ("sub with a NUL", it.changed("sub", json!("user_ada\u{0}"))),
        (
            "sub too long",
            it.changed("sub", json!(format!("user_{}", "a".repeat(60)))),
        ),
        ("sub no string", it.changed("sub", json!(["user_ada"]))),
        ("sub null", it.changed("sub", Value::Null)),
    ]
}

/// Clerk's tokens that are no person's session.
fn machines(it: &Signing<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("an M2M token", "mt_2abcdefghijklmnopqrstuvwxyz".into()),
        ("an API key", "ak_2abcdefghijklmnopqrstuvwxyz".into()),
        ("an OAuth token", "oat_2abcdefghijklmnopqrstuvwxyz".into()),
        ("an M2M JWT", it.categorized("cl_B7d4PD333AAA")),
        ("an M2M JWT's subject", it.changed("sub", json!("mch_1"))),
        (
            "a JWT of another category",
            it.categorized("cl_B7d4PD222AAA"),
        ),
    ]
}
