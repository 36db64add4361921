//! Bodies: bounded in size, in time, and all of them together in memory.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use clerk_axum::{Held, read_body};
use serde::de::DeserializeOwned;

use crate::App;
use crate::error::ApiError;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A body of at most `MAX` bytes.
pub struct Body<const MAX: usize>(pub Held);

impl<const MAX: usize> FromRequest<App> for Body<MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let body = read_body(request, MAX, BODY_TIMEOUT, &app.bodies).await?;
        Ok(Self(body))
    }
}

/// The body as a JSON object, whose media type must say so (parameters aside).
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case("application/json") {
        return Err(ApiError::UnsupportedMediaType);
    }
    // serde would also take the fields from an array, in order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(ApiError::MalformedJson);
    }
    serde_json::from_slice(body).map_err(|_| ApiError::MalformedJson)
}
