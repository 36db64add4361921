//! The REST API: verifies Clerk's session tokens, keeps the `users` table, streams its changes,
//! and serves the built page. It knows nothing of Yew, and of Clerk what `clerk-axum` tells it.

pub mod auth;
pub mod client;
pub mod config;
pub mod db;
pub mod error;
mod host;
pub mod limits;
pub mod metrics;
mod routes;
mod server;
mod shares;
pub mod users;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use clerk_axum::webhook::WebhookVerifier;
use clerk_axum::{Budget, Permit};
use live_axum::Live;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use auth::{Identity, Verifier};
use clerk_axum::proxy::FrontendApiProxy;
use client::Client;
use config::Config;
use host::Hosts;
use limits::Limits;
use metrics::Metrics;
use server::Admission;
use shares::Shares;
use users::Users;

/// How many bytes of bodies there may be in memory, of all requests and of those from one address.
const BODIES_MAX: usize = 64 * 1024 * 1024;
const BODIES_ADDRESS_MAX: usize = 16 * 1024 * 1024;
/// How many requests the Frontend API proxy passes on at a time, of all and from one address.
const EXCHANGES_MAX: usize = 128;
const EXCHANGES_ADDRESS_MAX: usize = 32;

/// What every handler may use. Clones share it.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

/// The parts of an [`App`].
pub struct Inner {
    config: Config,
    users: Users,
    live: Live<Identity>,
    verifier: Verifier,
    limits: Limits,
    metrics: Metrics,
    /// The names this server is called by.
    hosts: Hosts,
    /// Bytes of bodies, by the client's network.
    bodies: Budget,
    /// Requests passed on to the Frontend API, by the client's network.
    exchanges: Budget,
    /// Whether the database answered lately.
    database: routes::Readiness,
    /// Verifies webhooks, when a secret is configured.
    webhook: Option<WebhookVerifier>,
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
    let verifier = Verifier::new(config.clerk.tokens.clone())?;
    let keys = verifier.keys().clone();
    let proxy = FrontendApiProxy::from_settings(&config.clerk)?;
    // While the database is opened, so that who asks first finds keys.
    let mut background = JoinSet::new();
    background.spawn(keys.keep_fresh());
    let db = db::connect(config.database_url.expose()).await?;
    let bodies = shared_by_network(BODIES_MAX, BODIES_ADDRESS_MAX);
    let webhook = config.clerk.webhook_secret.as_ref();
    let webhook = webhook.and_then(WebhookVerifier::new);
    let live = Live::new(config.streams, shutdown.clone());
    let committed = live.clone();
    let app = App(Arc::new(Inner {
        users: Users::new(db.clone(), move || committed.ring()),
        live: live.clone(),
        verifier,
        limits: Limits::new(config.rate_limit_identity, config.rate_limit_address),
        metrics: Metrics::default(),
        hosts: Hosts::new(&config),
        webhook: webhook.map(|it| it.bodies(bodies.clone())),
        bodies,
        exchanges: shared_by_network(EXCHANGES_MAX, EXCHANGES_ADDRESS_MAX),
        database: routes::Readiness::default(),
        config,
    }));
    background.spawn(db.clone().watch_file());
    background.spawn(db.clone().check_large_file());
    background.spawn(app.limits.clone().forget_the_idle());
    background.spawn(app.users.clone().prune_deliveries());
    background.spawn(db.log.clone().prune());
    background.spawn(hear(&app));
    background.spawn(live.drive(db.log.clone(), routes::watchable(&app)));
    let hints = routes::Hints::new(&app.config);
    if let Some(hints) = hints.clone() {
        background.spawn(hints.keep_fresh());
    }
    let router = routes::router(app.clone(), proxy, hints);
    let admission = Admission {
        trusted_proxies: app.config.trusted_proxies.clone(),
        connections_address: app.config.connections_address,
    };
    server::serve(listener, router, admission, shutdown).await;
    background.shutdown().await;
    db.close().await;
    Ok(())
}

/// Takes note of what other processes commit. Never ends.
fn hear(app: &App) -> impl Future<Output = ()> + use<> {
    let listen_url = app.config.listen_database_url.expose();
    let doorbell = app.users.database().doorbell(listen_url);
    let (users, live) = (app.users.clone(), app.live.clone());
    doorbell.wait(move || {
        users.forget_all();
        live.ring();
    })
}

/// So much for all, and so much for each client's network.
fn shared_by_network(all: usize, each: usize) -> Budget {
    let shares = Shares::new(all, each);
    Budget::new(move |extensions, amount| {
        let network = extensions.get().map(Client::network);
        let share = shares.take(network, amount)?;
        Some(Box::new(share) as Permit)
    })
}
