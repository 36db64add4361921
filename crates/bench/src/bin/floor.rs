//! The floor: axum giving the same JSON, with no token and no database.

use axum::routing::get;
use axum::{Json, Router};
use shared::User;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let router = Router::new().route("/api/users/me", get(me));
    let address = std::env::var("LISTEN_ADDR")?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn me() -> Json<User> {
    Json(User {
        id: "00000000-0000-7000-8000-000000000000".into(),
        clerk_id: "user_0".into(),
        email: "person.0@example.com".into(),
        name: "Person 0".into(),
        created_at: 1_764_000_000_000,
        updated_at: 1_764_000_000_000,
    })
}
