//! What the page needs before it can load Clerk. Read by the browser: a reader of JSON of our own
//! costs some kilobytes, which only those who are signed in need.

use js_sys::Reflect;
use shared::PageConfig;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, window};

/// Asks the API for it; none when it does not answer as it should.
pub async fn page_config() -> Option<PageConfig> {
    let response = window()?.fetch_with_str("/api/config");
    let response: Response = JsFuture::from(response).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let config = JsFuture::from(response.json().ok()?).await.ok()?;
    let text = |name: &str| Reflect::get(&config, &name.into()).ok()?.as_string();
    Some(PageConfig {
        publishable_key: text("publishableKey")?,
        proxy_url: text("proxyUrl"),
        jwt_template: text("jwtTemplate"),
    })
}
