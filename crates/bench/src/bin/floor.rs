//! The floor: axum giving the same JSON, with no token and no database. With `CLERK_JWT_KEY` it
//! checks the signature of each token, and nothing else.

use std::sync::Arc;

use anyhow::Context;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use shared::User;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let me = match std::env::var("CLERK_JWT_KEY") {
        Ok(pem) => get(me_if_signed).with_state(Arc::new(key(&pem)?)),
        Err(_) => get(me),
    };
    let router = Router::new()
        .route("/api/users/me", me)
        .route("/readyz", get(|| async {}));
    let address = std::env::var("LISTEN_ADDR")?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

fn key(pem: &str) -> anyhow::Result<ParsedPublicKey> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body)?;
    ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).context("the key")
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

async fn me_if_signed(
    State(key): State<Arc<ParsedPublicKey>>,
    request: Request,
) -> Result<Json<User>, StatusCode> {
    match is_signed(request.headers(), &key) {
        Some(true) => Ok(me().await),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

fn is_signed(headers: &HeaderMap, key: &ParsedPublicKey) -> Option<bool> {
    let header = headers.get("authorization")?.to_str().ok()?;
    let (signed, signature) = header.strip_prefix("Bearer ")?.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    Some(key.verify_sig(signed.as_bytes(), &signature).is_ok())
}
