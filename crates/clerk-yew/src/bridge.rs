//! clerk-js's values in Rust, and the calls the layers above need.

use std::fmt;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::window;

use crate::bindings::{Clerk, JsSession, JsUser};
use crate::machine::{Emission, LoadError, Session, User};
use crate::scripts;

/// How long a session that was just made may take to show, in milliseconds, and how often to
/// look.
const SESSION_WAIT: u32 = 5_000;
const SESSION_LOOK_EVERY: u32 = 50;

/// What to ask a token for (<https://clerk.com/docs/js-frontend/reference/objects/session#get-token>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenOptions {
    /// The JWT template; none: the session token.
    pub template: Option<String>,
    /// Ask Clerk even when the last token is still good.
    pub skip_cache: bool,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Nobody is signed in.
    SignedOut,
    /// Clerk could not be asked; what it said.
    Unavailable(String),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut => f.write_str("You are signed out."),
            Self::Unavailable(_) => f.write_str("The sign-in service is not responding."),
        }
    }
}

/// How the prebuilt UI looks: CSS values by the names of Clerk's appearance variables
/// (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/variables>).
pub type Appearance = Vec<(&'static str, &'static str)>;

/// What clerk-js is started with.
pub struct LoadOptions<'a> {
    pub publishable_key: &'a str,
    pub proxy_url: Option<&'a str>,
    pub sign_in_url: &'a str,
    pub sign_up_url: &'a str,
    pub appearance: &'a Appearance,
    /// Called with the path to go to.
    pub navigate: &'a Function,
}

/// Loads Clerk, once in the life of the page.
pub async fn load(options: LoadOptions<'_>) -> Result<Clerk, LoadError> {
    scripts::load(options.publishable_key, options.proxy_url).await?;
    let clerk: Clerk = scripts::global("Clerk")
        .ok_or(LoadError::Script)?
        .unchecked_into();
    if !clerk.loaded() {
        settle(clerk.load(&load_options(&options)))
            .await
            .map_err(|error| LoadError::Clerk(message(&error)))?;
    }
    Ok(clerk)
}

fn load_options(options: &LoadOptions<'_>) -> JsValue {
    let ui = object([(
        "ClerkUI",
        scripts::global(scripts::UI_CONSTRUCTOR).unwrap_or_default(),
    )]);
    let variables = object(
        options
            .appearance
            .iter()
            .map(|(name, value)| (*name, (*value).into())),
    );
    object([
        ("ui", ui),
        ("telemetry", false.into()),
        ("signInUrl", options.sign_in_url.into()),
        ("signUpUrl", options.sign_up_url.into()),
        ("signInFallbackRedirectUrl", "/".into()),
        ("signUpFallbackRedirectUrl", "/".into()),
        ("afterSignOutUrl", "/".into()),
        ("routerPush", options.navigate.into()),
        ("routerReplace", options.navigate.into()),
        ("appearance", object([("variables", variables)])),
    ])
}

/// Who is signed in, as clerk-js has it now.
pub fn emission(clerk: &Clerk) -> Emission {
    let (user, session) = (clerk.user(), clerk.session());
    if user.is_undefined() || session.is_undefined() {
        return Emission::Changing;
    }
    if user.is_null() || session.is_null() {
        return Emission::SignedOut;
    }
    let user: JsUser = user.unchecked_into();
    let session: JsSession = session.unchecked_into();
    // A session that waits for one of its tasks counts for nothing yet, as in Clerk's own SDKs
    // (<https://clerk.com/docs/guides/configure/session-tasks>); the form shows the task.
    if session.status().as_deref() == Some("pending") {
        return Emission::SignedOut;
    }
    Emission::SignedIn(
        User {
            id: user.id(),
            first_name: user.first_name(),
            last_name: user.last_name(),
            email: user
                .primary_email_address()
                .map(|address| address.email_address()),
            image_url: user.image_url().unwrap_or_default(),
        },
        Session { id: session.id() },
    )
}

/// A listener of clerk-js. Dropping it removes it.
pub struct Listener {
    unsubscribe: Function,
    _callback: Closure<dyn FnMut()>,
}

impl Listener {
    /// Calls back with every change.
    pub fn new(clerk: &Clerk, mut callback: impl FnMut(Emission) + 'static) -> Self {
        let of = clerk.clone();
        let closure = Closure::new(move || callback(emission(&of)));
        Self {
            unsubscribe: clerk.add_listener(closure.as_ref().unchecked_ref()),
            _callback: closure,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.unsubscribe.call0(&JsValue::NULL);
    }
}

/// A token of the session in use.
///
/// Right after sign-in clerk-js may have no session yet, or a session that still answers
/// `null`; so this waits for it, some seconds.
pub async fn token(clerk: &Clerk, options: &TokenOptions) -> Result<String, TokenError> {
    let asked = object([
        (
            "template",
            options
                .template
                .as_deref()
                .map_or(JsValue::UNDEFINED, JsValue::from),
        ),
        ("skipCache", options.skip_cache.into()),
    ]);
    for _ in 0..SESSION_WAIT / SESSION_LOOK_EVERY {
        match emission(clerk) {
            Emission::SignedOut => return Err(TokenError::SignedOut),
            Emission::Changing => {}
            Emission::SignedIn(..) => {
                let session: JsSession = clerk.session().unchecked_into();
                let token = settle(session.get_token(&asked))
                    .await
                    .map_err(|error| TokenError::Unavailable(message(&error)))?;
                if let Some(token) = token.as_string() {
                    return Ok(token);
                }
            }
        }
        TimeoutFuture::new(SESSION_LOOK_EVERY).await;
    }
    Err(TokenError::Unavailable("there is no session".to_owned()))
}

/// Takes up the session that another tab of this browser began, when nobody is signed in here.
/// From pages whose paths begin like `forms` it goes where a sign-in leads.
pub async fn follow(clerk: &Clerk, forms: &[String]) -> Result<(), JsValue> {
    let Some(client) = clerk.client() else {
        return Ok(());
    };
    settle(client.reload()).await?;
    if let (Emission::SignedOut, Some(id)) = (emission(clerk), client.last_active_session_id()) {
        let path = window().and_then(|it| it.location().pathname().ok());
        let path = path.unwrap_or_default();
        let to = if forms.iter().any(|form| path.starts_with(form.as_str())) {
            clerk.build_after_sign_in_url().into()
        } else {
            JsValue::UNDEFINED
        };
        let asked = object([("session", id.into()), ("redirectUrl", to)]);
        settle(clerk.set_active(&asked)).await?;
    }
    Ok(())
}

/// Waits for a promise that a call of clerk-js answered.
pub async fn settle(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}

/// What a thrown value says.
fn message(error: &JsValue) -> String {
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| "unknown error".to_owned())
}

/// A JavaScript object of these entries.
pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}
