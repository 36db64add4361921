//! The instance's signing keys and the tokens made with them.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::Value;

use crate::error::ClerkError;
use crate::store::{SIGNING_KEYS, Transaction};

/// How many are published: tokens signed before a rotation stay good.
const PUBLISHED: usize = 2;

/// Signs tokens and publishes the public keys.
pub struct Keys {
    signing: KeyPair,
    header: String,
    jwks: JwkSet,
}

impl Keys {
    /// The keys kept in the state.
    pub fn load(transaction: &Transaction) -> Result<Option<Self>, ClerkError> {
        let Some(kept) = transaction.value(SIGNING_KEYS)? else {
            return Ok(None);
        };
        let pems: Vec<String> = serde_json::from_str(&kept).map_err(ClerkError::internal)?;
        Self::from_pems(&pems).map(Some)
    }

    /// Puts a new signing key before the ones kept.
    pub fn rotate(transaction: &Transaction, pem: String) -> Result<(), ClerkError> {
        let mut pems = vec![pem];
        if let Some(kept) = transaction.value(SIGNING_KEYS)? {
            let kept: Vec<String> = serde_json::from_str(&kept).map_err(ClerkError::internal)?;
            pems.extend(kept);
        }
        pems.truncate(PUBLISHED);
        let text = serde_json::to_string(&pems).map_err(ClerkError::internal)?;
        transaction.put_value(SIGNING_KEYS, &text)
    }

    fn from_pems(pems: &[String]) -> Result<Self, ClerkError> {
        let mut jwks = Vec::new();
        let mut first = None;
        for pem in pems {
            let signing =
                EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(ClerkError::internal)?;
            let mut jwk =
                Jwk::from_encoding_key(&signing, Algorithm::RS256).map_err(ClerkError::internal)?;
            let thumbprint = jwk
                .thumbprint(ThumbprintHash::SHA256)
                .map_err(ClerkError::internal)?;
            let kid = format!("ins_{thumbprint}");
            jwk.common.key_id = Some(kid.clone());
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            jwks.push(jwk);
            first.get_or_insert((signing, kid));
        }
        let (signing, kid) = first.ok_or_else(|| ClerkError::internal("no signing key"))?;
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(kid);
        let header = serde_json::to_vec(&header).map_err(ClerkError::internal)?;
        Ok(Self {
            signing: KeyPair::from_der(signing.as_bytes()).map_err(ClerkError::internal)?,
            header: URL_SAFE_NO_PAD.encode(header),
            jwks: JwkSet { keys: jwks },
        })
    }

    /// The public keys as `/.well-known/jwks.json` shows them.
    pub fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// The claims of a token that a published key signed, whether it has expired or not.
    pub fn signed(&self, token: &str) -> Option<Value> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let key = DecodingKey::from_jwk(self.jwks.find(&kid)?).ok()?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Some(jsonwebtoken::decode(token, &key, &validation).ok()?.claims)
    }

    /// A signed token with these claims, as JWS in compact form (RFC 7515, § 7.1).
    ///
    /// By hand, since jsonwebtoken reads the key anew for each signature, which takes longer than
    /// the signature itself.
    pub fn sign(&self, claims: &Value) -> Result<String, ClerkError> {
        let claims = serde_json::to_vec(claims).map_err(ClerkError::internal)?;
        let mut token = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims));
        let mut signature = vec![0; self.signing.public_modulus_len()];
        self.signing
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(ClerkError::internal)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }
}

/// A new RSA key of 2048 bits in PEM form (PKCS #8).
pub fn generate() -> Result<String, ClerkError> {
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
