//! Why a request is not let in.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use clerk_claims::Reverification;
use serde_json::json;

/// Seconds a client should wait when it cannot be known whether a token's key exists.
const RETRY_SECONDS: u64 = 2;

/// Why a request is not let in. As an answer it says no more than the caller may know; an app that
/// has an error type of its own turns it into that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// 401: there is no token. RFC 6750 § 3.1 wants no error code then.
    #[error("no token")]
    NoToken,
    /// 401: the token is not acceptable. The reason is for the log, not for the caller.
    #[error("token refused: {0}")]
    InvalidToken(&'static str),
    /// 401: the token is one of a machine's, where people's are wanted.
    #[error("token refused: {0} is no session token")]
    MachineToken(MachineToken),
    /// 403: the session does not meet the condition.
    #[error("the session may not do this")]
    Forbidden,
    /// 403: the person must prove again who they are; clerk-js understands the answer
    /// (<https://clerk.com/docs/guides/secure/reverification>).
    #[error("the session must be verified again")]
    ReverificationRequired(Reverification),
    /// 503: whether the key that the token names exists cannot be found out now.
    #[error("the token's key cannot be looked for now")]
    KeyUnknown,
}

/// Clerk's tokens that are no person's session
/// (<https://clerk.com/docs/guides/development/machine-auth/overview>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MachineToken {
    /// Of one machine to another: `mt_…`, or a JWT of that category.
    M2m,
    /// An API key: `ak_…`.
    ApiKey,
    /// An OAuth access token: `oat_…`, or a JWT as RFC 9068 has it.
    OAuth,
}

impl std::fmt::Display for MachineToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::M2m => "an M2M token",
            Self::ApiKey => "an API key",
            Self::OAuth => "an OAuth access token",
        })
    }
}

impl AuthError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::InvalidToken(_) | Self::MachineToken(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden | Self::ReverificationRequired(_) => StatusCode::FORBIDDEN,
            Self::KeyUnknown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The value of `WWW-Authenticate` that belongs to the answer (RFC 6750 § 3).
    pub fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::NoToken => Some("Bearer"),
            Self::InvalidToken(_) | Self::MachineToken(_) => Some("Bearer error=\"invalid_token\""),
            _ => None,
        }
    }
}

/// The answer that makes clerk-js's `useReverification` ask the person to prove again who they
/// are: 403, in the form of @clerk/backend's `reverificationErrorResponse`.
///
/// ```
/// use clerk_axum::{Reverification, reverification_required};
///
/// let answer = reverification_required(Reverification::Strict);
/// assert_eq!(answer.status(), 403);
/// ```
pub fn reverification_required(wanted: Reverification) -> Response {
    let body = json!({
        "clerk_error": {
            "type": "forbidden",
            "reason": "reverification-error",
            "metadata": { "reverification": wanted },
        }
    });
    (StatusCode::FORBIDDEN, Json(body)).into_response()
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        if let Self::ReverificationRequired(wanted) = self {
            return reverification_required(wanted);
        }
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if self == Self::KeyUnknown {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_token_is_refused_by_its_name() {
        let refused = AuthError::MachineToken(MachineToken::ApiKey);
        assert_eq!(
            refused.to_string(),
            "token refused: an API key is no session token"
        );
        assert_eq!(refused.challenge(), Some("Bearer error=\"invalid_token\""));
    }

    #[tokio::test]
    async fn the_answer_that_asks_for_reverification_is_clerks() {
        for (wanted, written) in [
            (Reverification::StrictMfa, json!("strict_mfa")),
            (
                Reverification::Custom {
                    level: clerk_claims::Level::SecondFactor,
                    after_minutes: 5,
                },
                json!({ "level": "second_factor", "afterMinutes": 5 }),
            ),
        ] {
            let answer = AuthError::ReverificationRequired(wanted).into_response();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
            let body = axum::body::to_bytes(answer.into_body(), 1024).await;
            let body: serde_json::Value =
                serde_json::from_slice(&body.expect("a body")).expect("JSON");
            assert_eq!(
                body,
                json!({ "clerk_error": {
                    "type": "forbidden", "reason": "reverification-error",
                    "metadata": { "reverification": written },
                }})
            );
        }
    }
}
