//! Errors in Clerk's shape (<https://clerk.com/docs/guides/development/errors/overview>).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::id;

/// An error as the Frontend API answers it. The prebuilt UI acts on `code` and places the
/// message at the field `param`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {long_message}")]
pub struct ClerkError {
    status: StatusCode,
    code: &'static str,
    message: String,
    long_message: String,
    param: Option<&'static str>,
}

impl ClerkError {
    /// An error whose short and long message are the same.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            code,
            long_message: message.clone(),
            message,
            param: None,
        }
    }

    /// 422 at a field of the form.
    pub fn at(param: &'static str, code: &'static str, message: &str) -> Self {
        Self {
            param: Some(param),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
        }
    }

    /// 404: the resource does not exist or belongs to another client.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resource_not_found",
            format!("{what} was not found."),
        )
    }

    /// 401: the browser is unknown; clerk-js asks for a new one then.
    pub fn browser_unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "dev_browser_unauthenticated",
            "Unable to authenticate this browser for your development instance.",
        )
    }

    /// 401: there is no such session; clerk-js signs the page out then.
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "You are signed out.",
        )
    }

    /// 500: the emulator itself failed.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "internal error");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_clerk_error",
            "The emulator failed. Its log says why.",
        )
    }
}

impl IntoResponse for ClerkError {
    fn into_response(self) -> Response {
        let meta = match self.param {
            Some(param) => json!({ "param_name": param }),
            None => json!({}),
        };
        let body = json!({
            "errors": [{
                "code": self.code,
                "message": self.message,
                "long_message": self.long_message,
                "meta": meta,
            }],
            "clerk_trace_id": id::hex(),
        });
        (self.status, Json(body)).into_response()
    }
}
