//! Verification of a session token: form, header, signature, claims.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, get_current_timestamp};

use super::claims::{Claims, LEEWAY};
use super::jwks::Keys;
use crate::config::TokenConfig;
use crate::error::ApiError;

/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 8 * 1024;

/// Verifies session tokens. Clones share the keys.
#[derive(Clone, Debug)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keys: Keys,
    validation: Validation,
    authorized_parties: Vec<String>,
}

impl Verifier {
    /// A verifier by these rules, with these keys.
    pub fn new(config: &TokenConfig, keys: Keys) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&config.issuer]);
        let mut required = vec!["exp", "iss", "sub"];
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
            authorized_parties: config.authorized_parties.clone(),
        }))
    }

    /// The keys, for readiness.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The claims of a valid token.
    ///
    /// # Errors
    /// [`ApiError::InvalidToken`], or [`ApiError::NoKeys`] while no key could be fetched.
    pub async fn verify(&self, token: &str) -> Result<Claims, ApiError> {
        if token.len() > TOKEN_MAX {
            return Err(ApiError::InvalidToken("too long"));
        }
        let header = decode_header(token).map_err(|_| ApiError::InvalidToken("malformed"))?;
        check_header(&header)?;
        let key = self.0.keys.find(header.kid.as_deref()).await?;
        let claims = decode::<Claims>(token, &key, &self.0.validation)
            .map_err(|_| ApiError::InvalidToken("signature or claims"))?
            .claims;
        claims.check(&self.0.authorized_parties, get_current_timestamp())?;
        Ok(claims)
    }
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
