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

use tokio::net::TcpListener;

use config::Config;
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
        Ok(Self::new(config, url, store)?)
    }

    /// Serves on `listener` until `shutdown` completes.
    ///
    /// # Errors
    /// The listener fails.
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
        let served = http::serve(self, listener, shutdown).await;
        deliveries.abort();
        served
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
