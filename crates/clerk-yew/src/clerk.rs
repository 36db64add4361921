//! Clerk itself: what an app asks of it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::deadline::within;
use crate::error::ClerkError;
use crate::js;
use crate::page::page;
use crate::scripts;
use crate::state::Status;
use crate::store::Store;
use crate::token::{TokenOptions, token};

/// How long a caller outside components waits for Clerk, in milliseconds, as in Clerk's own SDKs.
const PATIENCE: u32 = 10_000;

/// Clerk itself, for the components below a [`ClerkProvider`](crate::ClerkProvider); answered by
/// [`use_clerk`](crate::use_clerk). It never changes, so it renders nothing anew.
///
/// What it does waits until Clerk is loaded. Each action has two forms: one that goes on by
/// itself and tells the browser's console when it fails, and one whose name begins with `try_`
/// that answers the error.
#[derive(Clone)]
pub struct Clerk(pub(crate) Rc<Store>);

impl PartialEq for Clerk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The two forms of actions that take what clerk-js takes.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $try_name:ident $method:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Takes the options of clerk-js, as an object or `undefined`.
        pub fn $name(&self, options: &JsValue) {
            self.call($method, options);
        }

        #[doc = concat!("As [`", stringify!($name), "`](Self::", stringify!($name), "), and answers what comes of it.")]
        ///
        /// # Errors
        /// When Clerk does not load, or what it said.
        pub async fn $try_name(&self, options: &JsValue) -> Result<JsValue, ClerkError> {
            self.try_call($method, options).await
        }
    )*};
}

impl Clerk {
    /// The object of clerk-js, once it is loaded: the way to all that this crate has no name for
    /// (<https://clerk.com/docs/js-frontend/reference/objects/clerk>).
    pub fn raw(&self) -> Option<JsValue> {
        self.0.now().clerk.clone()
    }

    /// Waits for clerk-js.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn loaded(&self) -> Result<JsValue, ClerkError> {
        self.0.load().await
    }

    /// How far Clerk is. A component that shows it takes
    /// [`use_clerk_status`](crate::use_clerk_status) instead, which renders anew with each change.
    pub fn status(&self) -> Status {
        self.0.now().status.clone()
    }

    /// Tries again after a failure to load.
    pub fn retry(&self) {
        let page = page();
        if Rc::ptr_eq(&page.store, &self.0) {
            page.retry();
        }
    }

    /// A token for the app's API. Waits for Clerk. Clerk renews it ahead of its end.
    ///
    /// # Errors
    /// [`ErrorKind::SignedOut`](crate::ErrorKind::SignedOut) when nobody is signed in,
    /// [`ErrorKind::Offline`](crate::ErrorKind::Offline) when Clerk cannot be asked,
    /// [`ErrorKind::NoSuchTemplate`](crate::ErrorKind::NoSuchTemplate), …
    pub async fn get_token(&self, options: &TokenOptions) -> Result<String, ClerkError> {
        token(&self.loaded().await?, options).await
    }

    actions! {
        /// Takes up another session or organization
        /// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#set-active>).
        set_active try_set_active "setActive";
        /// Signs out, in every tab of this browser
        /// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#sign-out>).
        sign_out try_sign_out "signOut";
        /// Goes to the page for signing in.
        redirect_to_sign_in try_redirect_to_sign_in "redirectToSignIn";
        /// Goes to the page for signing up.
        redirect_to_sign_up try_redirect_to_sign_up "redirectToSignUp";
    }

    /// Calls a method of clerk-js as soon as it is loaded, and tells the console of a failure.
    pub(crate) fn call(&self, method: &'static str, options: &JsValue) {
        let (clerk, options) = (self.clone(), options.clone());
        spawn_local(async move {
            if let Err(error) = clerk.try_call(method, &options).await {
                js::report(&format!("{method}: {error}"));
            }
        });
    }

    /// Calls a method of clerk-js as soon as it is loaded, and waits for what it promises.
    pub(crate) async fn try_call(
        &self,
        method: &'static str,
        options: &JsValue,
    ) -> Result<JsValue, ClerkError> {
        let clerk = self.loaded().await?;
        let answer = js::call_async(&clerk, method, std::slice::from_ref(options)).await;
        if answer.is_err() {
            // It may have got half the way, and told nobody.
            page().refresh();
        }
        answer
    }
}

/// The page's Clerk.
pub(crate) fn clerk() -> Clerk {
    Clerk(page().store.clone())
}

/// A token for the app's API, from anywhere: a component's children, a request's middleware, …
/// Waits for Clerk, ten seconds.
///
/// ```no_run
/// # async fn call() -> Result<(), clerk_yew::ClerkError> {
/// use clerk_yew::{TokenOptions, get_token};
///
/// let token = get_token(&TokenOptions::new()).await?;
/// let authorization = format!("Bearer {token}");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Clerk::get_token`].
pub async fn get_token(options: &TokenOptions) -> Result<String, ClerkError> {
    let clerk = clerk();
    let loaded = within(PATIENCE, Box::pin(clerk.loaded())).await;
    token(&loaded.unwrap_or_else(|| Err(scripts::late()))?, options).await
}
