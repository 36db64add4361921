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

mod address;
mod backend;
pub mod config;
mod control;
mod credentials;
mod dashboard;
mod delivery;
mod emulator;
mod error;
mod frontend;
mod html;
mod http;
mod id;
mod model;
mod rules;
mod scope;
pub mod sdk;
mod settings;
mod started;
mod store;
mod time;
mod view;

use std::path::Path;

use tokio::net::TcpListener;

use config::Config;
use credentials::secret_key;
use delivery::webhooks;
use store::Store;

pub use emulator::Emulator;
pub use started::ClerkEmulator;

impl Emulator {
    /// Opens the kept state. `url` is the emulator's own address, and the issuer of tokens.
    ///
    /// # Errors
    /// The state cannot be read or written, or belongs to another process or a newer version.
    pub fn open(config: &Config, url: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let store = if config.ephemeral {
            Store::in_memory()?
        } else {
            Store::open(&config.data_dir)?
        };
        store.write(|tx| {
            rules::beginning::begin(tx, id::now())?;
            webhooks::configure(tx, config.webhook.as_ref())
        })?;
        let secret_key = match &config.secret_key {
            Some(key) => key.clone(),
            None if config.ephemeral => secret_key::random(),
            None => secret_key::kept_in(&config.data_dir)
                .map_err(|error| format!("the secret key cannot be kept: {error}"))?,
        };
        Ok(Self::new(config, url, secret_key, store)?)
    }

    /// What servers and tests need to know, by the names of the variables it usually stands in:
    /// address, secret key, publishable key.
    pub fn told(&self) -> [(&'static str, String); 3] {
        [
            ("CLERK_API_URL", self.url().to_owned()),
            ("CLERK_SECRET_KEY", self.secret_key().to_owned()),
            ("CLERK_PUBLISHABLE_KEY", Self::publishable_key(true)),
        ]
    }

    /// Writes address and secret key, a line each, into a file that only its owner reads.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_ready_file(&self, path: &Path) -> std::io::Result<()> {
        secret_key::write_private(path, &format!("{}\n{}\n", self.url(), self.secret_key()))
    }

    /// Serves on `listener` until `shutdown` completes.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        // Making the first key takes a while; nobody waits for it who does not need one.
        let emulator = self.clone();
        let making = tokio::task::spawn_blocking(move || {
            if let Err(error) = emulator.keys() {
                tracing::error!(%error, "no signing key");
            }
        });
        let deliveries = tokio::spawn(self.clone().deliver());
        http::serve(self, listener, shutdown).await;
        deliveries.abort();
        // Both hold the state.
        let _ = (making.await, deliveries.await);
    }

    /// Plants what a seed file asks for.
    ///
    /// # Errors
    /// It is not a seed, or cannot be kept.
    pub fn plant(&self, seed: &str) -> Result<(), Box<dyn std::error::Error>> {
        let body = serde_json::from_str(seed)?;
        let call = scope::call::Call::default().with_body(body);
        self.run_now(&call, control::seed::plant)?;
        Ok(())
    }
}
