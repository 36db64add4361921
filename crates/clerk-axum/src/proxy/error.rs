//! Why a request is not passed on.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::body::BodyError;

/// Why a request is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// 404: the path is not the Frontend API's, or there is a secret key in the request.
    #[error("not the Frontend API")]
    NotFrontendApi,
    /// 405: clerk-js sends GET and POST only.
    #[error("wrong method")]
    MethodNotAllowed,
    /// The body cannot be read.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// 503: the budget of exchanges is spent.
    #[error("too many exchanges with the Frontend API")]
    Busy,
    /// 502: the Frontend API does not answer, or too much.
    #[error("Frontend API unreachable")]
    BadGateway,
}

impl ProxyError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFrontendApi => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Body(error) => error.status(),
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
        }
    }
}

impl IntoResponse for ProxyError {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}
