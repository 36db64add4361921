//! The keys that verify tokens.

mod jwks;
mod key;
mod rsa;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::SHA256_OUTPUT_LEN;
use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::DecodingKey;
use url::Url;

use crate::error::AuthError;
use jwks::Jwks;
pub(crate) use key::Key;

/// The SHA-256 of a token, which stands for it.
pub(crate) type Digest = [u8; SHA256_OUTPUT_LEN];

/// Where verification keys come from.
#[derive(Clone)]
#[non_exhaustive]
pub enum KeySource {
    /// A JWKS document fetched over HTTP.
    Jwks {
        /// Where it lies.
        url: Url,
        /// How long its keys go on working while it cannot be fetched.
        max_age: Duration,
    },
    /// One fixed public key; no network is needed.
    Fixed(PublicKey),
}

/// An RSA public key of 2048 to 8192 bits. Clones share it.
#[derive(Clone)]
pub struct PublicKey(Arc<ParsedPublicKey>);

impl PublicKey {
    /// The key of a PEM document, as Clerk's dashboard shows it; none when it is no such key.
    ///
    /// A PEM in one line, as variables have it, has its line breaks written as `\\n`.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let pem = pem.replace("\\n", "\n");
        let key = DecodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
        Some(Self(Arc::new(rsa::verifying(&key)?)))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwks { url, .. } => write!(f, "Jwks({url})"),
            Self::Fixed(_) => f.write_str("Fixed(…)"),
        }
    }
}

/// The verification keys. Clones share them.
#[derive(Clone)]
pub struct Keys(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<Key>),
    Jwks(Arc<Jwks>),
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// A token whose key is looked for.
pub(crate) struct Lookup<'a> {
    /// Its key's name.
    pub kid: Option<&'a str>,
    /// The token.
    pub digest: Digest,
    /// When it says that it was issued, in seconds since the Unix epoch.
    pub issued: u64,
}

impl Keys {
    /// The keys of this source. Those of a JWKS are fetched as soon as [`Keys::keep_fresh`] runs.
    pub(crate) fn new(source: KeySource) -> Result<Self, reqwest::Error> {
        Ok(Self(match source {
            KeySource::Fixed(key) => Source::Fixed(Arc::new(Key::fixed(key.0))),
            KeySource::Jwks { url, max_age } => Source::Jwks(Arc::new(Jwks::new(url, max_age)?)),
        }))
    }

    /// Whether tokens can be verified.
    pub fn at_hand(&self) -> bool {
        match &self.0 {
            Source::Fixed(_) => true,
            Source::Jwks(jwks) => jwks.at_hand(),
        }
    }

    /// How long ago the keys were fetched; none for a fixed key, and before the first fetch.
    pub fn age(&self) -> Option<Duration> {
        match &self.0 {
            Source::Fixed(_) => None,
            Source::Jwks(jwks) => jwks.age(),
        }
    }

    /// How long the keys go on working if none can be fetched, once half of that time is over.
    pub fn end_in(&self) -> Option<Duration> {
        match &self.0 {
            Source::Fixed(_) => None,
            Source::Jwks(jwks) => jwks.end_in(),
        }
    }

    /// Fetches the keys now and ever again. Never ends; to be spawned as a task, once.
    pub async fn keep_fresh(self) {
        match &self.0 {
            Source::Fixed(_) => std::future::pending().await,
            Source::Jwks(jwks) => jwks.keep_fresh().await,
        }
    }

    /// The key that `kid` names, if it is known.
    pub(crate) fn known(&self, kid: Option<&str>) -> Option<Arc<Key>> {
        match &self.0 {
            Source::Fixed(key) => Some(key.clone()),
            Source::Jwks(jwks) => jwks.known(kid?),
        }
    }

    /// Looks for a key that is not known.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] when there is none, [`AuthError::KeyUnknown`] when that cannot
    /// be found out now.
    pub(crate) async fn look_for(&self, lookup: Lookup<'_>) -> Result<Arc<Key>, AuthError> {
        match &self.0 {
            Source::Fixed(key) => Ok(key.clone()),
            Source::Jwks(jwks) => jwks.look_for(lookup).await,
        }
    }
}
