//! A person's notes, and those that the members of an organization share: live in every tab, on
//! every replica.

mod entity;
mod migration;
mod notes;

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::routing::{get, post};
use axum::{Extension, Json};
use clerk_axum::proxy::FrontendApiProxy;
use clerk_axum::webhook::WebhookVerifier;
use clerk_axum::{Auth, AuthLayer, ConfigError, Defaults, Env, Settings, Verifier};
use live_axum::{Limits, Live};
use live_sea_orm::{ChangeLog, Writes};
use notes_shared::PageConfig;
use sea_orm_migration::MigratorTrait;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::services::{ServeDir, ServeFile};

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().init();
    let env = Env::of_process();
    let address = "expected an address and port such as 127.0.0.1:3000";
    let address = env.parse("LISTEN_ADDR", address)?;
    let address = address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
    let text = |name, default: &str| Ok::<_, ConfigError>(env.get(name)?.unwrap_or(default.into()));
    let url = text("DATABASE_URL", "sqlite://notes.db?mode=rwc")?;
    let dist = text("DIST_DIR", "examples/notes/dist")?;

    // The emulator stands in for Clerk where there is no key: this is an example.
    let origin = |host| format!("http://{host}:{}", address.port());
    let origins = ["localhost", "127.0.0.1"].map(origin);
    let defaults = Defaults::default().emulator(true);
    let settings = Settings::from_env(defaults.authorized_parties(origins.into()))?;
    let verifier = Verifier::new(settings.tokens.clone())?;
    let keys = verifier.keys().clone();
    tokio::spawn(async move { keys.keep_fresh().await });

    let log = ChangeLog::connect(&url, async |db| migration::Migrator::up(db, None).await);
    let log = log.await.context("DATABASE_URL")?;
    let live = Live::<Auth>::new(Limits::default(), CancellationToken::new());
    let bell = live.clone();
    let writes = Writes::new(log.clone(), move || bell.ring());
    let api = notes::routes(writes.clone()).layer(AuthLayer::new(verifier.clone()));
    let (queries, router) = (live.clone(), api.clone());
    tokio::spawn(async move { log.drive(queries, router, &url).await });

    let proxy = FrontendApiProxy::from_settings(&settings)?;
    let secret = settings.webhook_secret.as_ref();
    let webhooks = secret.and_then(WebhookVerifier::new);
    let config = PageConfig {
        publishable_key: settings.publishable_key,
        proxy_url: settings.proxy_url,
    };
    let index = ServeFile::new(format!("{dist}/index.html"));
    let mut router = api
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/api/config", get(|| async { Json(config) }))
        .route("/api/live", live.route(verifier))
        .fallback_service(ServeDir::new(dist).fallback(index));
    if let Some(webhooks) = webhooks {
        let told = post(notes::told).layer(Extension(writes));
        router = router.route("/api/webhooks/clerk", told.with_state(webhooks));
    }
    if let Some(proxy) = proxy {
        let path = proxy.path().to_owned();
        router = router.nest(&path, proxy.router());
    }
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("{address} cannot be used"))?;
    println!("notes on http://localhost:{}", address.port());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}
