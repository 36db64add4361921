//! The REST API: verifies Clerk's session tokens, keeps the `users` table, streams its changes,
//! and serves the built page. It knows nothing of Yew, and of Clerk only its tokens.

pub mod auth;
pub mod client;
pub mod config;
pub mod db;
pub mod error;
mod host;
pub mod limits;
pub mod metrics;
mod routes;
mod rsa;
pub mod secret;
mod server;
mod shares;
pub mod users;

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use auth::{Keys, Verifier};
use config::Config;
use host::Hosts;
use limits::Limits;
use metrics::Metrics;
use secret::Secret;
use server::Admission;
use shares::Shares;
use users::Users;

/// How long a connection to the Frontend API may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the Frontend API may be silent in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How many bytes of bodies there may be in memory, of all requests and of those from one address.
const BODIES_MAX: usize = 64 * 1024 * 1024;
const BODIES_ADDRESS_MAX: usize = 16 * 1024 * 1024;
/// How many requests the Frontend-API proxy passes on at a time, of all and from one address.
const EXCHANGES_MAX: usize = 128;
const EXCHANGES_ADDRESS_MAX: usize = 32;

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
    /// The names this server is called by.
    hosts: Hosts,
    /// Bytes of bodies, by the client's network.
    bodies: Shares<IpAddr>,
    /// Requests passed on to the Frontend API, by the client's network.
    exchanges: Shares<IpAddr>,
    /// Whether the database answered lately.
    database: routes::Readiness,
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
    /// The database cannot be reached or migrated, or its file is damaged.
    #[error("DATABASE_URL: {0}")]
    Database(#[from] db::ConnectError),
    /// The HTTP client cannot be set up.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Serves on `listener` until `shutdown` is cancelled, then ends open streams, lets requests in
/// flight finish, closes the database and returns.
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
        .pool_max_idle_per_host(EXCHANGES_ADDRESS_MAX)
        .build()?;
    let db = db::connect(config.database_url.expose()).await?;
    let app = App(Arc::new(Inner {
        http,
        users: Users::new(db.clone(), config.streams),
        verifier: Verifier::new(&config.tokens, keys.clone()),
        limits: Limits::new(config.rate_limit_identity, config.rate_limit_address),
        metrics: Metrics::default(),
        hosts: Hosts::new(&config),
        bodies: Shares::new(BODIES_MAX, BODIES_ADDRESS_MAX),
        exchanges: Shares::new(EXCHANGES_MAX, EXCHANGES_ADDRESS_MAX),
        database: routes::Readiness::default(),
        webhook: config.webhook_secret.as_ref().and_then(webhook),
        shutdown: shutdown.clone(),
        config,
    }));
    let mut background = JoinSet::new();
    background.spawn(keys.keep_fresh());
    background.spawn(db.clone().watch_file());
    background.spawn(db.clone().check_large_file());
    background.spawn(app.limits.clone().forget_the_idle());
    background.spawn(app.users.clone().prune_deliveries());
    background.spawn(users::follow(
        app.users.clone(),
        app.config.listen_database_url.clone(),
    ));
    let router = routes::router(app.clone());
    let admission = Admission {
        trusted_proxies: app.config.trusted_proxies.clone(),
        connections_address: app.config.connections_address,
    };
    server::serve(listener, router, admission, shutdown).await;
    background.shutdown().await;
    db.close().await;
    Ok(())
}

/// The configuration has made sure that the secret can be read.
fn webhook(secret: &Secret) -> Option<Webhook> {
    Webhook::new(secret.expose()).ok()
}
