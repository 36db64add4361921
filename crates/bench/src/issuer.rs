//! An issuer of session tokens with a key of its own.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use crate::clerk_id;

/// Required `iss`: what follows from [`PUBLISHABLE_KEY`].
pub const ISSUER: &str = "https://clerk.example.com";
/// Base64 of `clerk.example.com$`.
pub const PUBLISHABLE_KEY: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
/// The page's origin.
pub const ORIGIN: &str = "https://app.example.com";
/// The key's name.
const KID: &str = "ins_bench";
/// How many people have a row and a token.
pub const PEOPLE: usize = 10_000;
/// How long tokens live, in seconds: longer than any run.
const LIFETIME: u64 = 6 * 3600;

/// Makes tokens.
pub struct Issuer {
    key: EncodingKey,
    /// The public key in PEM form.
    pub public_pem: String,
}

impl Issuer {
    /// An issuer with a fresh RSA key of 2048 bits, as Clerk's are.
    pub fn new() -> Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let private: Pkcs8V1Der<'_> = pair.as_der()?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
        let pem = |label: &str, der: &[u8]| {
            let body = STANDARD.encode(der);
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
        };
        let key = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes())?;
        Ok(Self {
            key,
            public_pem: pem("PUBLIC KEY", public.as_ref()),
        })
    }

    /// A session token of this person, with the claims that Clerk's have.
    pub fn token(&self, clerk_id: &str) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = json!({
            "azp": ORIGIN, "exp": now + LIFETIME, "fva": [3, -1], "iat": now, "iss": ISSUER,
            "nbf": now - 10, "sid": format!("sess_{:016x}", rand::random::<u64>()), "sts": "active",
            "sub": clerk_id, "v": 2,
        });
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(KID.to_owned());
        Ok(encode(&header, &claims, &self.key)?)
    }

    /// So many tokens, one for each person in turn, made on all processors.
    pub fn tokens(&self, count: usize) -> Result<Vec<String>> {
        let workers = std::thread::available_parallelism()?.get();
        let numbers: Vec<usize> = (0..count).map(|number| number % PEOPLE).collect();
        std::thread::scope(|scope| {
            let workers: Vec<_> = numbers
                .chunks(count.div_ceil(workers))
                .map(|chunk| {
                    let make = |number: &usize| self.token(&clerk_id(*number));
                    scope.spawn(move || chunk.iter().map(make).collect::<Result<Vec<_>>>())
                })
                .collect();
            let made = workers.into_iter().map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            Ok(made.collect::<Result<Vec<_>>>()?.concat())
        })
    }

    /// The JWKS document.
    pub fn jwks(&self) -> Result<JwkSet> {
        let mut jwk = Jwk::from_encoding_key(&self.key, Algorithm::RS256)?;
        jwk.common.key_id = Some(KID.to_owned());
        Ok(JwkSet { keys: vec![jwk] })
    }
}
