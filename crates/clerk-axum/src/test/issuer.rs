//! What makes tokens in tests.

use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::keys::{KeySource, PublicKey};
use crate::options::VerifierOptions;
use crate::time::unix_now;
use crate::verifier::Verifier;

/// The issuer that [`claims`] name.
pub const ISSUER: &str = "https://clerk.example.com";
/// The origin of the page that they are made for.
pub const ORIGIN: &str = "http://localhost:3000";
/// The name of a test issuer's key.
pub(super) const KID: &str = "key-1";
/// How long a token has been good, and how long it goes on.
const BEFORE: Duration = Duration::from_secs(10);
const LIFETIME: Duration = Duration::from_mins(1);

/// An issuer with a fresh RSA key of 2048 bits, as Clerk's are, by the name `key-1`.
pub struct TestIssuer {
    key: EncodingKey,
    public_pem: String,
}

impl std::fmt::Debug for TestIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestIssuer(…)")
    }
}

impl Default for TestIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl TestIssuer {
    /// An issuer with a key of its own.
    pub fn new() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("its encoding");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("its encoding");
        let private = pem("PRIVATE KEY", private.as_ref());
        Self {
            key: EncodingKey::from_rsa_pem(private.as_bytes()).expect("the same key"),
            public_pem: pem("PUBLIC KEY", public.as_ref()),
        }
    }

    /// The public key in PEM form.
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// The JWKS document.
    pub fn jwks(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, Algorithm::RS256).expect("a public key");
        jwk.common.key_id = Some(KID.to_owned());
        json!({ "keys": [jwk] })
    }

    /// What accepts its tokens, for pages of [`ORIGIN`], without the network.
    pub fn options(&self) -> VerifierOptions {
        let key = PublicKey::from_pem(&self.public_pem).expect("a public key");
        VerifierOptions::new(ISSUER, KeySource::Fixed(key)).authorized_parties([ORIGIN])
    }

    /// A verifier by [`TestIssuer::options`].
    pub fn verifier<Extra>(&self) -> Verifier<Extra> {
        Verifier::new(self.options()).expect("no client is needed")
    }

    /// A good session token of this person.
    pub fn token(&self, user_id: &str) -> String {
        self.sign(&claims(user_id))
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&header(), claims)
    }

    /// A token with these claims, whose header names this key.
    pub fn sign_as(&self, kid: &str, claims: &Value) -> String {
        let mut header = header();
        header["kid"] = json!(kid);
        self.sign_with(&header, claims)
    }

    /// A token with this header and these claims.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// A token of these exact bytes.
    pub fn sign_text(&self, header: &str, payload: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let input = format!("{}.{}", encode(header), encode(payload));
        let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &self.key, Algorithm::RS256);
        format!("{input}.{}", signature.expect("a signature"))
    }
}

/// The header of a session token.
pub(super) fn header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": KID })
}

/// The claims of a good session token.
pub fn claims(user_id: &str) -> Value {
    let now = unix_now();
    json!({
        "iss": ISSUER, "sub": user_id, "azp": ORIGIN, "sid": "sess_1", "iat": now,
        "nbf": now - BEFORE.as_secs(), "exp": now + LIFETIME.as_secs(), "sts": "active", "v": 2,
    })
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}
