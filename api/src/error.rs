//! The one error type of the API: what went wrong, as a problem document (RFC 9457).

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use clerk_axum::proxy::ProxyError;
use clerk_axum::webhook::WebhookError;
use clerk_axum::{AuthError, BodyError};
use live_axum::{BadRequest, Refused};
use shared::{FieldError, Problem};

use crate::db::{Lost, Slow};

/// Seconds a client should wait when the database or the key server is away.
const RETRY_SECONDS: u64 = 2;

/// What a client is told that may come again.
const UNAVAILABLE: &str = "The service is temporarily unavailable. Try again shortly.";

/// Why a request was not served.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// 401, 403 or 503: no good token, or nobody can tell.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// 400: there is no `Host`, more than one, or one that names no host.
    #[error("no, several or a malformed Host")]
    BadHost,
    /// 421: the request is for another host than this server is.
    #[error("called by a name that is not this server's")]
    WrongHost,
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
    /// 412: the row is not as `If-Match` or `If-None-Match` want it.
    #[error("a precondition does not hold")]
    PreconditionFailed,
    /// 400: the body is no JSON object.
    #[error("malformed JSON")]
    MalformedJson,
    /// 413: the body is over the limit.
    #[error("body too large")]
    BodyTooLarge,
    /// 408: the body did not come in time.
    #[error("body too slow")]
    BodyTooSlow,
    /// 415: the body is not declared as JSON.
    #[error("wrong content type")]
    UnsupportedMediaType,
    /// 422: fields that break the rules of validation.
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    /// 400: a webhook without a valid signature, or too old.
    #[error("webhook refused: {0}")]
    WebhookRefused(&'static str),
    /// 429: this identity or address asks too often.
    #[error("too many requests")]
    TooManyRequests {
        /// Seconds until it may ask again.
        retry_after: u64,
    },
    /// 4xx or 503: a live query that is not begun, or not gone on with.
    #[error("live query refused: {}", .0.detail)]
    Live(Refused),
    /// 500: a bug in this server.
    #[error("a handler panicked")]
    Panicked,
    /// 502: the Frontend API behind the proxy does not answer.
    #[error("Frontend API unreachable")]
    BadGateway,
    /// 503: there are no keys that verify tokens.
    #[error("no verification keys")]
    NoKeys,
    /// 503: no secret to verify webhooks with is configured.
    #[error("CLERK_WEBHOOK_SIGNING_SECRET is not set")]
    WebhooksOff,
    /// 503: as much of this goes on as there may.
    #[error("too much at once: {0}")]
    Busy(&'static str),
    /// 503: no live query of the request can be read now.
    #[error("no live query could be read")]
    NothingRead,
    /// 503: the process stops.
    #[error("stopping")]
    Stopping,
    /// 404: no write with this key was committed.
    #[error("no write with this key")]
    NoWrite,
    /// 400 or 422: the request's key is malformed, or was used for another request.
    #[error(transparent)]
    Bad(#[from] BadRequest),
    /// 503: the database does not answer.
    #[error("database: {0}")]
    Database(Arc<sea_orm::DbErr>),
    /// 503: it does not answer in time.
    #[error(transparent)]
    DatabaseSlow(#[from] Slow),
    /// 503: its file is not the one that was opened.
    #[error(transparent)]
    DatabaseLost(#[from] Lost),
}

impl From<sea_orm::DbErr> for ApiError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::BodyTooLarge,
            BodyError::TooSlow => Self::BodyTooSlow,
            BodyError::Busy => Self::Busy("bodies"),
            _ => Self::MalformedJson,
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        Self::Live(refused)
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::new(error.status(), error.detail().into_owned())
    }
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Refused(reason) => Self::WebhookRefused(reason),
            WebhookError::Body(error) => error.into(),
            _ => Self::WebhookRefused("for a reason of its own"),
        }
    }
}

impl From<ProxyError> for ApiError {
    fn from(error: ProxyError) -> Self {
        match error {
            ProxyError::NotFrontendApi => Self::NoRoute,
            ProxyError::MethodNotAllowed => Self::MethodNotAllowed,
            ProxyError::Body(error) => error.into(),
            ProxyError::Busy => Self::Busy("exchanges with the Frontend API"),
            _ => Self::BadGateway,
        }
    }
}

/// Why a request was not served, for the log: kept with the answer.
#[derive(Clone, Debug)]
pub struct Reason(pub Arc<ApiError>);

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Auth(error) => error.status(),
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoUser | Self::NoRoute | Self::NoWrite => StatusCode::NOT_FOUND,
            Self::Bad(bad) => bad.status(),
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Deleted => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::BadHost | Self::MalformedJson | Self::WebhookRefused(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Live(refused) => refused.status,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::NoKeys
            | Self::WebhooksOff
            | Self::Busy(_)
            | Self::NothingRead
            | Self::Stopping
            | Self::Database(_)
            | Self::DatabaseSlow(_)
            | Self::DatabaseLost(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn detail(&self) -> Cow<'_, str> {
        if let Self::Bad(bad) = self {
            return bad.to_string().into();
        }
        self.sentence().into()
    }

    fn sentence(&self) -> &str {
        match self {
            Self::Bad(_) => "The request cannot be served as it is.",
            Self::NoWrite => "No write with this key was committed.",
            Self::Auth(error) => auth_detail(*error),
            Self::BadHost => "Send one Host header that names a host.",
            Self::WrongHost => {
                "This server does not answer to this name. CLERK_AUTHORIZED_PARTIES names the page's origins."
            }
            Self::Forbidden => "You can only see and change your own row.",
            Self::NoUser => "You have no row yet. POST /api/users creates it.",
            Self::NoRoute => "There is nothing at this path.",
            Self::MethodNotAllowed => "This path does not support this method.",
            Self::Deleted => "This account was deleted.",
            Self::PreconditionFailed => {
                "The row is not as If-Match or If-None-Match require. Read it again."
            }
            Self::MalformedJson => "The body must be a JSON object of strings.",
            Self::BodyTooLarge => "The body is too large.",
            Self::BodyTooSlow => "The body did not arrive in time.",
            Self::WebhookRefused(_) => {
                "The signature is not valid, or the timestamp is too far off."
            }
            Self::TooManyRequests { .. } => "Too many requests. Wait before the next one.",
            Self::Live(refused) => &refused.detail,
            Self::Panicked => "Something went wrong on our side.",
            Self::WebhooksOff => "Webhooks are not configured. Set CLERK_WEBHOOK_SIGNING_SECRET.",
            Self::UnsupportedMediaType => "Send the body as Content-Type: application/json.",
            Self::Invalid(_) => "Some fields are not valid.",
            Self::BadGateway => "The sign-in service is not responding. Try again shortly.",
            Self::DatabaseLost(_) => "The database file was removed, replaced or emptied.",
            Self::NoKeys
            | Self::Busy(_)
            | Self::NothingRead
            | Self::Stopping
            | Self::Database(_)
            | Self::DatabaseSlow(_) => UNAVAILABLE,
        }
    }
}

/// What the caller of a request without good token is told.
fn auth_detail(error: AuthError) -> &'static str {
    match error {
        AuthError::NoToken => "Send a Clerk session token: Authorization: Bearer <token>.",
        _ if error.status() == StatusCode::UNAUTHORIZED => {
            "The token is not valid or has expired. Get a fresh one."
        }
        _ if error.status() == StatusCode::FORBIDDEN => "Your session may not do this.",
        _ => UNAVAILABLE,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: self.detail().into_owned(),
            errors: match &self {
                Self::Invalid(errors) => errors.clone(),
                _ => Vec::new(),
            },
        };
        let challenge = match &self {
            Self::Auth(error) => error.challenge(),
            _ => None,
        };
        let retry_after = match &self {
            Self::TooManyRequests { retry_after } => Some(*retry_after),
            _ if status == StatusCode::TOO_MANY_REQUESTS => Some(RETRY_SECONDS),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_SECONDS),
            _ => None,
        };
        let mut response = (status, Json(problem)).into_response();
        response.extensions_mut().insert(Reason(Arc::new(self)));
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
