use axum::extract::State;

use crate::App;
use crate::error::ApiError;

/// `GET /healthz`: the process lives.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and tokens can be verified.
pub async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    if !app.verifier.keys().at_hand() {
        return Err(ApiError::NoKeys);
    }
    app.users.ping().await?;
    Ok("ready\n")
}
