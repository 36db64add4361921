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
    /// The version as an entity tag.
    pub etag: HeaderValue,
}

impl Snapshot {
    /// There is no row.
    pub fn none(version: i64) -> Self {
        Self::new(version, None)
    }

    /// A row, or its absence, at this version.
    pub fn new(version: i64, json: Option<Bytes>) -> Self {
        Self {
            version,
            json,
            // Digits in quotes are always a valid value.
            etag: HeaderValue::try_from(quoted(version))
                .unwrap_or_else(|_| HeaderValue::from_static("\"0\"")),
        }
    }
}

/// A version as an entity tag (RFC 9110 § 8.8.3).
pub fn quoted(version: i64) -> String {
    format!("\"{version}\"")
}

impl From<Model> for Snapshot {
    fn from(row: Model) -> Self {
        let version = row.version;
        // A struct of strings and numbers always serializes.
        let json = row
            .into_user()
            .and_then(|user| serde_json::to_vec(&user).ok());
        Self::new(version, json.map(Vec::into_boxed_slice).map(Bytes::from))
    }
}
