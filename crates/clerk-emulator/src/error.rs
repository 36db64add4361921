//! Errors in Clerk's shape (<https://clerk.com/docs/guides/development/errors/overview>).

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::id;

/// An error as Clerk answers it. The prebuilt UI acts on `code` and places the message at the
/// field named in `meta.param_name`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {}", .0.code, .0.long_message)]
pub struct ClerkError(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    message: String,
    long_message: String,
    meta: Value,
    counts: bool,
}

impl ClerkError {
    /// An error whose short and long message are the same.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Parts {
            status,
            code,
            long_message: message.clone(),
            message,
            meta: json!({}),
            counts: false,
        }))
    }

    /// 422 at a field of the form.
    pub fn at(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
            .meta(json!({ "param_name": param }))
    }

    /// 422: a field that is needed is not there.
    pub fn missing(param: &str) -> Self {
        let mut error = Self::at(
            param,
            "form_param_missing",
            format!("{param} must be included."),
        );
        "is missing".clone_into(&mut error.0.message);
        error
    }

    /// 422: a field that is not one of this instance's forms.
    pub fn unknown(param: &str) -> Self {
        let mut error = Self::at(
            param,
            "form_param_unknown",
            format!("{param} is not a valid parameter for this request."),
        );
        "is unknown".clone_into(&mut error.0.message);
        error
    }

    /// 422: a field's value cannot be used.
    pub fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::at(param, "form_param_value_invalid", message)
    }

    /// 422: the proof asked for is not one that the person can give.
    pub fn invalid_strategy() -> Self {
        Self::at(
            "strategy",
            "strategy_for_user_invalid",
            "The verification strategy is not valid for this account.",
        )
    }

    /// 400: what is proven needs no further proof.
    pub fn already_verified() -> Self {
        Self::bad(
            "verification_already_verified",
            "This verification has already been verified.",
        )
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

    /// 400: the page's publishable key is another instance's. No 401: after one clerk-js would try
    /// again and say only that it failed.
    pub fn wrong_publishable_key(right: &str) -> Self {
        Self::bad(
            "publishable_key_invalid",
            format!(
                "This page's publishable key belongs to another instance. The emulator's is \
                 {right}."
            ),
        )
    }

    /// 401: there is no such session, or it has ended.
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "You are signed out.",
        )
    }

    /// 403: known, but not allowed.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "authorization_invalid", message)
    }

    /// 403: the instance's settings have it switched off.
    pub fn disabled(feature: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "feature_not_enabled",
            format!("{feature} is not enabled for this instance. Enable it in the settings."),
        )
    }

    /// 400 with a code of its own.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 500: the emulator itself failed.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "internal error");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_clerk_error",
            "The emulator failed. See its log for the reason.",
        )
    }

    /// Whether the emulator itself failed.
    pub fn is_internal(&self) -> bool {
        self.0.status == StatusCode::INTERNAL_SERVER_ERROR
    }

    /// With more for machines.
    pub fn meta(mut self, meta: Value) -> Self {
        self.0.meta = meta;
        self
    }

    /// What was written before the error stays: a wrong guess must count.
    pub fn counts(mut self) -> Self {
        self.0.counts = true;
        self
    }

    /// Whether what was written stays.
    pub fn does_count(&self) -> bool {
        self.0.counts
    }

    /// Clerk's code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The error inside another resource, such as a verification.
    pub fn as_part(&self) -> (String, String) {
        (self.0.code.to_owned(), self.0.long_message.clone())
    }

    /// The answer's body.
    pub fn body(&self) -> Value {
        let parts = &self.0;
        json!({
            "errors": [{
                "code": parts.code,
                "message": parts.message,
                "long_message": parts.long_message,
                "meta": parts.meta,
            }],
            "clerk_trace_id": id::hex(),
        })
    }
}

impl IntoResponse for ClerkError {
    fn into_response(self) -> Response {
        let mut response = json_response(self.0.status, &self.body());
        if self.0.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = self.0.meta["retry_after"].as_u64().unwrap_or(1);
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// JSON with exactly the content type that Clerk's server SDKs compare with.
pub fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // It is the state of this moment, and often one person's.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
