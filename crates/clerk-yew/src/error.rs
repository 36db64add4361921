//! What went wrong at Clerk.

use std::fmt;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use crate::value;

/// What kind of trouble it is, by what an app does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Clerk refused: a wrong code, a name that is taken, … The person can mend it; [`ClerkError::all`]
    /// says which field is meant.
    Refused,
    /// The browser is offline, or Clerk cannot be reached. Trying again helps.
    Offline,
    /// Nobody is signed in.
    SignedOut,
    /// The session ended or was revoked. Signing in again helps.
    SessionExpired,
    /// The person must prove once more that it is them
    /// (<https://clerk.com/docs/guides/secure/reverification>).
    ReverificationNeeded,
    /// The person was asked for that, and closed the window.
    ReverificationCancelled,
    /// The instance has no JWT template of this name. Make it in Clerk's dashboard, on the page
    /// "JWT templates".
    NoSuchTemplate,
    /// clerk-js did not load, or not in time.
    NotLoaded,
    /// Anything else, by its code and message.
    Other,
}

/// One of the reasons for which Clerk refused
/// (<https://clerk.com/docs/guides/development/errors/frontend-api>).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// Clerk's code, such as `form_code_incorrect`
    pub code: String,
    /// In a few words
    pub message: String,
    /// In a sentence for the person
    pub long_message: Option<String>,
    /// The parameter that is meant, such as `email_address`
    pub parameter: Option<String>,
}

/// What went wrong at Clerk.
///
/// Shown as text it is a sentence for the person; [`kind`](Self::kind) tells what to do,
/// [`code`](Self::code) is for code that waits for one of Clerk's errors in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClerkError(Arc<Told>);

/// Behind a pointer: what can fail is passed on in many places, and an error in few.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    kind: ErrorKind,
    code: String,
    message: String,
    status: Option<u16>,
    reasons: Vec<Reason>,
}

impl ClerkError {
    /// An error of this crate's own.
    pub(crate) fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self(Arc::new(Told {
            kind,
            code: code.to_owned(),
            message: message.into(),
            status: None,
            reasons: Vec::new(),
        }))
    }

    /// Nobody is signed in.
    pub(crate) fn signed_out() -> Self {
        Self::new(ErrorKind::SignedOut, "signed_out", "You are signed out.")
    }

    /// clerk-js has no member of this name.
    pub(crate) fn missing(member: &str) -> Self {
        Self::new(
            ErrorKind::Other,
            "missing_member",
            format!("clerk-js has no `{member}`; is it another major version?"),
        )
    }

    /// What clerk-js threw, or what stands in the `error` of its answer.
    pub(crate) fn thrown(thrown: &JsValue) -> Self {
        let reasons: Vec<Reason> = value::items(thrown, "errors")
            .map(|it| Reason::new(&it))
            .collect();
        let status = value::number(thrown, "status");
        // Clerk's statuses are small whole numbers.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let status = status.map(|status| status as u16);
        let first = reasons.first();
        let code = first
            .map(|it| it.code.clone())
            .or_else(|| value::string(thrown, "code"))
            .unwrap_or_else(|| "unknown".to_owned());
        let message = first
            .map(|it| {
                it.long_message
                    .clone()
                    .unwrap_or_else(|| it.message.clone())
            })
            .or_else(|| value::string(thrown, "message"))
            .or_else(|| thrown.as_string())
            .unwrap_or_else(|| "Unknown error".to_owned());
        Self(Arc::new(Told {
            kind: kind(&code, status, !reasons.is_empty()),
            code,
            message,
            status,
            reasons,
        }))
    }

    /// The same error, known to be of this kind by where it came from.
    #[must_use]
    pub(crate) fn of_kind(self, kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Told {
            kind,
            message: message.into(),
            ..(*self.0).clone()
        }))
    }

    /// What kind of trouble it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Clerk's code, such as `form_code_incorrect`; the first one where there are several.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The HTTP status of Clerk's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Every reason that Clerk gave; none when the request did not reach it.
    pub fn all(&self) -> &[Reason] {
        &self.0.reasons
    }

    /// What Clerk says of this parameter, such as `email_address`.
    pub fn of(&self, parameter: &str) -> Option<&Reason> {
        self.0
            .reasons
            .iter()
            .find(|it| it.parameter.as_deref() == Some(parameter))
    }
}

impl fmt::Display for ClerkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for ClerkError {}

impl Reason {
    /// One of clerk-js's reasons.
    pub(crate) fn new(error: &JsValue) -> Self {
        Self {
            code: value::string(error, "code").unwrap_or_default(),
            message: value::string(error, "message").unwrap_or_default(),
            long_message: value::string(error, "longMessage"),
            parameter: value::string(&value::get(error, "meta"), "paramName"),
        }
    }
}

/// The kind of an error, by the codes of Clerk's Frontend API and of clerk-js.
fn kind(code: &str, status: Option<u16>, refused: bool) -> ErrorKind {
    match code {
        "clerk_offline" | "network_error" => ErrorKind::Offline,
        "reverification_cancelled" => ErrorKind::ReverificationCancelled,
        "session_reverification_required" => ErrorKind::ReverificationNeeded,
        "authentication_invalid" | "session_not_found" | "client_not_found" | "signed_out" => {
            ErrorKind::SessionExpired
        }
        _ if status == Some(401) => ErrorKind::SessionExpired,
        _ if refused => ErrorKind::Refused,
        _ => ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_follows_from_code_and_status() {
        for (code, status, refused, expected) in [
            ("form_code_incorrect", Some(422), true, ErrorKind::Refused),
            ("clerk_offline", None, false, ErrorKind::Offline),
            ("network_error", None, false, ErrorKind::Offline),
            (
                "reverification_cancelled",
                None,
                false,
                ErrorKind::ReverificationCancelled,
            ),
            (
                "session_reverification_required",
                Some(403),
                true,
                ErrorKind::ReverificationNeeded,
            ),
            ("signed_out", Some(401), true, ErrorKind::SessionExpired),
            ("something_new", Some(401), true, ErrorKind::SessionExpired),
            ("unknown", None, false, ErrorKind::Other),
        ] {
            assert_eq!(kind(code, status, refused), expected, "{code}");
        }
    }

    #[test]
    fn it_reads_as_its_message() {
        let error = ClerkError::signed_out();
        assert_eq!(error.to_string(), "You are signed out.");
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::SignedOut, "signed_out")
        );
        assert!(error.all().is_empty() && error.of("email_address").is_none());
    }
}
