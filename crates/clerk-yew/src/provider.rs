//! The provider: what is above everything that uses Clerk.

use yew::prelude::*;

use crate::clerk::{Clerk, clerk};
use crate::options::{Appearance, Options};
use crate::page::page;

/// What a [`ClerkProvider`] takes.
#[derive(Properties, PartialEq)]
pub struct ClerkProviderProps {
    /// Clerk's publishable key, `pk_test_…` or `pk_live_…`
    pub publishable_key: AttrValue,
    /// Clerk's Frontend-API proxy: a URL, or a path of this origin
    #[prop_or_default]
    pub proxy_url: Option<AttrValue>,
    /// The domain of a satellite application
    #[prop_or_default]
    pub domain: Option<AttrValue>,
    /// What the page's content security policy lets Clerk's scripts pass by
    #[prop_or_default]
    pub nonce: Option<AttrValue>,
    /// URL or path of the page with [`SignIn`](crate::SignIn); none: Clerk's account portal
    #[prop_or_default]
    pub sign_in_url: Option<AttrValue>,
    /// URL or path of the page with [`SignUp`](crate::SignUp); none: Clerk's account portal
    #[prop_or_default]
    pub sign_up_url: Option<AttrValue>,
    /// Called with the path that Clerk goes to, for the app's router; none: Clerk loads pages.
    /// Whoever gives this gives `router_replace` too.
    #[prop_or_default]
    pub router_push: Option<Callback<String>>,
    /// Called with the path by which Clerk replaces this page's in the browser's history
    #[prop_or_default]
    pub router_replace: Option<Callback<String>>,
    /// How the prebuilt UI looks
    #[prop_or_default]
    pub appearance: Appearance,
    /// Whether Clerk may collect how it is used; none: as it does by default
    #[prop_or_default]
    pub telemetry: Option<bool>,
    /// Everything that uses Clerk
    pub children: Html,
}

impl ClerkProviderProps {
    fn options(&self) -> Options {
        Options {
            publishable_key: self.publishable_key.clone(),
            proxy_url: self.proxy_url.clone(),
            domain: self.domain.clone(),
            nonce: self.nonce.clone(),
            sign_in_url: self.sign_in_url.clone(),
            sign_up_url: self.sign_up_url.clone(),
            router_push: self.router_push.clone(),
            router_replace: self.router_replace.clone(),
            appearance: self.appearance.clone(),
            telemetry: self.telemetry,
        }
    }
}

/// Loads Clerk, and is above everything that uses it. One in a page, near its root.
#[component]
pub fn ClerkProvider(props: &ClerkProviderProps) -> Html {
    use_effect_with((), |()| {
        let entered = page().enter();
        move || drop(entered)
    });
    use_effect_with(props.options(), |options| page().apply(options));
    html! {
        <ContextProvider<Clerk> context={clerk()}>{ props.children.clone() }</ContextProvider<Clerk>>
    }
}
