//! Where Clerk's scripts come from, and how they get into the page.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlScriptElement, window};

use crate::deadline::within;
use crate::error::{ClerkError, ErrorKind};
use crate::js;
use crate::options::Options;

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

/// Puts the scripts into the page, both at once, and waits for them. After a failure they are
/// taken out again, so that the next attempt starts afresh.
pub async fn load(options: &Options) -> Result<(), ClerkError> {
    let base = base_url(
        options.publishable_key(),
        options.text("proxyUrl").map(AsRef::as_ref),
        options.text("domain").map(AsRef::as_ref),
    )
    .ok_or_else(|| {
        not_loaded(
            "invalid_publishable_key",
            "The sign-in service failed: the publishable key is not one of Clerk's",
        )
    })?;
    let missing: Vec<_> = SCRIPTS
        .iter()
        .filter(|it| it.global != UI_CONSTRUCTOR || options.wants_ui_script())
        .filter(|it| js::of_page(it.global).is_none())
        .collect();
    let mut inserted = Vec::new();
    for script in &missing {
        let element = insert(&format!("{base}/npm/{}", script.path), options);
        inserted.push(element.ok_or_else(unreachable)?);
    }
    let arrivals: js_sys::Array = inserted.iter().map(arrival).collect();
    let arrived = async {
        JsFuture::from(Promise::all(&arrivals))
            .await
            .map_err(|_| unreachable())
    };
    let result = within(TIMEOUT, Box::pin(arrived))
        .await
        .unwrap_or_else(|| Err(late()));
    if result.is_err() {
        for script in &inserted {
            script.remove();
        }
    }
    result.map(|_| ())
}

pub fn not_loaded(code: &str, message: &str) -> ClerkError {
    ClerkError::new(ErrorKind::NotLoaded, code, message)
}

fn unreachable() -> ClerkError {
    not_loaded(
        "failed_to_load_clerk_js",
        "The sign-in service could not be reached.",
    )
}

/// Clerk took too long.
pub fn late() -> ClerkError {
    not_loaded(
        "failed_to_load_clerk_js_timeout",
        "The sign-in service did not respond in time.",
    )
}

/// The Frontend API as URL: the proxy, the satellite's domain, or the host in the publishable key.
fn base_url(
    publishable_key: &str,
    proxy_url: Option<&str>,
    domain: Option<&str>,
) -> Option<String> {
    if let Some(proxy_url) = proxy_url {
        return Some(proxy_url.trim_end_matches('/').to_owned());
    }
    if let (Some(domain), true) = (domain, publishable_key.starts_with("pk_live_")) {
        return Some(format!(
            "https://clerk.{}",
            domain.trim_start_matches("clerk.")
        ));
    }
    let encoded = publishable_key
        .strip_prefix("pk_test_")
        .or_else(|| publishable_key.strip_prefix("pk_live_"))?;
    // The browser's own base64: a crate for it would be a kilobyte of every first visit.
    let host = window()?.atob(encoded).ok()?;
    Some(format!("https://{}", host.strip_suffix('$')?))
}

/// A script in the page.
fn insert(src: &str, options: &Options) -> Option<HtmlScriptElement> {
    let document = window()?.document()?;
    let element: HtmlScriptElement = document.create_element("script").ok()?.dyn_into().ok()?;
    element.set_src(src);
    element.set_async(true);
    element.set_cross_origin(Some("anonymous"));
    for (name, option) in [
        ("data-clerk-publishable-key", "publishableKey"),
        ("data-clerk-proxy-url", "proxyUrl"),
        ("data-clerk-domain", "domain"),
        ("nonce", "nonce"),
    ] {
        if let Some(value) = options.text(option) {
            element.set_attribute(name, value).ok()?;
        }
    }
    document.head()?.append_child(&element).ok()?;
    Some(element)
}

/// Resolves once the script has run, is rejected when it does not come.
fn arrival(script: &HtmlScriptElement) -> Promise {
    Promise::new(&mut |resolve, reject| {
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(&reject));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_comes_before_the_host() {
        assert_eq!(
            base_url("pk_test_x", Some("/__clerk/"), None).as_deref(),
            Some("/__clerk")
        );
    }

    #[test]
    fn a_satellite_in_production_has_a_host_of_its_own() {
        assert_eq!(
            base_url("pk_live_YS5iJA", None, Some("example.com")).as_deref(),
            Some("https://clerk.example.com")
        );
    }

    #[test]
    fn a_secret_key_names_no_host() {
        assert_eq!(base_url("sk_test_YS5iJA", None, None), None);
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn the_scripts_come_from_the_host_in_the_key() {
        for key in [
            "pk_test_YS1iLTEuY2xlcmsuYWNjb3VudHMuZGV2JA",
            "pk_test_YS1iLTEuY2xlcmsuYWNjb3VudHMuZGV2JA==",
        ] {
            assert_eq!(
                base_url(key, None, None).as_deref(),
                Some("https://a-b-1.clerk.accounts.dev")
            );
        }
    }

    #[wasm_bindgen_test]
    fn in_development_there_is_one_host_for_all_domains() {
        assert_eq!(
            base_url("pk_test_YS5iJA", None, Some("example.com")).as_deref(),
            Some("https://a.b")
        );
    }

    #[wasm_bindgen_test]
    fn what_is_no_publishable_key_names_no_host() {
        for key in ["pk_test_%%%", "pk_test_YS5i", "pk_test_"] {
            assert_eq!(base_url(key, None, None), None, "{key}");
        }
    }
}
