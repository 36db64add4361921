//! Clerk's two scripts: where they come from, and how they get into the page.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures_util::future::{Either, select};
use futures_util::task::AtomicWaker;
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlScriptElement, window};

use crate::machine::LoadError;

/// How long the scripts may take, in milliseconds, as in Clerk's own SDKs.
const TIMEOUT: u32 = 15_000;

/// One of the two scripts.
struct Script {
    /// The global that it defines.
    global: &'static str,
    /// Its path below `/npm/`. The major versions are those this crate is written for.
    path: &'static str,
}

const SCRIPTS: [Script; 2] = [
    Script {
        global: "Clerk",
        path: "@clerk/clerk-js@6/dist/clerk.browser.js",
    },
    Script {
        global: UI_CONSTRUCTOR,
        path: "@clerk/ui@1/dist/ui.browser.js",
    },
];

/// The global by which the prebuilt UI is handed to clerk-js.
pub const UI_CONSTRUCTOR: &str = "__internal_ClerkUICtor";

/// A global of the page, if it is defined.
pub fn global(name: &str) -> Option<JsValue> {
    let value = Reflect::get(&window()?.into(), &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Puts the scripts into the page, both at once, and waits for them. After a failure they are
/// taken out again, so that the next attempt starts afresh.
pub async fn load(publishable_key: &str, proxy_url: Option<&str>) -> Result<(), LoadError> {
    let base = base_url(publishable_key, proxy_url)
        .ok_or_else(|| LoadError::Clerk("the publishable key is not one of Clerk's".to_owned()))?;
    let pending: Vec<Inserted> = SCRIPTS
        .iter()
        .filter(|script| global(script.global).is_none())
        .map(|script| {
            Inserted::new(
                &format!("{base}/npm/{}", script.path),
                publishable_key,
                proxy_url,
            )
        })
        .collect::<Option<_>>()
        .ok_or(LoadError::Script)?;
    let arrival = Box::pin(futures_util::future::try_join_all(
        pending.iter().map(Inserted::arrival),
    ));
    match select(arrival, TimeoutFuture::new(TIMEOUT)).await {
        Either::Left((Ok(_), _)) => {
            pending.iter().for_each(Inserted::keep);
            Ok(())
        }
        Either::Left((Err(error), _)) => Err(error),
        Either::Right(_) => Err(LoadError::Timeout),
    }
}

/// The Frontend API as URL: the proxy, or the host in the publishable key.
fn base_url(publishable_key: &str, proxy_url: Option<&str>) -> Option<String> {
    if let Some(proxy_url) = proxy_url {
        return Some(proxy_url.trim_end_matches('/').to_owned());
    }
    let encoded = publishable_key
        .strip_prefix("pk_test_")
        .or_else(|| publishable_key.strip_prefix("pk_live_"))?;
    let decoded = STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
    let host = String::from_utf8(decoded).ok()?;
    Some(format!("https://{}", host.strip_suffix('$')?))
}

/// A script in the page. Dropping it takes it out again, unless it is kept.
struct Inserted {
    element: HtmlScriptElement,
    keep: Cell<bool>,
}

impl Inserted {
    fn new(src: &str, publishable_key: &str, proxy_url: Option<&str>) -> Option<Self> {
        let document = window()?.document()?;
        let element: HtmlScriptElement = document.create_element("script").ok()?.dyn_into().ok()?;
        element.set_src(src);
        element.set_async(true);
        element.set_cross_origin(Some("anonymous"));
        element
            .set_attribute("data-clerk-publishable-key", publishable_key)
            .ok()?;
        if let Some(proxy_url) = proxy_url {
            element
                .set_attribute("data-clerk-proxy-url", proxy_url)
                .ok()?;
        }
        document.head()?.append_child(&element).ok()?;
        Some(Self {
            element,
            keep: Cell::new(false),
        })
    }

    /// Resolves once the script has run, or has failed to come.
    async fn arrival(&self) -> Result<(), LoadError> {
        let result = Rc::new(Cell::new(None));
        let waker = Rc::new(AtomicWaker::new());
        let listen = |event, outcome: Result<(), LoadError>| {
            let (result, waker) = (result.clone(), waker.clone());
            EventListener::once(&self.element, event, move |_| {
                result.set(Some(outcome));
                waker.wake();
            })
        };
        let _listeners = [
            listen("load", Ok(())),
            listen("error", Err(LoadError::Script)),
        ];
        poll_fn(|context| {
            waker.register(context.waker());
            result.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn keep(&self) {
        self.keep.set(true);
    }
}

impl Drop for Inserted {
    fn drop(&mut self) {
        if !self.keep.get() {
            self.element.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_come_from_the_host_in_the_key() {
        let key = format!(
            "pk_test_{}",
            STANDARD_NO_PAD.encode("a-b-1.clerk.accounts.dev$")
        );
        assert_eq!(
            base_url(&key, None).as_deref(),
            Some("https://a-b-1.clerk.accounts.dev")
        );
    }

    #[test]
    fn a_proxy_comes_before_the_host() {
        assert_eq!(
            base_url("pk_test_x", Some("/__clerk/")).as_deref(),
            Some("/__clerk")
        );
    }

    #[test]
    fn what_is_no_publishable_key_names_no_host() {
        assert_eq!(base_url("sk_test_x", None), None);
        assert_eq!(base_url("pk_test_%%%", None), None);
    }
}
