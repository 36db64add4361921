//! The instance's signing key and the tokens made with it.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::Value;

use crate::error::ClerkError;
use crate::store::Transaction;

const SETTING: &str = "signing_key";

/// Signs tokens and publishes the public key.
pub struct Keys {
    signing: EncodingKey,
    kid: String,
    jwks: JwkSet,
}

impl Keys {
    /// The key kept in the state; made on first use.
    pub fn load(transaction: &Transaction) -> Result<Self, ClerkError> {
        let pem = if let Some(pem) = transaction.setting(SETTING)? {
            pem
        } else {
            let pem = generate()?;
            transaction.put_setting(SETTING, &pem)?;
            pem
        };
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(ClerkError::internal)?;
        let mut jwk =
            Jwk::from_encoding_key(&signing, Algorithm::RS256).map_err(ClerkError::internal)?;
        let thumbprint = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(ClerkError::internal)?;
        let kid = format!("ins_{thumbprint}");
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self {
            signing,
            kid,
            jwks: JwkSet { keys: vec![jwk] },
        })
    }

    /// The public key as `/.well-known/jwks.json` shows it.
    pub fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// A signed token with these claims.
    pub fn sign(&self, claims: &Value) -> Result<String, ClerkError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.signing).map_err(ClerkError::internal)
    }
}

/// A new RSA key of 2048 bits in PEM form (PKCS #8).
fn generate() -> Result<String, ClerkError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(ClerkError::internal)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(ClerkError::internal)?;
    let base64 = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = (0..base64.len())
        .step_by(64)
        .map(|start| &base64[start..base64.len().min(start + 64)])
        .collect();
    Ok(format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    ))
}
