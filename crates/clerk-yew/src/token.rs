//! Session tokens.

use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::deadline::within;
use crate::error::{ClerkError, ErrorKind};
use crate::js;

/// How long Clerk may take to give a token, in milliseconds.
const TIMEOUT: u32 = 15_000;
/// How long a session that was just made may take to show, in milliseconds.
const SESSION_WAIT: f64 = 5_000.0;
/// How soon to look again at first, in milliseconds; then ever later.
const FIRST_LOOK: u32 = 50;

/// What to ask a token for
/// (<https://clerk.com/docs/js-frontend/reference/objects/session#get-token>).
///
/// ```
/// use clerk_yew::TokenOptions;
///
/// let options = TokenOptions::new().template("supabase".to_owned()).skip_cache(true);
/// # assert_ne!(options, TokenOptions::new());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenOptions {
    template: Option<String>,
    organization_id: Option<String>,
    without_organization: bool,
    leeway_in_seconds: Option<u32>,
    skip_cache: bool,
}

impl TokenOptions {
    /// The session token, out of the cache while it is good.
    pub fn new() -> Self {
        Self::default()
    }

    /// By this JWT template of the instance.
    #[must_use]
    pub fn template(self, template: impl Into<String>) -> Self {
        Self {
            template: Some(template.into()),
            ..self
        }
    }

    /// For this organization instead of the active one.
    #[must_use]
    pub fn organization_id(self, id: impl Into<String>) -> Self {
        Self {
            organization_id: Some(id.into()),
            without_organization: false,
            ..self
        }
    }

    /// For no organization, whichever is active.
    #[must_use]
    pub fn without_organization(self) -> Self {
        Self {
            organization_id: None,
            without_organization: true,
            ..self
        }
    }

    /// A token that is good for at least so long, in seconds.
    #[must_use]
    pub fn leeway_in_seconds(self, seconds: u32) -> Self {
        Self {
            leeway_in_seconds: Some(seconds),
            ..self
        }
    }

    /// Ask Clerk even when the last token is still good.
    #[must_use]
    pub fn skip_cache(self, skip_cache: bool) -> Self {
        Self { skip_cache, ..self }
    }

    pub(crate) fn to_js(&self) -> JsValue {
        let text = |it: &Option<String>| it.as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
        js::object([
            ("template", text(&self.template)),
            (
                "organizationId",
                if self.without_organization {
                    JsValue::NULL
                } else {
                    text(&self.organization_id)
                },
            ),
            (
                "leewayInSeconds",
                self.leeway_in_seconds
                    .map_or(JsValue::UNDEFINED, Into::into),
            ),
            ("skipCache", self.skip_cache.into()),
        ])
    }
}

/// A token of the session in use.
///
/// Right after sign-in clerk-js may have no session yet, or a session that still answers
/// `null`; so this waits for it, some seconds.
pub async fn token(clerk: &JsValue, options: &TokenOptions) -> Result<String, ClerkError> {
    let answer = within(TIMEOUT, Box::pin(ask(clerk, options.to_js()))).await;
    let token = answer.unwrap_or_else(|| Err(unavailable("token_timeout")))?;
    token.as_string().ok_or_else(|| unavailable("no_token"))
}

fn unavailable(code: &str) -> ClerkError {
    ClerkError::new(
        ErrorKind::Offline,
        code,
        "The sign-in service is not responding.",
    )
}

async fn ask(clerk: &JsValue, options: JsValue) -> Result<JsValue, ClerkError> {
    let (began, mut pause) = (Date::now(), FIRST_LOOK);
    loop {
        let session = js::get(clerk, "session");
        if session.is_null() || js::string(&session, "status").as_deref() == Some("pending") {
            return Err(ClerkError::signed_out());
        }
        if !session.is_undefined() {
            let token = js::call_async(&session, "getToken", std::slice::from_ref(&options)).await;
            let token = token.map_err(|error| explain(error, &options))?;
            if token.is_string() {
                return Ok(token);
            }
        }
        if Date::now() - began > SESSION_WAIT {
            return Err(unavailable("no_session"));
        }
        TimeoutFuture::new(pause).await;
        pause = (pause * 2).min(1_000);
    }
}

/// A template that is not there is the most frequent mistake of all, and Clerk says no more than
/// "not found".
fn explain(error: ClerkError, options: &JsValue) -> ClerkError {
    match js::string(options, "template") {
        Some(template) if error.status() == Some(404) => error.of_kind(
            ErrorKind::NoSuchTemplate,
            format!(
                "The Clerk instance has no JWT template \"{template}\". \
                 Make it in Clerk's dashboard, on the page \"JWT templates\"."
            ),
        ),
        _ => error,
    }
}
