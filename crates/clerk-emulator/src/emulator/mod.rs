//! What the process holds: the state, the keys, the clock, what goes wrong on purpose and the
//! newest requests.

pub mod faults;
pub mod traffic;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tokio::sync::Notify;

use crate::config::Config;
use crate::credentials::keys::{self, Keys};
use crate::error::ClerkError;
use crate::id;
use crate::store::{Store, Transaction};

use faults::Faults;
use traffic::Traffic;

/// The host in the emulator's publishable key: clerk-js uses dev-browser tokens only when it
/// ends like Clerk's own development hosts.
const HOST: &str = "emulator.clerk.accounts.dev";
/// By how many milliseconds the clock is moved.
const CLOCK: &str = "clock_offset";

/// The emulator's parts. Clones share them.
#[derive(Clone)]
pub struct Emulator(Arc<Parts>);

struct Parts {
    store: Store,
    keys: RwLock<Option<Arc<Keys>>>,
    url: String,
    secret_key: String,
    config: Config,
    clock: AtomicI64,
    handshakes: Mutex<HashMap<String, serde_json::Value>>,
    faults: Faults,
    traffic: Traffic,
    /// Something was written: webhooks may be due.
    written: Notify,
}

impl Emulator {
    /// Around a state that is open. `url` is the emulator's own address, and the issuer of
    /// tokens.
    pub(crate) fn new(
        config: &Config,
        url: &str,
        secret_key: String,
        store: Store,
    ) -> Result<Self, ClerkError> {
        let clock = store.read(|tx| tx.value(CLOCK))?;
        Ok(Self(Arc::new(Parts {
            store,
            keys: RwLock::new(None),
            url: url.to_owned(),
            secret_key,
            config: config.clone(),
            clock: AtomicI64::new(clock.and_then(|text| text.parse().ok()).unwrap_or(0)),
            handshakes: Mutex::default(),
            faults: Faults::default(),
            traffic: Traffic::default(),
            written: Notify::new(),
        })))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Where the emulator is; also the issuer of tokens.
    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// The port where the emulator is.
    pub(crate) fn port(&self) -> u16 {
        let port = self.0.url.rsplit(':').next();
        port.and_then(|it| it.parse().ok()).unwrap_or(80)
    }

    /// Milliseconds since the Unix epoch, by a clock that tests may move.
    pub(crate) fn now(&self) -> i64 {
        id::now() + self.0.clock.load(Ordering::Relaxed)
    }

    /// Seconds that every token lives, whatever settings and templates say.
    pub(crate) fn token_lifetime(&self) -> Option<i64> {
        self.0.config.token_lifetime
    }

    /// Something was written: webhooks may be due.
    pub(crate) fn wrote(&self) {
        self.0.written.notify_one();
    }

    /// Waits until something is written.
    pub(crate) async fn written(&self) {
        self.0.written.notified().await;
    }

    /// The signing keys; the first is made when it is first needed.
    pub(crate) fn keys(&self) -> Result<Arc<Keys>, ClerkError> {
        if let Some(keys) = &*self.0.keys.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(keys.clone());
        }
        let mut kept = self.0.keys.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = &*kept {
            return Ok(keys.clone());
        }
        let loaded = match self.0.store.read(Keys::load)? {
            Some(keys) => keys,
            None => self.0.new_key()?,
        };
        let keys = Arc::new(loaded);
        *kept = Some(keys.clone());
        Ok(keys)
    }

    /// Signs with other keys from now on.
    pub(crate) fn set_keys(&self, keys: Option<Keys>) {
        let mut kept = self.0.keys.write().unwrap_or_else(PoisonError::into_inner);
        *kept = keys.map(Arc::new);
    }

    /// What goes wrong on purpose.
    pub(crate) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The newest requests.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// By how many milliseconds the clock is moved.
    pub(crate) fn clock_offset(&self) -> i64 {
        self.0.clock.load(Ordering::Relaxed)
    }

    /// Moves the clock, for this and every later process.
    pub(crate) fn set_clock_offset(&self, tx: &Transaction, offset: i64) -> Result<(), ClerkError> {
        tx.put_value(CLOCK, &offset.to_string())?;
        self.0.clock.store(offset, Ordering::Relaxed);
        Ok(())
    }

    /// What a server must show.
    pub(crate) fn secret_key(&self) -> &str {
        &self.0.secret_key
    }

    /// Whether only this machine reaches the emulator.
    pub(crate) fn is_loopback(&self) -> bool {
        self.0.config.addr.ip().is_loopback()
    }

    /// Where the state is, for the dashboard.
    pub(crate) fn kept_in(&self) -> String {
        if self.0.config.ephemeral {
            return "memory".to_owned();
        }
        self.0.config.data_dir.display().to_string()
    }

    /// The endpoint that the environment names, and its secret.
    pub(crate) fn webhook(&self) -> Option<&(String, String)> {
        self.0.config.webhook.as_ref()
    }

    /// What an answer of the handshake is worth, until a server fetches it.
    pub(crate) fn keep_handshake(&self, nonce: &str, payload: serde_json::Value) {
        let mut kept = self
            .0
            .handshakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Nobody fetched them: the servers went away.
        if kept.len() >= 1000 {
            kept.clear();
        }
        kept.insert(nonce.to_owned(), payload);
    }

    /// The answer of a handshake, once.
    pub(crate) fn take_handshake(&self, nonce: &str) -> Option<serde_json::Value> {
        let mut kept = self
            .0
            .handshakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.remove(nonce)
    }

    /// The publishable key of an instance of this kind; Clerk's own have no padding either.
    pub(crate) fn publishable_key(development: bool) -> String {
        let kind = if development { "test" } else { "live" };
        format!("pk_{kind}_{}", STANDARD_NO_PAD.encode(format!("{HOST}$")))
    }

    /// What Clerk's cookies end with: eight digits of the publishable key's SHA-1.
    pub(crate) fn cookie_suffix(development: bool) -> String {
        let key = Self::publishable_key(development);
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)[..8].to_owned()
    }

    /// Where clerk-js lies.
    pub(crate) fn sdk_dir(&self) -> &std::path::Path {
        &self.0.config.sdk_dir
    }
}

impl Parts {
    fn new_key(&self) -> Result<Keys, ClerkError> {
        let pem = keys::generate()?;
        self.store.write(|tx| {
            Keys::rotate(tx, pem)?;
            Keys::load(tx)?.ok_or_else(|| ClerkError::internal("the key was not kept"))
        })
    }
}
