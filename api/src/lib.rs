//! The REST API: verifies Clerk's session tokens, keeps the `users` table, streams its changes,
//! and serves the built page. It knows nothing of Yew, and of Clerk only its tokens.

pub mod auth;
pub mod config;
pub mod db;
pub mod error;
mod routes;
pub mod users;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use std::future::IntoFuture;

use axum::extract::FromRef;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use auth::{Keys, Verifier};
use config::Config;
use users::Users;

/// How long requests in flight may take after the process was told to stop.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);

/// How long a connection to the Frontend API may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the Frontend API may be silent in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What every handler may use.
#[derive(Clone, Debug)]
pub struct App {
    config: Arc<Config>,
    users: Users,
    verifier: Verifier,
    /// Calls the upstream of the Frontend-API proxy.
    http: reqwest::Client,
    shutdown: CancellationToken,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
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
    /// Accepting connections failed.
    #[error("HTTP server: {0}")]
    Io(#[from] std::io::Error),
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
    let app = App {
        http,
        users: Users::new(db::connect(config.database_url.expose()).await?),
        verifier: Verifier::new(&config.tokens, keys.clone()),
        config: Arc::new(config),
        shutdown: shutdown.clone(),
    };
    let refresh = tokio::spawn(keys.keep_fresh());
    let service = routes::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service)
        .with_graceful_shutdown(shutdown.clone().cancelled_owned())
        .into_future();
    let too_long = async {
        shutdown.cancelled().await;
        tokio::time::sleep(SHUTDOWN_MAX).await;
    };
    let result = tokio::select! {
        result = server => result,
        () = too_long => Ok(()),
    };
    refresh.abort();
    Ok(result?)
}
