use serde::{Deserialize, Serialize};

/// What the page must know before it can load Clerk: the answer of `GET /api/config`.
///
/// It is fetched at run time, so that one build of the page serves every environment.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageConfig {
    /// Clerk's publishable key, `pk_test_…` or `pk_live_…`.
    pub publishable_key: String,
    /// Clerk's Frontend API proxy, absolute or a path of this origin; none: Clerk's own host.
    pub proxy_url: Option<String>,
    /// The JWT template to ask tokens for; none: plain session tokens.
    pub jwt_template: Option<String>,
}
