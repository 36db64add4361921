//! The keys of an issuer: fetched, kept, refreshed.
//!
//! Keys that were fetched go on working while the issuer is down, up to a greatest age. A token
//! whose `kid` is not known makes the keys be fetched again: for each `kid` once in
//! [`SAME_KID_PAUSE`], for all together as often as [`LOOKUPS`] allows. The token is refused when
//! a fetch that was late enough did not have its key; while there is none, nobody can tell, and
//! it is to come again. A fetch is a task of its own: no client can interrupt it by going away.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use quick_cache::sync::Cache;
use tokio::sync::Mutex;
use url::Url;

use super::key::{self, ByKid, Key};
use super::{Digest, Lookup};
use crate::error::AuthError;
use crate::time::unix_now;

/// The shortest time between two fetches for the sake of one `kid`.
const SAME_KID_PAUSE: Duration = Duration::from_secs(10);
/// How many fetches tokens may cause: one in two seconds, five at once.
const LOOKUPS: Quota = Quota::per_minute(NonZeroU32::new(30).expect("not zero"))
    .allow_burst(NonZeroU32::new(5).expect("not zero"));
/// How many tokens whose key does not exist are remembered.
const KEYLESS_MAX: usize = 1024;
/// How often the keys are fetched with no cause, unless they end sooner.
const REFRESH_EVERY: Duration = Duration::from_mins(10);
/// How often a fetch is tried after one that failed.
const RETRY_EVERY: Duration = Duration::from_secs(30);
/// How often a fetch is tried while there are no keys at all.
const FIRST_RETRY_EVERY: Duration = Duration::from_millis(500);
/// The longest a fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest document that is read, in bytes.
const DOCUMENT_MAX: usize = 256 * 1024;

pub struct Jwks {
    url: Url,
    max_age: Duration,
    client: reqwest::Client,
    published: RwLock<Published>,
    /// Held during a fetch, so that there is one at a time.
    lookups: Mutex<Lookups>,
    /// Tokens whose key a fetch did not have that began after they came, and when that was known.
    keyless: Cache<Digest, Instant>,
}

/// What the issuer published last.
#[derive(Clone, Default)]
struct Published {
    keys: Arc<ByKid>,
    fetched: Option<Fetched>,
}

/// When a fetch that succeeded began.
#[derive(Clone, Copy)]
struct Fetched {
    at: Instant,
    /// In seconds since the Unix epoch.
    timestamp: u64,
}

/// Fetches for the sake of tokens.
struct Lookups {
    budget: DefaultDirectRateLimiter,
    /// When the last one began, whatever came of it.
    last: Option<Instant>,
    /// What they were for, of the last [`SAME_KID_PAUSE`].
    lately: HashMap<String, Instant>,
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
}

impl Jwks {
    /// The keys that lie at this URL. None is fetched yet.
    pub fn new(url: Url, max_age: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self {
            url,
            max_age,
            client: reqwest::Client::builder().timeout(FETCH_TIMEOUT).build()?,
            published: RwLock::default(),
            lookups: Mutex::new(Lookups {
                budget: RateLimiter::direct(LOOKUPS),
                last: None,
                lately: HashMap::new(),
            }),
            keyless: Cache::new(KEYLESS_MAX),
        })
    }

    /// Whether there are any.
    pub fn at_hand(&self) -> bool {
        !self.published().keys.is_empty()
    }

    /// How long ago they were fetched.
    pub fn age(&self) -> Option<Duration> {
        self.published().fetched.map(|it| it.at.elapsed())
    }

    /// How long they go on working if none can be fetched, once half of that time is over.
    pub fn end_in(&self) -> Option<Duration> {
        let left = self.max_age.saturating_sub(self.age()?);
        (left < self.max_age / 2).then_some(left)
    }

    /// Fetches the keys now and ever again. Never ends.
    pub async fn keep_fresh(&self) {
        loop {
            let pause = self.refresh().await;
            tokio::time::sleep(pause).await;
        }
    }

    /// The key of this name, if it is known.
    pub fn known(&self, kid: &str) -> Option<Arc<Key>> {
        self.published().keys.get(kid).cloned()
    }

    /// Looks for a key that is not known.
    pub async fn look_for(self: &Arc<Self>, lookup: Lookup<'_>) -> Result<Arc<Key>, AuthError> {
        let kid = lookup.kid.ok_or(AuthError::InvalidToken("no kid"))?;
        let none = AuthError::InvalidToken("unknown kid");
        if self.is_keyless(&lookup.digest) {
            return Err(none);
        }
        let came = Instant::now();
        // Its end is waited for, whether this call began it or another.
        let fetch = tokio::spawn(self.clone().fetch_for(kid.to_owned(), came));
        let _ = fetch.await;
        let Published { keys, fetched } = self.published();
        match (keys.get(kid), fetched) {
            (Some(key), _) => Ok(key.clone()),
            (None, Some(fetched)) if fetched.at >= came => {
                self.keyless.insert(lookup.digest, Instant::now());
                Err(none)
            }
            // An issuer publishes a key before it signs by it.
            (None, Some(fetched)) if fetched.timestamp > lookup.issued => Err(none),
            _ => Err(AuthError::KeyUnknown),
        }
    }

    fn published(&self) -> Published {
        self.published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn is_keyless(&self, token: &Digest) -> bool {
        self.keyless
            .get(token)
            .is_some_and(|since| since.elapsed() < SAME_KID_PAUSE)
    }

    /// Fetches the keys with no cause, and lets go of those that are too old; how long to wait
    /// before the next time.
    async fn refresh(&self) -> Duration {
        let lookups = self.lookups.lock().await;
        let succeeded = self.fetch().await;
        let left = self.max_age.saturating_sub(self.age().unwrap_or_default());
        if left.is_zero() && !self.published().keys.is_empty() {
            tracing::error!(
                "the verification keys are older than their greatest age and were dropped"
            );
            // What was fetched says nothing any more of a key that is missing.
            self.replace(ByKid::new(), None);
        }
        // Not before: keys that a token made be fetched meanwhile would be dropped with the old.
        drop(lookups);
        if self.published().keys.is_empty() {
            FIRST_RETRY_EVERY
        } else if succeeded {
            REFRESH_EVERY.min(self.max_age / 4)
        } else {
            RETRY_EVERY.min(left)
        }
    }

    /// Fetches the keys for the sake of a token that came then, unless that was done since or is
    /// too much.
    async fn fetch_for(self: Arc<Self>, kid: String, came: Instant) {
        let mut lookups = self.lookups.lock().await;
        if lookups.last.is_none_or(|last| last < came) && lookups.allow(kid) {
            self.fetch().await;
        }
    }

    /// Fetches the keys. Whether it succeeded.
    async fn fetch(&self) -> bool {
        let begun = Fetched {
            at: Instant::now(),
            timestamp: unix_now(),
        };
        match self.download().await {
            Ok(keys) => {
                self.replace(keys, Some(begun));
                true
            }
            Err(error) => {
                let age = self.age().map(|age| age.as_secs());
                tracing::warn!(%error, age, "verification keys could not be fetched");
                false
            }
        }
    }

    fn replace(&self, keys: ByKid, fetched: Option<Fetched>) {
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        published.keys = Arc::new(key::succeed(&published.keys, keys));
        published.fetched = fetched;
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
        Ok(key::read(&body)?)
    }
}

impl Lookups {
    /// Whether there may be a fetch for this key now. Then it is counted.
    fn allow(&mut self, kid: String) -> bool {
        self.lately
            .retain(|_, looked| looked.elapsed() < SAME_KID_PAUSE);
        if self.lately.contains_key(&kid) || self.budget.check().is_err() {
            return false;
        }
        let now = Instant::now();
        self.lately.insert(kid, now);
        self.last = Some(now);
        true
    }
}
