//! Components that lead elsewhere as soon as they are there and Clerk is loaded. They show nothing.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::error::ClerkError;
use crate::hooks::{use_clerk, use_selected};
use crate::js;
use crate::props::{
    AuthenticateWithRedirectCallbackProps, Entries, RedirectToSignInProps, RedirectToSignUpProps,
    RedirectToTasksProps,
};

/// Asks something of Clerk, once.
#[hook]
fn use_redirect(
    method: fn(&JsValue) -> &'static str,
    options: &Entries,
    on_error: Callback<ClerkError>,
) -> Html {
    let clerk = use_clerk();
    let options = options.clone();
    let is_loaded = use_selected(|now| now.clerk.is_some());
    use_effect_with(is_loaded, move |_| {
        if let Some(raw) = clerk.raw() {
            let method = method(&raw);
            let options = options.to_js();
            spawn_local(async move {
                if let Err(error) = clerk.try_call(method, &options).await {
                    js::report(&format!("{method}: {error}"));
                    on_error.emit(error);
                }
            });
        }
    });
    Html::default()
}

/// Goes to the page for signing in. Where others of this browser's sessions are still signed in, it
/// goes where signing out leads.
///
/// ```
/// # use clerk_yew::{RedirectToSignIn, Show, When};
/// # use yew::prelude::*;
/// # #[component]
/// # fn Page() -> Html {
/// html! {
///     <Show when={When::SignedIn} fallback={html! { <RedirectToSignIn /> }}>
///         { "For members" }
///     </Show>
/// }
/// # }
/// ```
#[component]
pub fn RedirectToSignIn(props: &RedirectToSignInProps) -> Html {
    fn method(clerk: &JsValue) -> &'static str {
        let others = js::items(&js::get(clerk, "client"), "signedInSessions").next();
        if js::get(clerk, "session").is_null() && others.is_some() {
            "redirectToAfterSignOut"
        } else {
            "redirectToSignIn"
        }
    }
    use_redirect(method, &props.entries, Callback::noop())
}

/// Redirects with one way to go, each with the attributes of its example.
macro_rules! redirects {
    ($($(#[$doc:meta])* $name:ident($props:ident: $type:ty) $example:literal = $method:literal, $options:expr, $on_error:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("# use clerk_yew::", stringify!($name), ";")]
        /// # use yew::prelude::*;
        /// # #[component]
        /// # fn Page() -> Html {
        #[doc = concat!("html! { <", stringify!($name), $example, " /> }")]
        /// # }
        /// ```
        #[component]
        pub fn $name($props: &$type) -> Html {
            use_redirect(|_| $method, $options, $on_error)
        }
    )*};
}

redirects! {
    /// Goes to the page for signing up.
    RedirectToSignUp(props: RedirectToSignUpProps) r#" sign_up_fallback_redirect_url="/welcome""# = "redirectToSignUp", &props.entries, Callback::noop();
    /// Goes to the page of the first thing that the session must do before it counts.
    RedirectToTasks(props: RedirectToTasksProps) r#" redirect_url="/home""# = "redirectToTasks", &props.entries, Callback::noop();
    /// Goes to the person's profile.
    RedirectToUserProfile(_props: ()) "" = "redirectToUserProfile", &Entries::default(), Callback::noop();
    /// Goes to the active organization's profile.
    RedirectToOrganizationProfile(_props: ()) "" = "redirectToOrganizationProfile", &Entries::default(), Callback::noop();
    /// Goes to the form for a new organization.
    RedirectToCreateOrganization(_props: ()) "" = "redirectToCreateOrganization", &Entries::default(), Callback::noop();
    /// Goes on with a sign-in or sign-up when a social provider sends the person back: it stands on
    /// the page that was given as `redirect_url`.
    AuthenticateWithRedirectCallback(props: AuthenticateWithRedirectCallbackProps) r#" sign_up_url="/sign-up""# = "handleRedirectCallback", &props.entries, props.on_error.clone();
}
