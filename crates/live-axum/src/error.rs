//! Why something is not watched.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use live::FromServer;

use crate::bad_request::answer;

/// Why a message, or a connection, is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status
    pub status: StatusCode,
    /// What happened and what to do, in a sentence
    pub detail: Cow<'static, str>,
}

impl Refused {
    /// A refusal with this status, and why.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            detail: detail.into(),
        }
    }

    /// The person has as many connections as they may.
    pub(crate) const TOO_MANY_STREAMS: Self = Self {
        status: StatusCode::TOO_MANY_REQUESTS,
        detail: Cow::Borrowed("Too many live queries are open. Close some first."),
    };
    /// This process has as many connections as it may.
    pub(crate) const FULL: Self = Self {
        status: StatusCode::SERVICE_UNAVAILABLE,
        detail: Cow::Borrowed("Too many live queries are open. Try again shortly."),
    };
    /// The person watches as much as they may.
    pub(crate) const TOO_MANY_WATCHES: Self = Self {
        status: StatusCode::TOO_MANY_REQUESTS,
        detail: Cow::Borrowed("Too many paths are watched. Unwatch some first."),
    };
    /// The connection waits for as many rounds as it may.
    pub(crate) const TOO_MANY_SYNCS: Self = Self {
        status: StatusCode::TOO_MANY_REQUESTS,
        detail: Cow::Borrowed("Too many syncs are not answered yet. Wait for one."),
    };
    /// A stream of live queries is being watched itself.
    pub(crate) const WATCHED: Self = Self {
        status: StatusCode::BAD_REQUEST,
        detail: Cow::Borrowed("This path cannot be watched: it is a stream itself."),
    };
    /// The path cannot be one.
    pub(crate) const BAD_PATH: Self = Self {
        status: StatusCode::BAD_REQUEST,
        detail: Cow::Borrowed("Watch the paths of this server, such as /api/users/me."),
    };
    /// The first message must say who is asking.
    pub(crate) const NO_TOKEN: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        detail: Cow::Borrowed("Say who is asking first: {\"token\": \"…\"}."),
    };
    /// The token has ended, or its key was withdrawn.
    pub(crate) const ENDED: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        detail: Cow::Borrowed("The token has expired. Connect again with a fresh one."),
    };
    /// The token is of somebody else than the connection.
    pub(crate) const ANOTHER: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        detail: Cow::Borrowed("The token is somebody else's. Open a connection of their own."),
    };
    /// The message cannot be read.
    pub(crate) const UNREADABLE: Self = Self {
        status: StatusCode::BAD_REQUEST,
        detail: Cow::Borrowed("The message is none of token, watch, unwatch and sync."),
    };

    pub(crate) fn message(&self) -> FromServer {
        FromServer::Refused {
            status: self.status.as_u16(),
            detail: self.detail.clone().into_owned(),
        }
    }
}

/// After how many seconds to try again what cannot be had now.
const RETRY_SECONDS: u64 = 1;

/// A problem document (RFC 9457).
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = answer(self.status, &self.detail);
        if matches!(self.status.as_u16(), 429 | 503) {
            let seconds = HeaderValue::from(RETRY_SECONDS);
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}
