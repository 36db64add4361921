use yew::prelude::*;

use super::signal::use_signal;
use crate::js;
use crate::resources::{SignInErrors, SignInResource};

/// A sign-in in an own form; answered by [`use_sign_in`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UseSignIn {
    /// The sign-in, as it stands; none until Clerk is loaded
    pub sign_in: Option<SignInResource>,
    /// What is wrong, field by field
    pub errors: SignInErrors,
    /// Whether a step is under way
    pub is_fetching: bool,
}

/// A sign-in in an own form (<https://clerk.com/docs/react/reference/hooks/use-sign-in>):
///
/// ```
/// use clerk_yew::resources::{SignInPassword, SignInStatus};
/// use clerk_yew::use_sign_in;
/// use yew::platform::spawn_local;
/// use yew::prelude::*;
///
/// #[component]
/// fn PasswordForm() -> Html {
///     let state = use_sign_in();
///     let (address, password) = ("ada@example.com", "correct horse battery staple");
///     let onclick = {
///         let sign_in = state.sign_in.clone();
///         move |_| {
///             let Some(sign_in) = sign_in.clone() else { return };
///             spawn_local(async move {
///                 let params = SignInPassword::new(password).identifier(address);
///                 if sign_in.password(&params).await.is_err() {
///                     return; // `errors` has it by field
///                 }
///                 if sign_in.status() == SignInStatus::Complete {
///                     let _ = sign_in.finalize(|done| { done.decorate_url("/"); }).await;
///                 }
///             });
///         }
///     };
///     let wrong = state.errors.password().map(|it| it.message);
///     html! { <><button {onclick} disabled={state.is_fetching}>{ "Sign in" }</button>{ wrong }</> }
/// }
/// ```
#[hook]
pub fn use_sign_in() -> UseSignIn {
    let state = use_signal("signInSignal").unwrap_or_default();
    UseSignIn {
        sign_in: js::member(&state, "signIn").map(|raw| SignInResource::new(raw, state.clone())),
        errors: SignInErrors::new(js::get(&state, "errors")),
        is_fetching: js::string(&state, "fetchStatus").as_deref() == Some("fetching"),
    }
}
