//! Bodies: bounded in size, in time, and all of them together in memory.

use std::net::IpAddr;
use std::ops::Deref;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;

use crate::App;
use crate::client::Client;
use crate::error::ApiError;
use crate::shares::Share;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A body of at most `MAX` bytes.
pub struct Body<const MAX: usize>(pub Held);

/// A body in memory, with its share of what all of them may take.
pub struct Held {
    bytes: Vec<u8>,
    share: Share<IpAddr>,
}

impl Held {
    /// The bytes, and the share to be kept as long as they are.
    pub fn into_parts(self) -> (Vec<u8>, Share<IpAddr>) {
        (self.bytes, self.share)
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<const MAX: usize> FromRequest<App> for Body<MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        read(app, request, MAX, BODY_TIMEOUT).await.map(Self)
    }
}

/// Reads a body of at most `max` bytes that comes within this time. Its share of the memory is
/// taken before the first byte is read.
///
/// # Errors
/// [`ApiError::BodyTooLarge`], [`ApiError::BodyTooSlow`], [`ApiError::MalformedJson`] when it
/// breaks off, [`ApiError::Busy`] when there are too many already.
pub async fn read(
    app: &App,
    request: Request,
    max: usize,
    within: Duration,
) -> Result<Held, ApiError> {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let length = announced.unwrap_or(max);
    if length > max {
        return Err(ApiError::BodyTooLarge);
    }
    let network = request.extensions().get().map(Client::network);
    let share = app.bodies.take(network, length);
    let share = share.ok_or(ApiError::Busy("bodies"))?;
    let mut bytes = Vec::with_capacity(announced.unwrap_or_default());
    let mut chunks = request.into_body().into_data_stream();
    let all = async {
        // Copied: a chunk keeps the whole buffer that it came in.
        while let Some(chunk) = chunks
            .try_next()
            .await
            .map_err(|_| ApiError::MalformedJson)?
        {
            if chunk.len() > length - bytes.len() {
                return Err(ApiError::BodyTooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(())
    };
    match tokio::time::timeout(within, all).await {
        Err(_) => Err(ApiError::BodyTooSlow),
        Ok(Err(error)) => Err(error),
        Ok(Ok(())) => Ok(Held { bytes, share }),
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
