//! A local stand-in for Clerk's Frontend API, on which the unmodified clerk-js and its prebuilt
//! UI run. For development and tests only: it is never part of what goes to production, and
//! nothing that does depends on it.

#![allow(
    missing_docs,
    reason = "a binary's own modules; what they are for stands on each"
)]

mod call;
pub mod config;
mod environment;
mod error;
mod id;
mod keys;
mod model;
mod password;
mod routes;
mod sessions;
mod store;
mod tokens;
mod verification;
mod view;

use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;

use axum::ServiceExt;
use axum::extract::Request;
use tokio::net::TcpListener;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::normalize_path::NormalizePathLayer;

use call::Call;
use config::Config;
use error::ClerkError;
use keys::Keys;
use model::Verification;
use store::{Store, Transaction};
use view::View;

/// The emulator's parts. Clones share them.
#[derive(Clone)]
pub struct Emulator {
    store: Store,
    keys: Arc<Keys>,
    issuer: Arc<str>,
    token_lifetime: i64,
    sdk_dir: Arc<PathBuf>,
}

impl Emulator {
    /// Opens the kept state. `issuer` is the emulator's own URL.
    pub fn open(config: &Config, issuer: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let store = Store::open(&config.data_dir)?;
        let keys = store.transaction(Keys::load)?;
        Ok(Self {
            store,
            keys: Arc::new(keys),
            issuer: issuer.into(),
            token_lifetime: config.token_lifetime,
            sdk_dir: Arc::new(config.sdk_dir.clone()),
        })
    }

    /// Serves on `listener` until `shutdown` completes.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let service = MapRequestLayer::new(call::real_method).layer(routes::router(self));
        // clerk-js ends some paths with a slash.
        let service = NormalizePathLayer::trim_trailing_slash().layer(service);
        let service = ServiceExt::<Request>::into_make_service(service);
        axum::serve(listener, service)
            .with_graceful_shutdown(shutdown)
            .into_future()
            .await
    }

    /// Runs `work` as one transaction, off the threads that serve connections: it waits for
    /// the disk and hashes passwords.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self, &Transaction) -> Result<T, ClerkError> + Send + 'static,
    ) -> Result<T, ClerkError> {
        let emulator = self.clone();
        tokio::task::spawn_blocking(move || {
            emulator
                .store
                .transaction(|transaction| work(&emulator, transaction))
        })
        .await
        .map_err(ClerkError::internal)?
    }

    fn view<'a>(&'a self, transaction: &'a Transaction, call: &'a Call) -> View<'a> {
        View {
            transaction,
            emulator: self,
            origin: call.origin.as_deref(),
            now: call.now,
        }
    }
}

/// Sends the code: prints it in the terminal, where the person looks.
fn send(email: &str, verification: &Verification) {
    if let Some(code) = &verification.code {
        println!("\n  ✉  {email}: your verification code is {code}\n");
    }
}
