//! Keys that verify tokens, and which members of a JWKS document are such. Pure.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::rsa;

/// Keys by their `kid`.
pub type ByKid = HashMap<String, Arc<Key>>;

/// A key that verifies tokens, until the issuer withdraws it.
pub struct Key {
    verifying: Arc<ParsedPublicKey>,
    /// As the document has it; none for a key that the configuration names.
    parameters: Option<AlgorithmParameters>,
    /// To look at, with every request.
    withdrawn: AtomicBool,
    /// To wait for.
    end: CancellationToken,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    fn new(verifying: Arc<ParsedPublicKey>, parameters: Option<AlgorithmParameters>) -> Self {
        Self {
            verifying,
            parameters,
            withdrawn: AtomicBool::new(false),
            end: CancellationToken::new(),
        }
    }

    /// A key that nobody withdraws.
    pub fn fixed(verifying: Arc<ParsedPublicKey>) -> Self {
        Self::new(verifying, None)
    }

    /// Whether this is the key's signature of the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifying.verify_sig(message, signature).is_ok()
    }

    /// Whether what it verified counts no more.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn.load(Ordering::Acquire)
    }

    /// Waits until it is withdrawn.
    pub async fn until_withdrawn(&self) {
        self.end.cancelled().await;
    }

    fn withdraw(&self) {
        self.withdrawn.store(true, Ordering::Release);
        self.end.cancel();
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The keys of a JWKS document that verify tokens. A member that cannot be read or is for
/// something else is left out (RFC 7517 § 5).
///
/// # Errors
/// When it is no such document.
pub fn read(document: &[u8]) -> Result<ByKid, serde_json::Error> {
    let document: Document = serde_json::from_slice(document)?;
    Ok(document.keys.into_iter().filter_map(verifying).collect())
}

fn verifying(member: Value) -> Option<(String, Arc<Key>)> {
    let jwk: Jwk = serde_json::from_value(member).ok()?;
    let common = &jwk.common;
    let is_meant = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
        && matches!(common.key_algorithm, None | Some(KeyAlgorithm::RS256))
        && common
            .key_operations
            .as_ref()
            .is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !is_meant {
        return None;
    }
    let key = rsa::verifying(&DecodingKey::from_jwk(&jwk).ok()?)?;
    Some((
        jwk.common.key_id?,
        Arc::new(Key::new(Arc::new(key), Some(jwk.algorithm))),
    ))
}

/// What is in force after the keys were `before` and the issuer publishes these: a key that stays
/// is the one of before, a key that is missing or another is withdrawn.
pub fn succeed(before: &ByKid, mut published: ByKid) -> ByKid {
    for (kid, key) in before {
        match published.get_mut(kid) {
            Some(same) if same.parameters == key.parameters => *same = key.clone(),
            _ => key.withdraw(),
        }
    }
    published
}
