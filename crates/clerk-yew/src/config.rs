//! What a page needs before it can load Clerk, if the server has it.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Response, window};
use yew::prelude::*;

use crate::js;

/// How long to wait after the first failure, and the longest pause, in milliseconds.
const PAUSE: u32 = 1_000;
const PAUSE_MAX: u32 = 30_000;

/// What a page needs before it can load Clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClerkConfig {
    /// Clerk's publishable key
    pub publishable_key: AttrValue,
    /// Where the Frontend API is, if not at its own host
    pub proxy_url: Option<AttrValue>,
    /// The JWT template of the page's tokens
    pub jwt_template: Option<AttrValue>,
}

/// Asks the server for what [`ClerkProvider`](crate::ClerkProvider) needs, so that the same build of the
/// page runs against any Clerk instance; none until it answers: it is asked again until it does.
///
/// The answer is `{"publishableKey", "proxyUrl", "jwtTemplate"}`, as `Settings::page` of clerk-axum
/// gives it.
///
/// ```
/// use clerk_yew::{ClerkProvider, SignInButton, use_clerk_config};
/// use yew::prelude::*;
///
/// #[component]
/// fn App() -> Html {
///     let Some(config) = use_clerk_config("/api/config") else {
///         return html! { "Loading…" };
///     };
///     html! {
///         <ClerkProvider publishable_key={config.publishable_key} proxy_url={config.proxy_url}>
///             <SignInButton />
///         </ClerkProvider>
///     }
/// }
/// ```
#[hook]
pub fn use_clerk_config(url: &'static str) -> Option<ClerkConfig> {
    let config = use_state(|| None);
    let setter = config.setter();
    use_effect_with(url, move |url| {
        let url = *url;
        spawn_local(async move {
            let mut pause = PAUSE;
            let config = loop {
                if let Some(config) = clerk_config(url).await {
                    break config;
                }
                TimeoutFuture::new(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            };
            setter.set(Some(config));
        });
    });
    (*config).clone()
}

/// Asks for it once, for apps that ask again in their own way; none when the server does not answer as it
/// should.
pub async fn clerk_config(url: &str) -> Option<ClerkConfig> {
    let response = window()?.fetch_with_str(url);
    let response: Response = JsFuture::from(response).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    // Read by the browser: a reader of JSON of our own would be some kilobytes.
    let config = JsFuture::from(response.json().ok()?).await.ok()?;
    let text = |name| js::string(&config, name).map(AttrValue::from);
    Some(ClerkConfig {
        publishable_key: text("publishableKey")?,
        proxy_url: text("proxyUrl"),
        jwt_template: text("jwtTemplate"),
    })
}
