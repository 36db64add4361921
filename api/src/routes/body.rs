//! Bodies: bounded in size and in time.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A body of at most `MAX` bytes.
pub struct Body<const MAX: usize>(pub Bytes);

impl<const MAX: usize, S: Sync> FromRequest<S> for Body<MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let announced = request.headers().get(CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > MAX) {
            return Err(ApiError::BodyTooLarge);
        }
        // One more, to tell a body that is too large from one that breaks off.
        let read = to_bytes(request.into_body(), MAX + 1);
        match tokio::time::timeout(BODY_TIMEOUT, read).await {
            Err(_) => Err(ApiError::BodyTooSlow),
            Ok(Ok(body)) if body.len() <= MAX => Ok(Self(body)),
            Ok(Ok(_)) => Err(ApiError::BodyTooLarge),
            Ok(Err(error)) if is_length_limit(&error) => Err(ApiError::BodyTooLarge),
            Ok(Err(_)) => Err(ApiError::MalformedJson),
        }
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("limit"))
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
