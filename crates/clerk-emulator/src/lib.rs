//! A local stand-in for Clerk: its Frontend API, on which the unmodified clerk-js and its
//! prebuilt UI run, and its Backend API, which its server SDKs call. For development and tests
//! only: it is never part of what goes to production, and nothing that does depends on it.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let clerk = clerk_emulator::ClerkEmulator::start().await?;
//! println!("CLERK_API_URL={}", clerk.url());
//! # Ok(())
//! # }
//! ```

#![recursion_limit = "256"]
#![allow(
    missing_docs,
    reason = "a binary's own modules; what they are for stands on each"
)]
#![allow(
    clippy::unnecessary_wraps,
    reason = "every handler has one signature, also one that cannot fail"
)]

mod accounts;
mod backend;
mod call;
pub mod config;
mod control;
mod cookies;
mod dashboard;
mod enrollment;
mod environment;
mod error;
mod factors;
mod faults;
mod frontend;
mod html;
mod id;
mod images;
mod keys;
mod lockout;
mod mail;
mod metadata;
mod model;
mod npm;
mod organizations;
mod password;
mod people;
mod routes;
mod scope;
pub mod sdk;
mod seed;
mod serving;
mod sessions;
mod settings;
mod started;
mod store;
mod tickets;
mod time;
mod tokens;
mod totp;
mod traffic;
mod verification;
mod view;
mod webauthn;
mod webhooks;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::ServiceExt;
use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::normalize_path::NormalizePathLayer;

use config::Config;
use error::ClerkError;
use faults::Faults;
use keys::Keys;
use store::{Store, Transaction};
use traffic::Traffic;

pub use started::ClerkEmulator;

/// The host in the emulator's publishable key: clerk-js uses dev-browser tokens only when it
/// ends like Clerk's own development hosts.
const HOST: &str = "emulator.clerk.accounts.dev";
/// Under this name stands the origin of the page that was opened last.
const HOME_ORIGIN: &str = "home_origin";
/// Under this name stands that roles and templates were made.
const BEGUN: &str = "begun";
/// By how many milliseconds the clock is moved.
const CLOCK: &str = "clock_offset";

/// The emulator's parts. Clones share them.
#[derive(Clone)]
pub struct Emulator(Arc<Parts>);

struct Parts {
    store: Store,
    keys: RwLock<Option<Arc<Keys>>>,
    url: String,
    config: Config,
    clock: AtomicI64,
    handshakes: Mutex<HashMap<String, serde_json::Value>>,
    faults: Faults,
    traffic: Traffic,
    /// Something was written: webhooks may be due.
    written: Notify,
}

impl Emulator {
    /// Opens the kept state. `url` is the emulator's own address, and the issuer of tokens.
    pub fn open(config: &Config, url: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let store = if config.ephemeral {
            Store::in_memory()?
        } else {
            Store::open(&config.data_dir)?
        };
        store.write(|tx| {
            if tx.value(BEGUN)?.is_none() {
                begin(tx, id::now())?;
            }
            webhooks::configure(tx, config.webhook.as_ref())
        })?;
        let clock = store.read(|tx| tx.value(CLOCK))?;
        Ok(Self(Arc::new(Parts {
            store,
            keys: RwLock::new(None),
            url: url.to_owned(),
            config: config.clone(),
            clock: AtomicI64::new(clock.and_then(|text| text.parse().ok()).unwrap_or(0)),
            handshakes: Mutex::default(),
            faults: Faults::default(),
            traffic: Traffic::default(),
            written: Notify::new(),
        })))
    }

    /// Serves on `listener` until `shutdown` completes.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        // Making the first key takes a while; nobody waits for it who does not need one.
        let emulator = self.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = emulator.keys() {
                tracing::error!(%error, "no signing key");
            }
        });
        let deliveries = tokio::spawn(self.clone().deliver());
        let service = MapRequestLayer::new(call::real_method).layer(routes::router(self));
        // clerk-js ends some paths with a slash.
        let service = NormalizePathLayer::trim_trailing_slash().layer(service);
        let service =
            ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(service);
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(shutdown)
            .await;
        deliveries.abort();
        served
    }

    /// Plants what a seed file asks for.
    ///
    /// # Errors
    /// It is not a seed, or cannot be kept.
    pub fn plant(&self, seed: &str) -> Result<(), Box<dyn std::error::Error>> {
        let body = serde_json::from_str(seed)?;
        self.run_now(&call::Call::default().with_body(body), seed::plant)?;
        Ok(())
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    /// Where the emulator is; also the issuer of tokens.
    fn url(&self) -> &str {
        &self.0.url
    }

    /// Milliseconds since the Unix epoch, by a clock that tests may move.
    fn now(&self) -> i64 {
        id::now() + self.0.clock.load(Ordering::Relaxed)
    }

    /// Seconds that every token lives, whatever settings and templates say.
    fn token_lifetime(&self) -> Option<i64> {
        self.0.config.token_lifetime
    }

    /// Something was written: webhooks may be due.
    fn wrote(&self) {
        self.0.written.notify_one();
    }

    /// The signing keys; the first is made when it is first needed.
    fn keys(&self) -> Result<Arc<Keys>, ClerkError> {
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
    fn set_keys(&self, keys: Option<Keys>) {
        let mut kept = self.0.keys.write().unwrap_or_else(PoisonError::into_inner);
        *kept = keys.map(Arc::new);
    }

    /// What goes wrong on purpose.
    fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The newest requests.
    fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// By how many milliseconds the clock is moved.
    fn clock_offset(&self) -> i64 {
        self.0.clock.load(Ordering::Relaxed)
    }

    fn set_clock_offset(&self, offset: i64) {
        self.0.clock.store(offset, Ordering::Relaxed);
    }

    /// What a server must show.
    fn secret_key(&self) -> &str {
        &self.0.config.secret_key
    }

    /// Whether only this machine reaches the emulator.
    fn is_loopback(&self) -> bool {
        self.0.config.addr.ip().is_loopback()
    }

    /// Where the state is, for the dashboard.
    fn kept_in(&self) -> String {
        if self.0.config.ephemeral {
            return "memory".to_owned();
        }
        self.0.config.data_dir.display().to_string()
    }

    fn configure_webhooks(&self, tx: &Transaction) -> Result<(), ClerkError> {
        webhooks::configure(tx, self.0.config.webhook.as_ref())
    }

    /// What an answer of the handshake is worth, until a server fetches it.
    fn keep_handshake(&self, nonce: &str, payload: serde_json::Value) {
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
    fn take_handshake(&self, nonce: &str) -> Option<serde_json::Value> {
        let mut kept = self
            .0
            .handshakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.remove(nonce)
    }

    /// The publishable key of an instance of this kind; Clerk's own have no padding either.
    fn publishable_key(development: bool) -> String {
        let kind = if development { "test" } else { "live" };
        format!("pk_{kind}_{}", STANDARD_NO_PAD.encode(format!("{HOST}$")))
    }

    /// What Clerk's cookies end with: eight digits of the publishable key's SHA-1.
    fn cookie_suffix(development: bool) -> String {
        let key = Self::publishable_key(development);
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)[..8].to_owned()
    }

    /// Where clerk-js lies.
    fn sdk_dir(&self) -> &std::path::Path {
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

/// What every instance begins with: roles and templates.
fn begin(tx: &Transaction, now: i64) -> Result<(), ClerkError> {
    organizations::create_roles(tx, now)?;
    for template in tokens::first_templates(|| id::new("jtmp"), now) {
        tx.put(&template)?;
    }
    tx.put_value(BEGUN, "1")
}
