//! The page to which another service sends the person back, in an app with forms of its own.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::window;
use yew::prelude::*;

use crate::error::ClerkError;
use crate::hooks::use_selected;
use crate::js;
use crate::resources::{
    Finalized, SignInCreate, SignInResource, SignInStatus, SignUpCreate, SignUpResource,
    SignUpStatus, navigation,
};

/// What a [`HandleSSOCallback`] takes.
#[derive(Clone, Debug, PartialEq, Properties)]
#[non_exhaustive]
pub struct HandleSsoCallbackProps {
    /// Called when somebody is signed in. Where the session has a
    /// [`current_task`](crate::Session::current_task), that comes first. The way leads to what
    /// [`decorate_url`](Finalized::decorate_url) makes of a path.
    pub navigate_to_app: Callback<Finalized>,
    /// Called when the sign-in needs something more: go to the app's form for it.
    pub navigate_to_sign_in: Callback<()>,
    /// Called when the sign-up needs something more: go to the app's form for it.
    pub navigate_to_sign_up: Callback<()>,
}

/// Goes on with a sign-in or sign-up that an own form began by
/// [`sso`](SignInResource::sso), once the other service sends the person back: it stands on the page
/// that was given as `redirect_callback_url`
/// (<https://clerk.com/docs/react/reference/components/control/handle-sso-callback>). Apps with
/// Clerk's forms take
/// [`AuthenticateWithRedirectCallback`](crate::AuthenticateWithRedirectCallback).
///
/// ```
/// use clerk_yew::HandleSSOCallback;
/// use clerk_yew::resources::Finalized;
/// use yew::prelude::*;
///
/// fn go(_path: &str) {
///     // Take the app's router there.
/// }
///
/// #[component]
/// fn Page() -> Html {
///     html! {
///         <HandleSSOCallback
///             navigate_to_app={|done: Finalized| go(&done.decorate_url("/home"))}
///             navigate_to_sign_in={|()| go("/sign-in")}
///             navigate_to_sign_up={|()| go("/sign-up")}
///         />
///     }
/// }
/// ```
#[component]
pub fn HandleSSOCallback(props: &HandleSsoCallbackProps) -> Html {
    let props = props.clone();
    let clerk = use_selected(|now| now.clerk.clone());
    use_effect_with(clerk, move |clerk| {
        if let Some(clerk) = clerk.clone() {
            spawn_local(async move {
                if let Err(error) = go_on(&clerk, &props).await {
                    js::report(&format!("HandleSSOCallback: {error}"));
                }
            });
        }
    });
    // Where a sign-up needs a proof that it is no robot, clerk-js asks for it here.
    html! { <div><div id="clerk-captcha" /></div> }
}

/// What follows.
enum Next {
    /// The sign-in is complete.
    FinishSignIn,
    /// The sign-up is complete.
    FinishSignUp,
    /// There is a session of this id already.
    TakeUp(String),
    SignInForm,
    SignUpForm,
    /// No sign-in or sign-up is under way.
    Nothing,
}

async fn go_on(clerk: &JsValue, props: &HandleSsoCallbackProps) -> Result<(), ClerkError> {
    let to_app = props.navigate_to_app.clone();
    let navigate = move |done| to_app.emit(done);
    match next(clerk).await {
        Next::FinishSignIn => sign_in(clerk).finalize(navigate).await,
        Next::FinishSignUp => sign_up(clerk).finalize(navigate).await,
        Next::TakeUp(session) => {
            let options = js::object([
                ("session", session.into()),
                ("navigate", navigation(navigate)),
            ]);
            js::call_async(clerk, "setActive", &[options])
                .await
                .map(drop)
        }
        Next::SignInForm => {
            props.navigate_to_sign_in.emit(());
            Ok(())
        }
        Next::SignUpForm => {
            props.navigate_to_sign_up.emit(());
            Ok(())
        }
        Next::Nothing => Ok(()),
    }
}

async fn next(clerk: &JsValue) -> Next {
    if pass_protect_check(clerk).await.is_err() {
        let (sign_in, sign_up) = (sign_in(clerk), sign_up(clerk));
        return match intent().as_deref() {
            Some("signUp") => Next::SignUpForm,
            None if sign_in.protect_check().is_none() && sign_up.protect_check().is_some() => {
                Next::SignUpForm
            }
            _ => Next::SignInForm,
        };
    }
    let is_signed_in = || sign_in(clerk).status() == SignInStatus::Complete;
    let is_signed_up = || sign_up(clerk).status() == SignUpStatus::Complete;
    if is_signed_in() {
        return Next::FinishSignIn;
    }
    if sign_up(clerk).is_transferable() {
        // The account is there already.
        let transfer = SignInCreate::new().transfer(true);
        return match sign_in(clerk).create(&transfer).await {
            Ok(()) if is_signed_in() => Next::FinishSignIn,
            _ => Next::SignInForm,
        };
    }
    if needs_first_factor(&sign_in(clerk)) {
        return Next::SignInForm;
    }
    if sign_in(clerk).is_transferable() {
        // There is no such account yet.
        let transfer = SignUpCreate::new().transfer(true);
        return match sign_up(clerk).create(&transfer).await {
            Ok(()) if is_signed_up() => Next::FinishSignUp,
            _ => Next::SignUpForm,
        };
    }
    if is_signed_up() {
        return Next::FinishSignUp;
    }
    if let SignInStatus::NeedsSecondFactor | SignInStatus::NeedsNewPassword =
        sign_in(clerk).status()
    {
        return Next::SignInForm;
    }
    let existing = sign_in(clerk).existing_session();
    let existing = existing.or_else(|| sign_up(clerk).existing_session());
    existing.map_or(Next::Nothing, |it| Next::TakeUp(it.session_id()))
}

/// Whether it waits for a factor that a form can ask for.
fn needs_first_factor(sign_in: &SignInResource) -> bool {
    let factors = sign_in.supported_first_factors();
    let is_sso = factors.iter().all(|it| it.strategy() == "enterprise_sso") && !factors.is_empty();
    sign_in.status() == SignInStatus::NeedsFirstFactor && !is_sso
}

/// A check by Clerk Protect that came back with the person.
async fn pass_protect_check(clerk: &JsValue) -> Result<(), ClerkError> {
    const METHOD: &str = "__internal_resolvePendingProtectCheck";
    if js::member(clerk, METHOD).is_none() {
        return Ok(());
    }
    let flow = intent().map_or(JsValue::UNDEFINED, JsValue::from);
    js::call_async(clerk, METHOD, &[flow]).await.map(drop)
}

/// Which of the two is under way, where the URL says it.
fn intent() -> Option<String> {
    let query = window()?.location().search().ok()?;
    let intent = query
        .trim_start_matches('?')
        .split('&')
        .find_map(|it| it.strip_prefix("intent="))?;
    ["signIn", "signUp"]
        .contains(&intent)
        .then(|| intent.to_owned())
}

/// The sign-in as it stands now.
fn sign_in(clerk: &JsValue) -> SignInResource {
    let state = state(clerk, "signInSignal");
    SignInResource::new(js::get(&state, "signIn"), state)
}

/// The sign-up as it stands now.
fn sign_up(clerk: &JsValue) -> SignUpResource {
    let state = state(clerk, "signUpSignal");
    SignUpResource::new(js::get(&state, "signUp"), state)
}

fn state(clerk: &JsValue, signal: &str) -> JsValue {
    js::call(&js::get(clerk, "__internal_state"), signal, &[]).unwrap_or_default()
}
