//! A server: everybody, who is signed in, administrators, and Clerk itself.
//!
//! `CLERK_PUBLISHABLE_KEY=pk_test_… CLERK_AUTHORIZED_PARTIES=http://localhost:8080 cargo run
//! --example server`, and `CLERK_WEBHOOK_SIGNING_SECRET=whsec_…` for webhooks.

use axum::routing::{get, post};
use axum::{Extension, Router};
use clerk_axum::webhook::{Event, Webhook, WebhookVerifier};
use clerk_axum::{Auth, AuthLayer, Condition, Defaults, Settings, Verifier};

async fn home(auth: Option<Auth>) -> String {
    auth.map_or("Hello!".into(), |auth| {
        format!("Hello, {}!", auth.user_id())
    })
}

async fn members(Extension(admin): Extension<Auth>) -> String {
    format!(
        "{} may manage {:?}",
        admin.user_id(),
        admin.authorization().org_slug
    )
}

async fn clerk(webhook: Webhook) {
    if let Event::UserCreated(user) = webhook.event {
        println!("{} signed up", user.id);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_env(Defaults::default())?;
    let verifier: Verifier = Verifier::new(settings.tokens)?;
    tokio::spawn(verifier.keys().clone().keep_fresh());
    let admins = AuthLayer::new(verifier.clone()).require(Condition::new().role("org:admin"));
    let mut router = Router::new()
        .route("/admin/members", get(members).layer(admins))
        .route("/", get(home).with_state(verifier));
    if let Some(secret) = settings
        .webhook_secret
        .as_ref()
        .and_then(WebhookVerifier::new)
    {
        router = router.route("/webhooks/clerk", post(clerk).with_state(secret));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, router).await?)
}
