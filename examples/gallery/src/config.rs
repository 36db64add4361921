//! What the server tells the page about Clerk.

use gloo_net::http::Request;
use serde::Deserialize;

/// The members of `/api/config` that this page needs.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Clerk's publishable key.
    pub publishable_key: String,
    /// Where the page reaches Clerk's Frontend API, if not at its own host.
    pub proxy_url: Option<String>,
}

impl Config {
    /// Asks the server.
    pub async fn fetch() -> Result<Self, gloo_net::Error> {
        Request::get("/api/config").send().await?.json().await
    }
}
