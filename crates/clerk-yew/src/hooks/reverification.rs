use js_sys::{JSON, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

use clerk_claims::Level;

use super::clerk::use_clerk;
use crate::clerk::Clerk;
use crate::error::{ClerkError, ErrorKind};
use crate::js::{self, object};

/// That an answer asks for reverification, and by which factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReverificationHint {
    /// By which factor; none: the instance decides
    pub level: Option<Level>,
}

impl ReverificationHint {
    /// What the body of a 403 asks for, if it is in Clerk's form, as `clerk-axum` and Clerk's own
    /// SDKs for servers write it: `{"clerk_error": {"type": "forbidden", "reason":
    /// "reverification-error", "metadata": {"reverification": …}}}`.
    pub fn in_body(body: &str) -> Option<Self> {
        let error = js::get(&JSON::parse(body).ok()?, "clerk_error");
        let is_one = js::string(&error, "type").as_deref() == Some("forbidden")
            && js::string(&error, "reason").as_deref() == Some("reverification-error");
        let wanted = js::get(&js::get(&error, "metadata"), "reverification");
        is_one.then(|| Self {
            level: level(&wanted),
        })
    }
}

/// The factor of a preset's name, or of `{level, afterMinutes}`.
fn level(wanted: &JsValue) -> Option<Level> {
    let named = wanted.as_string().or_else(|| js::string(wanted, "level"))?;
    match named.as_str() {
        "strict_mfa" | "multi_factor" => Some(Level::MultiFactor),
        "strict" | "moderate" | "lax" | "second_factor" => Some(Level::SecondFactor),
        "first_factor" => Some(Level::FirstFactor),
        _ => None,
    }
}

/// An error that may ask for reverification: Clerk's, and an app's own for the answers of its API
/// (see [`ReverificationHint::in_body`]).
pub trait NeedsReverification: From<ClerkError> {
    /// What it asks for, if it does.
    fn reverification(&self) -> Option<ReverificationHint>;
}

impl NeedsReverification for ClerkError {
    fn reverification(&self) -> Option<ReverificationHint> {
        (self.kind() == ErrorKind::ReverificationNeeded).then(ReverificationHint::default)
    }
}

/// A reverification that an own form does; told to
/// [`UseReverification::run_with`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReverificationRequest {
    /// By which factor; none: the instance decides
    pub level: Option<Level>,
    complete: JsValue,
    cancel: JsValue,
}

impl ReverificationRequest {
    /// It is done: what was refused is tried again.
    pub fn complete(&self) {
        settle(&self.complete);
    }

    /// The person does not want to.
    pub fn cancel(&self) {
        settle(&self.cancel);
    }
}

fn settle(how: &JsValue) {
    // A promise's own functions; they never throw.
    let _ = js::call(how, "call", &[]);
}

/// Runs what may ask for reverification; answered by [`use_reverification`].
#[derive(Clone, PartialEq)]
pub struct UseReverification(Clerk);

/// Runs what may ask the person to prove once more that it is them
/// (<https://clerk.com/docs/react/reference/hooks/use-reverification>):
///
/// ```
/// use clerk_yew::resources::{UpdateUserPassword, User};
/// use clerk_yew::{ClerkError, UseReverification};
///
/// async fn change(
///     user: &User,
///     reverification: &UseReverification,
///     params: &UpdateUserPassword,
/// ) -> Result<User, ClerkError> {
///     reverification.run(async || user.update_password(params).await).await
/// }
/// ```
#[hook]
pub fn use_reverification() -> UseReverification {
    UseReverification(use_clerk())
}

impl UseReverification {
    /// Runs it. When it asks for reverification, Clerk's window does that, and it runs once more.
    ///
    /// # Errors
    /// What it answered, or [`ErrorKind::ReverificationCancelled`] when the person closed the
    /// window.
    pub async fn run<T, E: NeedsReverification>(
        &self,
        fetcher: impl AsyncFn() -> Result<T, E>,
    ) -> Result<T, E> {
        let clerk = self.0.loaded().await?;
        self.run_with(fetcher, |request| {
            let level = request
                .level
                .map_or(JsValue::UNDEFINED, |it| it.as_str().into());
            let params = object([
                ("level", level),
                ("afterVerification", request.complete),
                ("afterVerificationCancelled", request.cancel),
            ]);
            js::call(&clerk, "__internal_openReverification", &[params]).map(|_| ())
        })
        .await
    }

    /// As [`run`](Self::run), with an own form instead of Clerk's window: `ask` shows it, and it
    /// calls [`ReverificationRequest::complete`] or [`cancel`](ReverificationRequest::cancel).
    ///
    /// # Errors
    /// As [`run`](Self::run), and what `ask` answers.
    pub async fn run_with<T, E: NeedsReverification>(
        &self,
        fetcher: impl AsyncFn() -> Result<T, E>,
        ask: impl FnOnce(ReverificationRequest) -> Result<(), ClerkError>,
    ) -> Result<T, E> {
        let answer = fetcher().await;
        let Some(hint) = answer.as_ref().err().and_then(E::reverification) else {
            return answer;
        };
        let (request, done) = request(hint);
        ask(request)?;
        JsFuture::from(done).await.map_err(|_| cancelled())?;
        fetcher().await
    }
}

/// A request, and the promise that it settles.
fn request(hint: ReverificationHint) -> (ReverificationRequest, Promise) {
    let mut settle = (JsValue::UNDEFINED, JsValue::UNDEFINED);
    let done = Promise::new(&mut |complete, cancel| settle = (complete.into(), cancel.into()));
    let (complete, cancel) = settle;
    let request = ReverificationRequest {
        level: hint.level,
        complete,
        cancel,
    };
    (request, done)
}

fn cancelled() -> ClerkError {
    ClerkError::new(
        ErrorKind::ReverificationCancelled,
        "reverification_cancelled",
        "You did not confirm that it is you.",
    )
}
