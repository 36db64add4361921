//! Requests that cannot be served as they are.

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use live::BadParams;
use serde_json::{Value, json};

/// What is wrong with a request. As an answer it is a problem document (RFC 9457); an app that
/// words its errors in another way makes its own of it (`From<BadRequest>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// 400: the address lacks a parameter, or has one that is none.
    Params(BadParams),
    /// 400: the path is no UTF-8.
    Path,
    /// 400: the body is no JSON.
    Malformed,
    /// 400: `Idempotency-Key` is no string in quotes of at most 255 characters.
    IdempotencyKey,
    /// 408: the body did not come in time.
    TooSlow,
    /// 412: what is written to is not as `If-Match` wants it.
    Changed,
    /// 413: the body is over the limit.
    TooLarge,
    /// 415: the body is not declared as JSON.
    MediaType,
    /// 422: the body is JSON, and says something else than is asked for.
    Input(String),
    /// 422: the `Idempotency-Key` was used for another request.
    KeyReused,
}

impl BadRequest {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Params(_) | Self::Path | Self::Malformed | Self::IdempotencyKey => {
                StatusCode::BAD_REQUEST
            }
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Input(_) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// What happened and what to do, in a sentence or two.
impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Params(error) => return error.fmt(f),
            Self::Input(error) => return write!(f, "The body is not what is asked for: {error}."),
            Self::Path => "The path is not UTF-8.",
            Self::Malformed => "The body must be JSON.",
            Self::IdempotencyKey => {
                "Idempotency-Key must be a string in quotes of at most 255 characters."
            }
            Self::TooSlow => "The body did not arrive in time.",
            Self::Changed => "It is not as If-Match requires. Read it again.",
            Self::TooLarge => "The body is too large.",
            Self::MediaType => "Send the body as Content-Type: application/json.",
            Self::KeyReused => "This Idempotency-Key was used for another request. Take a new one.",
        })
    }
}

impl std::error::Error for BadRequest {}

impl IntoResponse for BadRequest {
    fn into_response(self) -> Response {
        answer(self.status(), &self.to_string())
    }
}

/// A problem document.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Value {
    json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    })
}

/// A problem document as an answer.
pub(crate) fn answer(status: StatusCode, detail: &str) -> Response {
    let kind = HeaderValue::from_static("application/problem+json");
    (
        status,
        [(CONTENT_TYPE, kind)],
        Json(problem(status, detail)),
    )
        .into_response()
}
