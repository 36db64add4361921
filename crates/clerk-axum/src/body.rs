//! Bodies: bounded in size and in time, and in memory by what the app allows.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;

/// A share of something that there is only so much of, given back when it is dropped.
pub type Permit = Box<dyn Any + Send + Sync>;

/// How much there may be of something at once, as the app decides it: for a request with these
/// extensions, where the app finds the client, and this amount. Clones share it.
///
/// ```
/// use std::sync::Arc;
/// use clerk_axum::Budget;
/// use tokio::sync::Semaphore;
///
/// let bytes = Arc::new(Semaphore::new(64 * 1024 * 1024));
/// let budget = Budget::new(move |_client, amount| {
///     let permit = bytes.clone().try_acquire_many_owned(amount.try_into().ok()?);
///     Some(Box::new(permit.ok()?))
/// });
/// ```
#[derive(Clone)]
pub struct Budget(Arc<Take>);

type Take = dyn Fn(&Extensions, usize) -> Option<Permit> + Send + Sync;

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Budget(…)")
    }
}

/// Without a budget of the app's own there is no bound.
impl Default for Budget {
    fn default() -> Self {
        Self::new(|_, _| Some(Box::new(())))
    }
}

impl Budget {
    /// A budget that this function decides; none means that it would be too much.
    pub fn new(
        take: impl Fn(&Extensions, usize) -> Option<Permit> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(take))
    }

    /// A share for this request.
    pub fn take(&self, extensions: &Extensions, amount: usize) -> Option<Permit> {
        (self.0)(extensions, amount)
    }
}

/// A body in memory, with its share of what all of them may take.
pub struct Held {
    bytes: Vec<u8>,
    permit: Permit,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({} bytes)", self.bytes.len())
    }
}

impl Held {
    /// The bytes, and the share to be kept as long as they are.
    pub fn into_parts(self) -> (Vec<u8>, Permit) {
        (self.bytes, self.permit)
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// 413: it is over the limit.
    #[error("body too large")]
    TooLarge,
    /// 408: it did not come in time.
    #[error("body too slow")]
    TooSlow,
    /// 400: it broke off.
    #[error("the body broke off")]
    BrokenOff,
    /// 503: the budget is spent.
    #[error("too many bodies")]
    Busy,
}

impl BodyError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

/// Reads a body of at most `max` bytes that comes within this time. Its share of the budget, the
/// announced length or `max`, is taken before the first byte is read.
///
/// # Errors
/// As [`BodyError`] says.
pub async fn read_body(
    request: Request,
    max: usize,
    within: Duration,
    budget: &Budget,
) -> Result<Held, BodyError> {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let length = announced.unwrap_or(max);
    if length > max {
        return Err(BodyError::TooLarge);
    }
    let permit = budget.take(request.extensions(), length);
    let permit = permit.ok_or(BodyError::Busy)?;
    let mut bytes = Vec::with_capacity(announced.unwrap_or_default());
    let mut chunks = request.into_body().into_data_stream();
    let all = async {
        // Copied: a chunk keeps the whole buffer that it came in.
        while let Some(chunk) = chunks.try_next().await.map_err(|_| BodyError::BrokenOff)? {
            if chunk.len() > length - bytes.len() {
                return Err(BodyError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(())
    };
    match tokio::time::timeout(within, all).await {
        Err(_) => Err(BodyError::TooSlow),
        Ok(Err(error)) => Err(error),
        Ok(Ok(())) => Ok(Held { bytes, permit }),
    }
}
