use serde::{Deserialize, Serialize};

use crate::FieldError;

/// An error as the API answers it: a problem document of
/// [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), media type `application/problem+json`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem this is; `about:blank` when the status says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What happened this time and what to do about it.
    pub detail: String,
    /// The fields at fault, with status 422 only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}
