//! Clerk itself: what an app asks of it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::deadline::within;
use crate::error::ClerkError;
use crate::js;
use crate::page::page;
use crate::props::{Entries, Value};
use crate::resources::Organization;
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
pub struct Clerk(pub(crate) Rc<Store>, Option<JsValue>);

impl PartialEq for Clerk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) && self.1 == other.1
    }
}

impl Clerk {
    pub(crate) fn new(store: Rc<Store>) -> Self {
        Self(store, None)
    }

    /// The same, for components whose windows go into the element that this function answers.
    pub(crate) fn within(self, get_container: JsValue) -> Self {
        Self(self.0, Some(get_container))
    }

    /// The options of a component, with the function that answers where its windows go.
    pub(crate) fn placed(&self, mut options: Entries) -> Entries {
        if let Some(get_container) = &self.1 {
            options.put("getContainer", Value::Js(get_container.clone()));
        }
        options
    }

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

    /// Makes an organization, and answers it
    /// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#create-organization>).
    ///
    /// # Errors
    /// When Clerk does not load, or refuses.
    pub async fn create_organization(
        &self,
        name: &str,
        slug: Option<&str>,
    ) -> Result<Organization, ClerkError> {
        let slug = slug.map_or(JsValue::UNDEFINED, JsValue::from);
        let asked = js::object([("name", name.into()), ("slug", slug)]);
        let answer = self.try_call("createOrganization", &asked).await?;
        Ok(Organization::new(answer))
    }

    /// An organization that the person is in, by its id.
    ///
    /// # Errors
    /// When Clerk does not load, or refuses.
    pub async fn get_organization(&self, id: &str) -> Result<Organization, ClerkError> {
        let answer = self.try_call("getOrganization", &id.into()).await?;
        Ok(Organization::new(answer))
    }

    /// Calls a method of clerk-js that makes a URL.
    pub(crate) fn build(&self, method: &str, options: JsValue) -> Result<String, ClerkError> {
        let clerk = self.raw().ok_or_else(scripts::late)?;
        let url = js::call(&clerk, method, &[options])?;
        Ok(url.as_string().unwrap_or_default())
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
            self.recover(&clerk).await;
        }
        answer
    }

    /// An action that failed may have got half the way, and told nobody: clerk-js forgets who is
    /// signed in before it signs out, and leaves it at that when its server then says no.
    async fn recover(&self, clerk: &JsValue) {
        let known = self.0.now().signed.as_ref().present().cloned();
        if let (true, Some(known)) = (js::get(clerk, "session").is_undefined(), known) {
            let session = known.identity.session_id.as_str().into();
            let asked = js::object([("session", session)]);
            // Where this fails too, there is no more to be done.
            let _ = js::call_async(clerk, "setActive", &[asked]).await;
        }
        page().refresh();
    }
}

/// The page's Clerk.
pub(crate) fn clerk() -> Clerk {
    Clerk::new(page().store.clone())
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
