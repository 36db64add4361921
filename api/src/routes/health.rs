use axum::extract::State;

use crate::App;
use crate::error::ApiError;

/// Says that the process lives.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operations",
    responses((status = 200, description = "It lives", content_type = "text/plain", body = String))
)]
pub async fn live() -> &'static str {
    "ok\n"
}

/// Says whether the database answers and tokens can be verified.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = 200, description = "Both", content_type = "text/plain", body = String),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    if !app.verifier.keys().at_hand() {
        return Err(ApiError::NoKeys);
    }
    app.users.ping().await?;
    Ok("ready\n")
}
