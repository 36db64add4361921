//! What Clerk is started with.

use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::js;

/// How the prebuilt UI looks: CSS values by the names of Clerk's appearance variables
/// (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/variables>).
pub type Appearance = Vec<(&'static str, &'static str)>;

/// What Clerk is started with
/// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#clerk-options>).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub publishable_key: AttrValue,
    pub proxy_url: Option<AttrValue>,
    pub domain: Option<AttrValue>,
    pub nonce: Option<AttrValue>,
    pub sign_in_url: Option<AttrValue>,
    pub sign_up_url: Option<AttrValue>,
    pub router_push: Option<Callback<String>>,
    pub router_replace: Option<Callback<String>>,
    pub appearance: Appearance,
    pub telemetry: Option<bool>,
}

impl Options {
    /// What `Clerk.load` takes, but for the functions that the page adds.
    pub fn load_options(&self) -> Vec<(&'static str, JsValue)> {
        let text = |it: &Option<AttrValue>| it.as_deref().map_or(JsValue::UNDEFINED, Into::into);
        vec![
            ("signInUrl", text(&self.sign_in_url)),
            ("signUpUrl", text(&self.sign_up_url)),
            (
                "telemetry",
                self.telemetry.map_or(JsValue::UNDEFINED, Into::into),
            ),
            ("appearance", self.appearance()),
            ("sdkMetadata", sdk_metadata()),
        ]
    }

    /// `appearance`, as clerk-js takes it.
    pub fn appearance(&self) -> JsValue {
        let variables = self
            .appearance
            .iter()
            .map(|(name, value)| (*name, (*value).into()));
        js::object([("variables", js::object(variables))])
    }
}

/// By which SDK Clerk is used
/// (<https://clerk.com/docs/guides/development/sdk-development/overview>).
fn sdk_metadata() -> JsValue {
    let environment = if cfg!(debug_assertions) {
        "development"
    } else {
        "production"
    };
    js::object([
        ("name", env!("CARGO_PKG_NAME").into()),
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("environment", environment.into()),
    ])
}
