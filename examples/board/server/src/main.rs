//! Notes that the members of an organization share. Whoever administers it sees who wrote how much,
//! and may clear all of them.

mod notes;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use clerk_axum::{AuthLayer, Condition, Defaults, Env, Settings, Verifier};
use notes::Notes;
use tokio::net::TcpListener;
use tower_http::services::{ServeDir, ServeFile};

/// What the handlers work with.
#[derive(Clone)]
struct App {
    verifier: Verifier,
    notes: Notes,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

impl FromRef<App> for Notes {
    fn from_ref(app: &App) -> Self {
        app.notes.clone()
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().init();
    let env = Env::of_process();
    let listen_addr = env
        .parse(
            "LISTEN_ADDR",
            "expected an address and port such as 127.0.0.1:3000",
        )?
        .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
    let dist = env
        .get("DIST_DIR")?
        .map_or("examples/board/dist".into(), PathBuf::from);
    // The emulator stands in for Clerk where there is no key: this is an example.
    let origins =
        ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{}", listen_addr.port()));
    let defaults = Defaults::default()
        .emulator(true)
        .authorized_parties(origins.into());
    let settings = Settings::from_env(defaults)?;
    let verifier = Verifier::new(settings.tokens.clone())?;
    tokio::spawn({
        let keys = verifier.keys().clone();
        async move { keys.keep_fresh().await }
    });
    let admins = AuthLayer::new(verifier.clone()).require(Condition::new().role("org:admin"));
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/api/notes", get(notes::list).post(notes::write))
        .nest("/api/admin", notes::admin().layer(admins))
        .with_state(App {
            verifier,
            notes: Notes::default(),
        })
        .merge(settings.page("/api/config")?)
        .fallback_service(ServeDir::new(&dist).fallback(ServeFile::new(dist.join("index.html"))));
    let listener = TcpListener::bind(listen_addr)
        .await
        .with_context(|| format!("{listen_addr} cannot be used"))?;
    println!("the board is on http://localhost:{}", listen_addr.port());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}
