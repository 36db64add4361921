//! The keys that verify tokens: fetched from the issuer, kept, refreshed.
//!
//! Keys that were fetched once go on working while the issuer is down. A token with an unknown
//! `kid` makes the keys be fetched again, once in [`REFETCH_PAUSE`] whatever arrives.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use tokio::sync::Mutex;
use url::Url;

use crate::config::KeySource;
use crate::error::ApiError;

/// The shortest time between two fetches caused by tokens.
const REFETCH_PAUSE: Duration = Duration::from_secs(10);
/// How often the keys are fetched with no cause.
const REFRESH_EVERY: Duration = Duration::from_mins(10);
/// How often a fetch is tried while there are no keys at all.
const RETRY_EVERY: Duration = Duration::from_millis(500);
/// The longest a fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest document that is read, in bytes.
const DOCUMENT_MAX: usize = 256 * 1024;

type ByKid = HashMap<String, DecodingKey>;

/// The verification keys. Clones share them.
#[derive(Clone)]
pub struct Keys(Arc<Source>);

enum Source {
    Fixed(DecodingKey),
    Jwks(Jwks),
}

struct Jwks {
    url: Url,
    client: reqwest::Client,
    keys: RwLock<Arc<ByKid>>,
    /// Held during a fetch, so that there is one at a time.
    last_fetch: Mutex<Option<Instant>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Why the keys could not be fetched.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the document is larger than {DOCUMENT_MAX} bytes")]
    TooLarge,
    #[error("not a JWKS document: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the document holds no RSA key")]
    Empty,
}

impl Keys {
    /// The keys of this source. Those of a JWKS are fetched as soon as [`Keys::keep_fresh`] runs.
    pub fn new(source: KeySource) -> Result<Self, reqwest::Error> {
        Ok(Self(Arc::new(match source {
            KeySource::Fixed(key) => Source::Fixed(*key),
            KeySource::Jwks(url) => Source::Jwks(Jwks {
                url,
                client: reqwest::Client::builder().timeout(FETCH_TIMEOUT).build()?,
                keys: RwLock::default(),
                last_fetch: Mutex::default(),
            }),
        })))
    }

    /// Whether tokens can be verified.
    pub fn at_hand(&self) -> bool {
        match &*self.0 {
            Source::Fixed(_) => true,
            Source::Jwks(jwks) => !jwks.current().is_empty(),
        }
    }

    /// Fetches the keys now and ever again. Never ends.
    pub async fn keep_fresh(self) {
        let Source::Jwks(jwks) = &*self.0 else {
            return std::future::pending().await;
        };
        loop {
            jwks.fetch(Duration::ZERO).await;
            let pause = if jwks.current().is_empty() {
                RETRY_EVERY
            } else {
                REFRESH_EVERY
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// The key that `kid` names.
    pub(super) async fn find(&self, kid: Option<&str>) -> Result<DecodingKey, ApiError> {
        let jwks = match &*self.0 {
            Source::Fixed(key) => return Ok(key.clone()),
            Source::Jwks(jwks) => jwks,
        };
        let kid = kid.ok_or(ApiError::InvalidToken("no kid"))?;
        if let Some(key) = jwks.current().get(kid) {
            return Ok(key.clone());
        }
        jwks.fetch(REFETCH_PAUSE).await;
        let keys = jwks.current();
        match keys.get(kid) {
            Some(key) => Ok(key.clone()),
            None if keys.is_empty() => Err(ApiError::NoKeys),
            None => Err(ApiError::InvalidToken("unknown kid")),
        }
    }
}

impl Jwks {
    fn current(&self) -> Arc<ByKid> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fetches the keys, unless that was done less than `pause` ago.
    async fn fetch(&self, pause: Duration) {
        let mut last_fetch = self.last_fetch.lock().await;
        if last_fetch.is_some_and(|at| at.elapsed() < pause) {
            return;
        }
        match self.download().await {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
            }
            Err(error) => tracing::warn!(%error, "verification keys could not be fetched"),
        }
        *last_fetch = Some(Instant::now());
    }

    async fn download(&self) -> Result<ByKid, FetchError> {
        let mut response = self
            .client
            .get(self.url.clone())
            .send()
            .await?
            .error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > DOCUMENT_MAX {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let keys: ByKid = serde_json::from_slice::<JwkSet>(&body)?
            .keys
            .iter()
            .filter(|jwk| matches!(jwk.algorithm, AlgorithmParameters::RSA(_)))
            .filter_map(|jwk| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?)))
            .collect();
        if keys.is_empty() {
            Err(FetchError::Empty)
        } else {
            Ok(keys)
        }
    }
}
