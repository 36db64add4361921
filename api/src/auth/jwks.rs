//! The keys that verify tokens: fetched from the issuer, kept, refreshed.
//!
//! Keys that were fetched once go on working while the issuer is down. A token with an unknown
//! `kid` makes the keys be fetched again, once in [`REFETCH_PAUSE`] whatever arrives. A fetch is
//! a task of its own: no client can interrupt it by going away.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use tokio::sync::Mutex;
use url::Url;

use crate::config::KeySource;
use crate::error::ApiError;

/// The shortest time between two fetches caused by tokens.
const REFETCH_PAUSE: Duration = Duration::from_secs(10);
/// How often the keys are fetched with no cause.
const REFRESH_EVERY: Duration = Duration::from_mins(10);
/// How often a fetch is tried after one that failed.
const RETRY_EVERY: Duration = Duration::from_secs(30);
/// How often a fetch is tried while there are no keys at all.
const FIRST_RETRY_EVERY: Duration = Duration::from_millis(500);
/// The longest a fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest document that is read, in bytes.
const DOCUMENT_MAX: usize = 256 * 1024;

type ByKid = HashMap<String, (Jwk, DecodingKey)>;

/// The verification keys. Clones share them.
#[derive(Clone)]
pub struct Keys(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<DecodingKey>),
    Jwks(Arc<Jwks>),
}

struct Jwks {
    url: Url,
    client: reqwest::Client,
    keys: RwLock<Arc<ByKid>>,
    /// Counts how often the keys became others.
    generation: AtomicU64,
    /// When the keys were fetched last with success.
    fetched: RwLock<Option<Instant>>,
    /// Held during a fetch that a token caused, so that there is one at a time; when the last one
    /// began.
    last_refetch: Mutex<Option<Instant>>,
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
        Ok(Self(match source {
            KeySource::Fixed(key) => Source::Fixed(Arc::new(*key)),
            KeySource::Jwks(url) => Source::Jwks(Arc::new(Jwks {
                url,
                client: reqwest::Client::builder().timeout(FETCH_TIMEOUT).build()?,
                keys: RwLock::default(),
                generation: AtomicU64::new(0),
                fetched: RwLock::default(),
                last_refetch: Mutex::default(),
            })),
        }))
    }

    /// Whether tokens can be verified.
    pub fn at_hand(&self) -> bool {
        match &self.0 {
            Source::Fixed(_) => true,
            Source::Jwks(jwks) => !jwks.current().is_empty(),
        }
    }

    /// How long ago the keys were fetched; none for a fixed key, and before the first fetch.
    pub fn age(&self) -> Option<Duration> {
        match &self.0 {
            Source::Fixed(_) => None,
            Source::Jwks(jwks) => {
                let fetched = jwks.fetched.read().unwrap_or_else(PoisonError::into_inner);
                fetched.map(|at| at.elapsed())
            }
        }
    }

    /// A number that changes when the keys become others: what was verified before must be
    /// verified again then.
    pub(super) fn generation(&self) -> u64 {
        match &self.0 {
            Source::Fixed(_) => 0,
            Source::Jwks(jwks) => jwks.generation.load(Ordering::Acquire),
        }
    }

    /// Fetches the keys now and ever again. Never ends.
    pub async fn keep_fresh(self) {
        let Source::Jwks(jwks) = &self.0 else {
            return std::future::pending().await;
        };
        loop {
            let succeeded = jwks.fetch().await;
            let pause = if succeeded {
                REFRESH_EVERY
            } else if jwks.current().is_empty() {
                FIRST_RETRY_EVERY
            } else {
                RETRY_EVERY
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// The key that `kid` names.
    pub(super) async fn find(&self, kid: Option<&str>) -> Result<DecodingKey, ApiError> {
        let jwks = match &self.0 {
            Source::Fixed(key) => return Ok((**key).clone()),
            Source::Jwks(jwks) => jwks,
        };
        let kid = kid.ok_or(ApiError::InvalidToken("no kid"))?;
        if let Some((_, key)) = jwks.current().get(kid) {
            return Ok(key.clone());
        }
        // Its end is waited for, whether this call began it or another.
        let fetch = tokio::spawn(jwks.clone().refetch());
        let _ = fetch.await;
        let keys = jwks.current();
        match keys.get(kid) {
            Some((_, key)) => Ok(key.clone()),
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

    /// Fetches the keys for a token's sake, unless that was done less than [`REFETCH_PAUSE`] ago.
    async fn refetch(self: Arc<Self>) {
        let mut last = self.last_refetch.lock().await;
        if last.is_none_or(|at| at.elapsed() >= REFETCH_PAUSE) {
            *last = Some(Instant::now());
            self.fetch().await;
        }
    }

    /// Fetches the keys. Whether it succeeded.
    async fn fetch(&self) -> bool {
        match self.download().await {
            Ok(keys) => {
                self.replace(keys);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "verification keys could not be fetched");
                false
            }
        }
    }

    fn replace(&self, keys: ByKid) {
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let same = keys.len() == current.len()
            && keys
                .iter()
                .all(|(kid, (jwk, _))| current.get(kid).is_some_and(|(it, _)| it == jwk));
        if !same {
            *current = Arc::new(keys);
            self.generation.fetch_add(1, Ordering::Release);
        }
        *self.fetched.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
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
            .filter_map(|jwk| {
                let key = DecodingKey::from_jwk(jwk).ok()?;
                Some((jwk.common.key_id.clone()?, (jwk.clone(), key)))
            })
            .collect();
        if keys.is_empty() {
            Err(FetchError::Empty)
        } else {
            Ok(keys)
        }
    }
}
