//! What a page needs of its server before it can load Clerk.

use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::proxy::FrontendApiProxy;
use crate::settings::Settings;
use crate::verifier::SetupError;

impl Settings {
    /// Answers a GET of this path with `{"publishableKey", "proxyUrl", "jwtTemplate"}`, the latter
    /// two `null` where there is none; and serves the Frontend API proxy, if its URL is a path of this
    /// server. `use_clerk_config` of clerk-yew asks for the former.
    ///
    /// ```
    /// # fn router(settings: &clerk_axum::Settings) -> Result<axum::Router, clerk_axum::SetupError> {
    /// let router = axum::Router::new().merge(settings.page("/api/config")?);
    /// # Ok(router)
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the proxy's HTTP client cannot be set up.
    ///
    /// # Panics
    /// When the path does not begin with a slash.
    pub fn page(&self, path: &str) -> Result<Router, SetupError> {
        let config = json!({
            "publishableKey": self.publishable_key,
            "proxyUrl": self.proxy_url,
            "jwtTemplate": self.jwt_template,
        });
        let router = Router::new().route(path, get(async || Json(config)));
        Ok(match FrontendApiProxy::from_settings(self)? {
            Some(proxy) => router.nest(proxy.path(), proxy.router()),
            None => router,
        })
    }
}
