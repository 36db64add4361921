//! Verification of a session token: form, header, signature, claims.
//!
//! A token's signature is checked once; after that its SHA-256 stands for it, as long as it is
//! valid and its key is not withdrawn.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, get_current_timestamp};
use quick_cache::sync::Cache;
use serde::Deserialize;

use super::claims::{Claims, LEEWAY};
use super::jwks::{Digest, Keys, Lookup};
use super::key::Key;
use super::members;
use crate::config::{Parties, TokenConfig};
use crate::error::ApiError;

/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 8 * 1024;

/// How many verified tokens are remembered; each takes about half a KiB.
const VERIFIED_MAX: usize = 32 * 1024;

/// Verifies session tokens. Clones share the keys and what was verified.
#[derive(Clone, Debug)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keys: Keys,
    validation: Validation,
    issuer: String,
    parties: Parties,
    verified: Cache<Digest, Arc<Verified>>,
}

/// A token that was found good.
#[derive(Debug)]
pub struct Verified {
    /// What it says.
    pub claims: Claims,
    /// What verified it.
    pub key: Arc<Key>,
}

impl Verifier {
    /// A verifier by these rules, with these keys.
    pub fn new(config: &TokenConfig, keys: Keys) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        let mut required = vec!["exp", "sub"];
        if let Some(audience) = &config.audience {
            validation.set_audience(&[audience]);
            required.push("aud");
        } else {
            validation.validate_aud = false;
        }
        validation.set_required_spec_claims(&required);
        Self(Arc::new(Inner {
            keys,
            validation,
            issuer: config.issuer.clone(),
            parties: config.parties.clone(),
            verified: Cache::new(VERIFIED_MAX),
        }))
    }

    /// The keys, for readiness.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// [`ApiError::InvalidToken`], or [`ApiError::KeyUnknown`] while it cannot be known whether
    /// its key exists.
    pub async fn verify(&self, token: &str) -> Result<Arc<Verified>, ApiError> {
        if token.len() > TOKEN_MAX {
            return Err(ApiError::InvalidToken("too long"));
        }
        let mut key = Digest::default();
        key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(verified) = self.0.verified.get(&key) {
            if !verified.key.is_withdrawn() {
                verified.claims.check_lifetime(get_current_timestamp())?;
                return Ok(verified);
            }
            self.0.verified.remove(&key);
        }
        let verified = Arc::new(self.verify_anew(token, key).await?);
        self.0.verified.insert(key, verified.clone());
        Ok(verified)
    }

    async fn verify_anew(&self, token: &str, digest: Digest) -> Result<Verified, ApiError> {
        check_members(token)?;
        let header = decode_header(token).map_err(|_| ApiError::InvalidToken("malformed"))?;
        check_header(&header)?;
        let kid = header.kid.as_deref();
        let key = if let Some(key) = self.0.keys.known(kid) {
            key
        } else {
            let issued = issued(token)?;
            let lookup = Lookup {
                kid,
                digest,
                issued,
            };
            self.0.keys.look_for(lookup).await?
        };
        let claims = decode::<Claims>(token, &key.decoding, &self.0.validation)
            .map_err(|_| ApiError::InvalidToken("signature or claims"))?
            .claims;
        claims.check(&self.0.issuer, &self.0.parties, get_current_timestamp())?;
        Ok(Verified {
            claims: claims.checked(),
            key,
        })
    }
}

/// When a token says that it was issued. Nobody has verified it.
fn issued(token: &str) -> Result<u64, ApiError> {
    #[derive(Deserialize)]
    struct Issued {
        iat: u64,
    }
    insecure_decode_claims::<Issued>(token)
        .map(|claims| claims.iat)
        .map_err(|_| ApiError::InvalidToken("no iat"))
}

/// Header and payload are JSON objects without a member that stands twice: two readers could
/// take different ones (RFC 7519 § 4).
fn check_members(token: &str) -> Result<(), ApiError> {
    let malformed = ApiError::InvalidToken("malformed");
    let mut parts = token.split('.');
    for _ in 0..2 {
        let part = parts.next().unwrap_or_default();
        let json = URL_SAFE_NO_PAD.decode(part);
        if !json.is_ok_and(|json| members::are_unique(&json)) {
            return Err(malformed);
        }
    }
    Ok(())
}

/// Only the header a session token has: nothing that names its own key, nothing encrypted or
/// compressed, no extension that must be understood, no other kind of token.
fn check_header(header: &Header) -> Result<(), ApiError> {
    let names_a_key = header.jku.is_some()
        || header.jwk.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some();
    let unknown_form = header.crit.is_some()
        || header.enc.is_some()
        || header.zip.is_some()
        || header.cty.is_some();
    if header.alg != Algorithm::RS256 {
        Err(ApiError::InvalidToken("not RS256"))
    } else if names_a_key {
        Err(ApiError::InvalidToken("brings its own key"))
    } else if unknown_form || header.typ.as_deref().is_some_and(|typ| typ != "JWT") {
        Err(ApiError::InvalidToken("not a session token"))
    } else {
        Ok(())
    }
}
