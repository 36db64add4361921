//! Why there is no answer.

use std::fmt;

use live::Outcome;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What a server answered instead of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status
    pub status: u16,
    /// The body, such as a problem document (RFC 9457)
    pub body: String,
}

/// What of a problem document people can read.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Failure {
    /// The body as this type, if it is one.
    pub fn body<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

impl From<Outcome> for Failure {
    fn from(outcome: Outcome) -> Self {
        Self {
            status: outcome.status,
            body: outcome.body,
        }
    }
}

impl fmt::Display for Failure {
    /// The `detail` of a problem document, or else the body, if it is a string.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(problem) = self.body::<Problem>() {
            return f.write_str(&problem.detail);
        }
        let text = self.body::<String>();
        let text = text.unwrap_or_else(|| self.body.clone());
        if text.is_empty() || text.starts_with(['{', '<']) {
            return write!(f, "The server answered {}.", self.status);
        }
        f.write_str(&text)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_what_the_server_wrote_for_them() {
        for (body, read) in [
            (r#"{"detail":"Not yours.","status":403}"#, "Not yours."),
            ("\"Not yours.\"", "Not yours."),
            ("Not yours.", "Not yours."),
            ("", "The server answered 403."),
            ("<html>", "The server answered 403."),
        ] {
            let failure = Failure {
                status: 403,
                body: body.into(),
            };
            assert_eq!(failure.to_string(), read);
        }
    }
}
