//! A person's notes, and those that the members of an organization share: live in every tab, on
//! every replica.

mod entity;
mod migration;
mod notes;

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::Extension;
use axum::routing::{get, post};
use clerk_axum::webhook::WebhookVerifier;
use clerk_axum::{Auth, AuthLayer, Defaults, Env, Settings, Verifier};
use live_axum::{Limits, Live};
use live_sea_orm::{ChangeLog, Writes};
use sea_orm_migration::MigratorTrait;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::services::{ServeDir, ServeFile};

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().init();
    let env = Env::of_process();
    let address = env.parse("LISTEN_ADDR", "expected an address and port")?;
    let address = address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
    let url = env.get("DATABASE_URL")?;
    let url = url.unwrap_or("sqlite://notes.db?mode=rwc".to_owned());
    let dist = env.get("DIST_DIR")?;
    let dist = dist.unwrap_or("examples/notes/dist".to_owned());

    // The emulator stands in for Clerk where there is no key: this is an example.
    let origins = ["localhost", "127.0.0.1"].map(|it| format!("http://{it}:{}", address.port()));
    let defaults = Defaults::default().emulator(true);
    let settings = Settings::from_env(defaults.authorized_parties(origins.into()))?;
    let verifier = Verifier::new(settings.tokens.clone())?;
    let keys = verifier.keys().clone();
    tokio::spawn(async move { keys.keep_fresh().await });

    let log = ChangeLog::connect(&url, async |db| migration::Migrator::up(db, None).await);
    let log = log.await.context("DATABASE_URL")?;
    let live = Live::<Auth>::new(Limits::default(), CancellationToken::new());
    let writes = Writes::ringing(log.clone(), &live);
    let api = notes::routes(writes.clone()).layer(AuthLayer::new(verifier.clone()));
    let (queries, router) = (live.clone(), api.clone());
    tokio::spawn(async move { log.drive(queries, router, &url).await });

    let index = ServeFile::new(format!("{dist}/index.html"));
    let mut router = api
        .merge(settings.page("/api/config")?)
        .route("/api/live", live.route(verifier))
        .route("/healthz", get(async || "ok\n"))
        .fallback_service(ServeDir::new(dist).fallback(index));
    let secret = settings.webhook_secret.as_ref();
    if let Some(webhooks) = secret.and_then(WebhookVerifier::new) {
        let told = post(notes::told).layer(Extension(writes));
        router = router.route("/api/webhooks/clerk", told.with_state(webhooks));
    }
    let listener = TcpListener::bind(address).await.context("LISTEN_ADDR")?;
    println!("notes on http://localhost:{}", address.port());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}
