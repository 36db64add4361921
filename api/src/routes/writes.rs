//! `/api/writes/{key}`: what became of a write.

use axum::Json;
use axum::extract::{Path, State};
use live::Written;

use crate::App;
use crate::auth::Identity;
use crate::error::ApiError;

/// Read what became of a write.
///
/// Answers what your write with this `Idempotency-Key` was answered, once it was committed, for 24
/// hours. Watched beside other queries, it changes in the message in which they show the write.
#[utoipa::path(
    get,
    path = "/writes/{key}",
    tag = "live",
    extensions(("x-watchable" = json!(true))),
    security(("sessionToken" = [])),
    params(("key" = String, Path, description = "Its key, without the quotes", example = "8e03978e-40d5-43e8-bc93-6894a57f9324")),
    responses(
        (status = 200, description = "Status and body of the answer", content_type = "application/json",
            body = Object, example = json!({"status": 200, "body": {}})),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 404, response = super::openapi::NotFound),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn written(
    State(app): State<App>,
    identity: Identity,
    Path(key): Path<String>,
) -> Result<Json<Written>, ApiError> {
    let written = app.users.written(identity.clerk_id(), &key).await?;
    Ok(Json(written))
}
