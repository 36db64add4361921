//! Verification of a session token: form, signature, claims.
//!
//! A token's signature is checked once; after that its SHA-256 stands for it, as long as it is
//! valid and its key is not withdrawn.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;

use crate::claims::{Claims, NoExtra};
use crate::error::AuthError;
use crate::keys::{Digest, Key, Keys, Lookup};
use crate::options::VerifierOptions;
use crate::payload::{check_lifetime, issued};
use crate::settings::{Defaults, Settings};
use crate::time::unix_now;
use crate::token::{Parts, TOKEN_MAX};

/// How many verified tokens are remembered; each takes about three quarters of a KiB.
const VERIFIED_MAX: usize = 32 * 1024;

/// Verifies session tokens, whose claims beside Clerk's are `Extra`. Clones share the keys and
/// what was verified.
///
/// Keys of a JWKS are fetched when a token needs one, but only [`Keys::keep_fresh`] learns that
/// one was withdrawn: spawn it once, as the quick start does.
pub struct Verifier<Extra = NoExtra>(Arc<Inner<Extra>>);

struct Inner<Extra> {
    keys: Keys,
    options: VerifierOptions,
    verified: Cache<Digest, Arc<Verified<Extra>>>,
}

/// A token that was found good.
#[derive(Debug)]
pub(crate) struct Verified<Extra> {
    /// What it says.
    pub claims: Claims<Extra>,
    /// What verified it.
    pub key: Arc<Key>,
}

/// Why a verifier cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A variable cannot be used.
    #[error(transparent)]
    Config(#[from] environment::ConfigError),
    /// The HTTP client cannot be set up.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

impl<Extra> Clone for Verifier<Extra> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Extra> fmt::Debug for Verifier<Extra> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("options", &self.0.options)
            .finish_non_exhaustive()
    }
}

impl<Extra> Verifier<Extra> {
    /// A verifier by these rules.
    ///
    /// # Errors
    /// When the HTTP client that fetches keys cannot be set up.
    pub fn new(options: VerifierOptions) -> Result<Self, reqwest::Error> {
        Ok(Self(Arc::new(Inner {
            keys: Keys::new(options.keys.clone())?,
            options,
            verified: Cache::new(VERIFIED_MAX),
        })))
    }

    /// A verifier by the `CLERK_…` variables of this process (see [`Settings`]).
    ///
    /// # Errors
    /// When a variable cannot be used, by its name.
    pub fn from_env() -> Result<Self, SetupError> {
        let settings = Settings::from_env(Defaults::default())?;
        Ok(Self::new(settings.tokens)?)
    }

    /// The keys: to be kept fresh, and to be asked for readiness.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The rules.
    pub fn options(&self) -> &VerifierOptions {
        &self.0.options
    }
}

impl<Extra: DeserializeOwned> Verifier<Extra> {
    /// Verifies a token.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] and [`AuthError::MachineToken`], or [`AuthError::KeyUnknown`]
    /// while it cannot be known whether its key exists.
    pub(crate) async fn verify(&self, token: &str) -> Result<Arc<Verified<Extra>>, AuthError> {
        if token.len() > TOKEN_MAX {
            return Err(AuthError::InvalidToken("too long"));
        }
        let mut key = Digest::default();
        key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(verified) = self.0.verified.get(&key) {
            if !verified.key.is_withdrawn() {
                check_lifetime(verified.claims.exp, unix_now())?;
                return Ok(verified);
            }
            self.0.verified.remove(&key);
        }
        let verified = Arc::new(self.verify_anew(token, key).await?);
        self.0.verified.insert(key, verified.clone());
        Ok(verified)
    }

    async fn verify_anew(&self, token: &str, digest: Digest) -> Result<Verified<Extra>, AuthError> {
        let parts = Parts::of(token)?;
        let kid = parts.kid.as_deref();
        let key = if let Some(key) = self.0.keys.known(kid) {
            key
        } else {
            let issued = issued(&parts.payload)?;
            let lookup = Lookup {
                kid,
                digest,
                issued,
            };
            self.0.keys.look_for(lookup).await?
        };
        if !key.verifies(parts.signed.as_bytes(), &parts.signature) {
            return Err(AuthError::InvalidToken("signature"));
        }
        let claims = Claims::read(&parts.payload, &self.0.options, unix_now())?;
        Ok(Verified { claims, key })
    }
}
