//! What Clerk is started with: every option of Clerk's SDKs.

use wasm_bindgen::JsValue;
use yew::{AttrValue, Callback, Html};

use crate::js;
use crate::props::{Appearance, Entries, Raw, Value, props, value};

props! {
    /// What a [`ClerkProvider`](crate::ClerkProvider) takes: the options of Clerk's own SDKs
    /// (<https://clerk.com/docs/react/reference/components/clerk-provider>). What is not set is not
    /// sent, so that Clerk's defaults, and the settings in its dashboard, apply.
    ///
    /// Appearance, localization and the other options of the UI may change at any time; those of
    /// the connection (`publishable_key`, `proxy_url`, `domain`, `is_satellite`) may not.
    ///
    /// ```
    /// use clerk_yew::{Appearance, ClerkProvider, Raw, TaskUrls};
    /// use yew::prelude::*;
    ///
    /// #[component]
    /// fn App() -> Html {
    ///     html! {
    ///         <ClerkProvider
    ///             publishable_key="pk_test_…"
    ///             sign_in_url="/sign-in"
    ///             after_sign_out_url="/goodbye"
    ///             task_urls={TaskUrls::new().choose_organization("/choose")}
    ///             appearance={Appearance::new().variables([("colorPrimary", "#6c47ff")])}
    ///             localization={Raw::json(r#"{"locale": "de-DE"}"#)}
    ///             telemetry={false}
    ///             extra={Raw::json(r#"{"brandNewOption": 1}"#)}
    ///         >
    ///             { "the app" }
    ///         </ClerkProvider>
    ///     }
    /// }
    /// ```
    ClerkProviderProps {
        fields {
            /// Called with the path that Clerk wants to go to, for the app's router. Without it
            /// (and [`router_replace`](Self::router_replace)) Clerk loads the page anew.
            router_push: Option<Callback<String>>,
            /// As [`router_push`](Self::router_push), but in place of the current entry of the
            /// history
            router_replace: Option<Callback<String>>,
            /// Loads nothing of Clerk for as long as this is true, so that a page can show itself
            /// first. What is asked of Clerk meanwhile waits; [`get_token`](crate::get_token) does
            /// so for ten seconds, as ever. Once Clerk loads, it says no more.
            defer: bool,
            /// Everything that uses Clerk
            children: Html,
        }
        required {
            /// Clerk's publishable key, `pk_test_…` or `pk_live_…`
            publishable_key: AttrValue = "publishableKey",
        }
        options {
            /// Clerk's Frontend API proxy: a URL, or a path of this origin
            /// (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>)
            proxy_url: AttrValue = "proxyUrl",
            /// The domain of a satellite app
            /// (<https://clerk.com/docs/guides/dashboard/dns-domains/satellite-domains>)
            domain: AttrValue = "domain",
            /// Whether this is a satellite app
            is_satellite: bool = "isSatellite",
            /// Whether a satellite asks its primary domain who is signed in as soon as it loads
            satellite_auto_sync: bool = "satelliteAutoSync",
            /// The nonce of the page's content security policy, for Clerk's scripts and styles
            nonce: AttrValue = "nonce",
            /// Path or URL of the page with [`SignIn`](crate::SignIn); unset: Clerk's account portal
            sign_in_url: AttrValue = "signInUrl",
            /// Path or URL of the page with [`SignUp`](crate::SignUp); unset: Clerk's account portal
            sign_up_url: AttrValue = "signUpUrl",
            /// Where every sign-in leads
            sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
            /// Where a sign-in leads that was not asked to come back; `/` when unset
            sign_in_fallback_redirect_url: AttrValue = "signInFallbackRedirectUrl",
            /// Where every sign-up leads
            sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
            /// Where a sign-up leads that was not asked to come back; `/` when unset
            sign_up_fallback_redirect_url: AttrValue = "signUpFallbackRedirectUrl",
            /// Where signing out leads
            after_sign_out_url: AttrValue = "afterSignOutUrl",
            /// Where signing out of one of several sessions leads
            after_multi_session_single_sign_out_url: AttrValue = "afterMultiSessionSingleSignOutUrl",
            /// Where a new subscription leads
            new_subscription_redirect_url: AttrValue = "newSubscriptionRedirectUrl",
            /// Path or URL of the page with [`Waitlist`](crate::Waitlist)
            waitlist_url: AttrValue = "waitlistUrl",
            /// The pages for what a session must do before it counts
            task_urls: TaskUrls = "taskUrls",
            /// Origins that a redirect may lead to, besides the app's own
            allowed_redirect_origins: Vec<AttrValue> = "allowedRedirectOrigins",
            /// Protocols that a redirect may have, besides `http:` and `https:`
            allowed_redirect_protocols: Vec<AttrValue> = "allowedRedirectProtocols",
            /// Whether Clerk's router says what it does on the console
            router_debug: bool = "routerDebug",
            /// How the prebuilt UI looks
            appearance: Appearance = "appearance",
            /// The prebuilt UI's language: one of `@clerk/localizations`, or a part of one
            /// (<https://clerk.com/docs/guides/customizing-clerk/localization>)
            localization: Raw = "localization",
            /// The address for support that the prebuilt UI shows
            support_email: AttrValue = "supportEmail",
            /// An own build of Clerk's UI, as `{ ClerkUI }`
            ui: Raw = "ui",
            /// `false`: Clerk's prebuilt UI is not loaded
            prefetch_ui: bool = "prefetchUI",
            /// Whether Clerk's SDK reports how it is used
            /// (<https://clerk.com/docs/guides/how-clerk-works/security/clerk-telemetry>)
            telemetry: bool = "telemetry",
            /// Whether tokens are renewed ahead of their end; `true` when unset
            polling: bool = "polling",
            /// Whether a session is reported as active when the page gets the focus; `true` when unset
            touch_session: bool = "touchSession",
            /// Whether there are cookies; `true` when unset
            standard_browser: bool = "standardBrowser",
            /// A function of the client that answers the session to begin with, or null
            select_initial_session: Raw = "selectInitialSession",
            /// A token for Clerk Protect, or a function that answers one
            protect_assertion: Raw = "protectAssertion",
            /// Flags of features that are still tried out
            experimental: Raw = "experimental",
            /// No warning on the console that this is a development instance
            unsafe_disable_development_mode_console_warning: bool = "unsafe_disableDevelopmentModeConsoleWarning",
        }
    }
}

value! {
    /// The pages for what a session must do before it counts
    /// (<https://clerk.com/docs/guides/configure/session-tasks>).
    TaskUrls {
        /// The page with [`TaskChooseOrganization`](crate::TaskChooseOrganization)
        choose_organization: AttrValue = "choose-organization",
        /// The page with [`TaskResetPassword`](crate::TaskResetPassword)
        reset_password: AttrValue = "reset-password",
        /// The page with [`TaskSetupMFA`](crate::TaskSetupMFA)
        setup_mfa: AttrValue = "setup-mfa",
    }
}

/// What the page is started with: the options of its newest provider.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Options {
    entries: Entries,
    pub router_push: Option<Callback<String>>,
    pub router_replace: Option<Callback<String>>,
}

impl Options {
    /// An option that is a text.
    pub fn text(&self, name: &str) -> Option<&AttrValue> {
        match self.entries.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Clerk's publishable key.
    pub fn publishable_key(&self) -> &str {
        self.text("publishableKey").map_or("", AsRef::as_ref)
    }

    /// Whether Clerk's script for its prebuilt UI is wanted.
    pub fn wants_ui_script(&self) -> bool {
        self.entries.get("ui").is_none()
            && self.entries.get("prefetchUI") != Some(&Value::Flag(false))
    }

    /// Whether Clerk is to be told of these after those; callbacks are looked up when they are
    /// needed.
    pub fn differ(&self, before: &Self) -> bool {
        self.entries != before.entries
    }

    /// What `Clerk.load` takes, but for the functions that the page adds. As in Clerk's own SDKs,
    /// it has what the script has as attributes, too.
    pub fn load_options(&self) -> JsValue {
        let options = self.entries.to_js();
        js::set(&options, "sdkMetadata", &sdk_metadata());
        options
    }

    /// What the prebuilt UI takes anew: the parameter of `Clerk.__internal_updateProps`. What is
    /// not set any more is taken back.
    pub fn update(&self) -> JsValue {
        let (update, options) = (js::object([]), self.load_options());
        for name in ["appearance", "localization"] {
            js::set(&options, name, &js::get(&options, name));
        }
        js::set(&update, "appearance", &js::get(&options, "appearance"));
        js::set(&update, "options", &options);
        update
    }
}

impl From<&ClerkProviderProps> for Options {
    fn from(props: &ClerkProviderProps) -> Self {
        Self {
            entries: props.entries.clone(),
            router_push: props.router_push.clone(),
            router_replace: props.router_replace.clone(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn options(props: &ClerkProviderProps) -> Options {
        Options::from(props)
    }

    #[test]
    fn the_script_for_the_ui_is_wanted_unless_the_app_says_no() {
        let key = AttrValue::from("pk_test_YS5iJA");
        let unset = yew::props!(ClerkProviderProps {
            publishable_key: &key,
        });
        let wanted = yew::props!(ClerkProviderProps {
            publishable_key: &key,
            prefetch_ui: true,
        });
        let not_wanted = yew::props!(ClerkProviderProps {
            publishable_key: &key,
            prefetch_ui: false,
        });
        let own = yew::props!(ClerkProviderProps {
            publishable_key: &key,
            ui: Raw::json("{}"),
        });
        assert!(options(&unset).wants_ui_script() && options(&wanted).wants_ui_script());
        assert!(!options(&not_wanted).wants_ui_script() && !options(&own).wants_ui_script());
    }

    #[test]
    fn options_are_equal_when_they_say_the_same() {
        let props = |color: &'static str| {
            yew::props!(ClerkProviderProps {
                publishable_key: "pk_test_YS5iJA",
                appearance: Appearance::new().variables([("colorPrimary", color)]),
            })
        };
        assert!(options(&props("red")) == options(&props("red")));
        assert!(options(&props("red")) != options(&props("blue")));
    }
}
