//! A person's row at one moment, ready to be sent.

use axum::body::Bytes;
use axum::http::HeaderValue;

use super::entity::Model;

/// What there is to see of one person at one moment. Made once for each version of a row, then
/// shared by every answer and every stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Grows with every change; 0 before the row exists.
    pub version: i64,
    /// The [`shared::User`] as JSON; none before the row exists and after it was deleted.
    pub json: Option<Bytes>,
}

impl Snapshot {
    /// There is no row.
    pub const fn none(version: i64) -> Self {
        Self {
            version,
            json: None,
        }
    }

    /// The version as an entity tag (RFC 9110 § 8.8.3).
    pub fn etag(&self) -> HeaderValue {
        // Digits in quotes are always a valid value.
        HeaderValue::from_str(&quoted(self.version))
            .unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
    }
}

/// A version as an entity tag.
pub fn quoted(version: i64) -> String {
    format!("\"{version}\"")
}

impl From<Model> for Snapshot {
    fn from(row: Model) -> Self {
        Self {
            version: row.version,
            // A struct of strings and numbers always serializes.
            json: row
                .into_user()
                .and_then(|user| serde_json::to_vec(&user).ok())
                .map(Bytes::from),
        }
    }
}
