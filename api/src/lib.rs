//! The REST API: verifies Clerk's session tokens, keeps the `users` table, streams its changes,
//! and serves the built page. It knows nothing of Yew, and of Clerk only its tokens.

pub mod auth;
pub mod client;
pub mod config;
pub mod db;
pub mod error;
pub mod limits;
pub mod metrics;
mod routes;
pub mod secret;
mod server;
pub mod users;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use auth::{Keys, Verifier};
use config::Config;
use limits::Limits;
use metrics::Metrics;
use secret::Secret;
use users::Users;

/// How long a connection to the Frontend API may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the Frontend API may be silent in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What every handler may use. Clones share it.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

/// The parts of an [`App`].
pub struct Inner {
    config: Config,
    users: Users,
    verifier: Verifier,
    limits: Limits,
    metrics: Metrics,
    /// Verifies webhooks, when a secret is configured.
    webhook: Option<Webhook>,
    /// Calls the upstream of the Frontend-API proxy.
    http: reqwest::Client,
    shutdown: CancellationToken,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Why the server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be reached or migrated.
    #[error("DATABASE_URL: the database cannot be used: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The HTTP client cannot be set up.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Serves on `listener` until `shutdown` is cancelled, then ends open streams, lets requests in
/// flight finish and returns.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let keys = Keys::new(config.tokens.keys.clone())?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()?;
    let db = db::connect(config.database_url.expose()).await?;
    let app = App(Arc::new(Inner {
        http,
        users: Users::new(db, config.streams),
        verifier: Verifier::new(&config.tokens, keys.clone()),
        limits: Limits::new(config.rate_limit_identity, config.rate_limit_address),
        metrics: Metrics::default(),
        webhook: config.webhook_secret.as_ref().and_then(webhook),
        shutdown: shutdown.clone(),
        config,
    }));
    // Dropped, and thereby ended, when this function returns.
    let mut background = JoinSet::new();
    background.spawn(keys.keep_fresh());
    background.spawn(app.limits.clone().forget_the_idle());
    background.spawn(app.users.clone().prune_deliveries());
    background.spawn(users::follow(
        app.users.clone(),
        app.config.listen_database_url.clone(),
    ));
    let router = routes::router(app.clone());
    server::serve(listener, router, &app.config.trusted_proxies, shutdown).await;
    Ok(())
}

/// The configuration has made sure that the secret can be read.
fn webhook(secret: &Secret) -> Option<Webhook> {
    Webhook::new(secret.expose()).ok()
}
