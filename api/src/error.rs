//! The one error type of the API: what went wrong, as a problem document (RFC 9457).

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::{FieldError, Problem};

/// Seconds a client should wait when the database or the key server is away.
const RETRY_SECONDS: &str = "2";

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// 401: there is no bearer token. RFC 6750 § 3.1 wants no error code then.
    #[error("no token")]
    NoToken,
    /// 401: the token is not acceptable. The reason is for the log, not for the caller.
    #[error("token refused: {0}")]
    InvalidToken(&'static str),
    /// 403: the row belongs to somebody else, or to nobody.
    #[error("not the caller's row")]
    Forbidden,
    /// 404: the caller has no row yet.
    #[error("no row yet")]
    NoUser,
    /// 404: no such API path.
    #[error("no such path")]
    NoRoute,
    /// 405: the path does not take this method.
    #[error("wrong method")]
    MethodNotAllowed,
    /// 410: the person was deleted and does not come back.
    #[error("the person was deleted")]
    Deleted,
    /// 412: the row's version is not the one in `If-Match`.
    #[error("the row has changed")]
    PreconditionFailed,
    /// 400: the body is no JSON object.
    #[error("malformed JSON")]
    MalformedJson,
    /// 413: the body is over the limit.
    #[error("body too large")]
    BodyTooLarge,
    /// 415: the body is not declared as JSON.
    #[error("wrong content type")]
    UnsupportedMediaType,
    /// 422: fields that break the rules of validation.
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    /// 502: the Frontend API behind the proxy does not answer.
    #[error("Frontend API unreachable")]
    BadGateway,
    /// 503: the keys that verify tokens have not been fetched yet.
    #[error("no verification keys")]
    NoKeys,
    /// 503: the database does not answer.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::InvalidToken(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoUser | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Deleted => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::MalformedJson => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::NoKeys | Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn detail(&self) -> &'static str {
        match self {
            Self::NoToken => "Send a Clerk session token: Authorization: Bearer <token>.",
            Self::InvalidToken(_) => "The token is not valid or has expired. Get a fresh one.",
            Self::Forbidden => "You can only see and change your own row.",
            Self::NoUser => "You have no row yet. POST /api/users creates it.",
            Self::NoRoute => "There is nothing at this path.",
            Self::MethodNotAllowed => "This path does not take this method.",
            Self::Deleted => "This account was deleted.",
            Self::PreconditionFailed => "The row has changed since you read it. Read it again.",
            Self::MalformedJson => "The body must be a JSON object of strings.",
            Self::BodyTooLarge => "The body must not exceed 16 KiB.",
            Self::UnsupportedMediaType => "Send the body as Content-Type: application/json.",
            Self::Invalid(_) => "Some fields are not valid.",
            Self::BadGateway => "The sign-in service does not answer. Try again shortly.",
            Self::NoKeys | Self::Database(_) => {
                "The service is temporarily unavailable. Try again shortly."
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match &self {
            Self::InvalidToken(_) => tracing::debug!("{self}"),
            Self::Database(_) | Self::NoKeys | Self::BadGateway => tracing::error!("{self}"),
            _ => {}
        }
        let status = self.status();
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: self.detail().to_owned(),
            errors: Vec::new(),
        };
        let challenge = match &self {
            Self::NoToken => Some("Bearer"),
            Self::InvalidToken(_) => Some("Bearer error=\"invalid_token\""),
            _ => None,
        };
        let problem = match self {
            Self::Invalid(errors) => Problem { errors, ..problem },
            _ => problem,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
        }
        response
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::BodyTooLarge
        } else {
            Self::MalformedJson
        }
    }
}
