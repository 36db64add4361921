//! Hooks: who is signed in, tokens, and Clerk itself.

use yew::prelude::*;

use crate::bindings::Clerk;
use crate::bridge::{self, TokenError, TokenOptions, settle};
use crate::machine::{Event, Session, Status, User};
use crate::provider::ClerkContext;

#[hook]
fn use_clerk_context() -> ClerkContext {
    let Some(context) = use_context::<ClerkContext>() else {
        panic!("clerk-yew: there is no ClerkProvider above this component");
    };
    context
}

/// Clerk itself.
#[derive(Clone, PartialEq)]
pub struct ClerkHandle(ClerkContext);

impl ClerkHandle {
    /// What the page knows of Clerk.
    pub fn status(&self) -> &Status {
        &self.0.machine.0.status
    }

    /// Tries again after a failure to load.
    pub fn retry(&self) {
        self.0.machine.dispatch(Event::Retry);
    }

    /// Signs out, in every tab of this browser.
    pub fn sign_out(&self) {
        self.call(Clerk::sign_out);
    }

    /// Goes to the page for signing in.
    pub fn redirect_to_sign_in(&self) {
        self.call(Clerk::redirect_to_sign_in);
    }

    /// Goes to the page for signing up.
    pub fn redirect_to_sign_up(&self) {
        self.call(Clerk::redirect_to_sign_up);
    }

    pub(crate) fn clerk(&self) -> Option<Clerk> {
        self.0.clerk()
    }

    fn call(&self, method: fn(&Clerk) -> Result<js_sys::Promise, wasm_bindgen::JsValue>) {
        if let Some(clerk) = self.clerk() {
            wasm_bindgen_futures::spawn_local(async move {
                // Clerk shows its own failures; there is nothing to add.
                let _ = settle(method(&clerk)).await;
            });
        }
    }
}

/// Clerk itself: whether it is loaded, retry, sign-out.
#[hook]
pub fn use_clerk() -> ClerkHandle {
    ClerkHandle(use_clerk_context())
}

/// Who is signed in, by ids, and their tokens.
#[derive(Clone, PartialEq)]
pub struct Auth {
    context: ClerkContext,
    /// Whether Clerk is loaded; until then nobody knows.
    pub is_loaded: bool,
    /// The signed-in person's id
    pub user_id: Option<String>,
    /// The session's id
    pub session_id: Option<String>,
}

impl Auth {
    /// A token for the app's API. Clerk renews it ahead of its end; `skip_cache` asks for a
    /// new one now.
    ///
    /// # Errors
    /// [`TokenError::SignedOut`] when nobody is signed in, [`TokenError::Unavailable`] when
    /// Clerk cannot be asked.
    pub async fn get_token(&self, options: &TokenOptions) -> Result<String, TokenError> {
        let clerk = self.context.clerk().ok_or(TokenError::SignedOut)?;
        bridge::token(&clerk, options).await
    }
}

/// Who is signed in, by ids, and their tokens.
#[hook]
pub fn use_auth() -> Auth {
    let context = use_clerk_context();
    let (is_loaded, ids) = match &context.machine.0.status {
        Status::Loading | Status::Failed(_) => (false, None),
        Status::SignedOut => (true, None),
        Status::SignedIn(user, session) => (true, Some((user.id.clone(), session.id.clone()))),
    };
    let (user_id, session_id) = ids.unzip();
    Auth {
        context,
        is_loaded,
        user_id,
        session_id,
    }
}

/// The signed-in person.
#[hook]
pub fn use_user() -> Option<User> {
    match &use_clerk_context().machine.0.status {
        Status::SignedIn(user, _) => Some(user.clone()),
        _ => None,
    }
}

/// The session in use.
#[hook]
pub fn use_session() -> Option<Session> {
    match &use_clerk_context().machine.0.status {
        Status::SignedIn(_, session) => Some(session.clone()),
        _ => None,
    }
}
