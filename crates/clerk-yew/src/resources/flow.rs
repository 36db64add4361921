//! What signing in and signing up share: steps that answer an error, and the way out of them.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use super::session::Session;
use super::value::{Read, Write};
use crate::error::ClerkError;
use crate::js::{self, object};

/// A step: clerk-js answers `{error}` instead of throwing. A mistake of the app's own, such as a
/// step out of order, is thrown all the same.
pub(crate) async fn step(
    of: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<(), ClerkError> {
    failed(&js::call_async(of, method, arguments).await?)
}

fn failed(answer: &JsValue) -> Result<(), ClerkError> {
    js::member(answer, "error").map_or(Ok(()), |error| Err(ClerkError::thrown(&error)))
}

/// Where a code or a link goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendTo {
    /// To the address or number that the sign-in is about
    #[default]
    Current,
    /// To this email address or phone number; a new sign-in begins with it
    Identifier(String),
    /// To the address or number of this id, one of the sign-in's factors
    Id(String),
}

impl SendTo {
    /// As a member of the argument object: by the name of an identifier, or by the name of an id.
    pub(crate) fn entry<'a>(&self, identifier: &'a str, id: &'a str) -> (&'a str, JsValue) {
        match self {
            Self::Current => (id, JsValue::UNDEFINED),
            Self::Identifier(address) => (identifier, address.write()),
            Self::Id(known) => (id, known.write()),
        }
    }
}

words! {
    /// What came of a link.
    EmailLinkStatus {
        /// It was followed, and proved the address
        Verified = "verified",
        /// It came too late
        Expired = "expired",
        /// It failed
        Failed = "failed",
        /// It was followed in another browser, which the instance does not allow
        ClientMismatch = "client_mismatch",
    }
}

resource! {
    /// What came of the link that led to this page.
    EmailLinkVerification {
        /// What came of it
        status: EmailLinkStatus = "status",
        /// Id of the session that it made
        created_session_id: String = "createdSessionId",
        /// Whether it was followed in the browser that asked for it
        verified_from_the_same_client: bool = "verifiedFromTheSameClient",
    }
}

resource! {
    /// The session that somebody has already with this account.
    ExistingSession {
        /// Its id
        session_id: String = "sessionId",
    }
}

resource! {
    /// A check that it is no robot, to be passed before the next step.
    ProtectCheck {
        /// Where it stands
        status: String = "status",
        /// What the check is started with
        token: String = "token",
        /// Its script
        sdk_url: String = "sdkUrl",
        /// When it ends, in milliseconds since the Unix epoch
        expires_at: Option<f64> = "expiresAt",
    }
}

/// The session that was just made, while the page goes on to what follows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finalized {
    /// The session; look at its [`current_task`](Session::current_task) first
    pub session: Session,
    raw: JsValue,
}

impl Finalized {
    /// The URL to go to instead of this one: Clerk adds what a browser needs that shares no
    /// cookies with Clerk's own pages.
    pub fn decorate_url(&self, url: &str) -> String {
        js::call(&self.raw, "decorateUrl", &[url.into()])
            .ok()
            .and_then(|it| it.as_string())
            .unwrap_or_else(|| url.to_owned())
    }
}

/// A function for clerk-js that goes on by `navigate`. It is clerk-js's own: the page goes on even
/// when nobody waits for the answer any more.
pub(crate) fn navigation(navigate: impl FnOnce(Finalized) + 'static) -> JsValue {
    Closure::once_into_js(move |raw: JsValue| {
        let session = Session::read(js::get(&raw, "session"));
        navigate(Finalized { session, raw });
    })
}

/// The error behind a signal's errors: `raw` is the error itself where no field is meant, and its
/// reasons where some are.
pub(crate) fn error(errors: &JsValue) -> Option<ClerkError> {
    let raw = js::member(errors, "raw")?;
    let whole = js::member(errors, "global").and_then(|_| js::items(errors, "raw").next());
    let thrown = whole.unwrap_or_else(|| object([("errors", raw)]));
    Some(ClerkError::thrown(&thrown))
}

/// What is wrong, field by field.
macro_rules! errors {
    (
        $(#[$about:meta])*
        $name:ident { $( $(#[$doc:meta])* $field:ident = $js:literal, )* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(wasm_bindgen::JsValue);

        impl $name {
            pub(crate) fn new(raw: wasm_bindgen::JsValue) -> Self {
                Self(raw)
            }

            $(
                $(#[$doc])*
                pub fn $field(&self) -> Option<$crate::error::Reason> {
                    let fields = $crate::js::get(&self.0, "fields");
                    $crate::resources::value::Read::read($crate::js::get(&fields, $js))
                }
            )*

            /// What is wrong with no field in particular.
            pub fn global(&self) -> Vec<$crate::error::ClerkError> {
                $crate::resources::value::Read::read($crate::js::get(&self.0, "global"))
            }

            /// The last step's error, with all of its reasons.
            pub fn error(&self) -> Option<$crate::error::ClerkError> {
                $crate::resources::flow::error(&self.0)
            }
        }
    };
}

/// A state of a flow: clerk-js's object, which changes in place, and the value of the signal that
/// tells its states apart; and the steps that every flow has.
macro_rules! flow {
    (
        $(#[$about:meta])*
        $name:ident {
            $( $(#[$doc:meta])* $member:ident : $kind:ty = $js:literal, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, PartialEq)]
        pub struct $name {
            raw: wasm_bindgen::JsValue,
            state: wasm_bindgen::JsValue,
        }

        impl $name {
            pub(crate) fn new(raw: wasm_bindgen::JsValue, state: wasm_bindgen::JsValue) -> Self {
                Self { raw, state }
            }

            async fn step(
                &self,
                method: &str,
                params: wasm_bindgen::JsValue,
            ) -> Result<(), $crate::error::ClerkError> {
                $crate::resources::flow::step(&self.raw, method, &[params]).await
            }

            /// Hands in the proof that it is no robot.
            pub async fn submit_protect_check(
                &self,
                proof_token: &str,
            ) -> Result<(), $crate::error::ClerkError> {
                let params = $crate::js::object([("proofToken", proof_token.into())]);
                self.step("submitProtectCheck", params).await
            }

            /// Makes the new session the one in use, once this is complete, then goes on by
            /// `navigate`. It goes on even when nobody waits for the answer any more: the form is
            /// gone as soon as the session is there.
            pub async fn finalize(
                &self,
                navigate: impl FnOnce($crate::resources::flow::Finalized) + 'static,
            ) -> Result<(), $crate::error::ClerkError> {
                let navigate = $crate::resources::flow::navigation(navigate);
                let params = $crate::js::object([("navigate", navigate)]);
                self.step("finalize", params).await
            }

            /// Forgets it, to begin again.
            pub async fn reset(&self) -> Result<(), $crate::error::ClerkError> {
                $crate::resources::flow::step(&self.raw, "reset", &[]).await
            }
        }

        members! { $name { $( $(#[$doc])* $member: $kind = $js, )* } }

        /// By name only: it holds what somebody typed.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

pub(crate) use {errors, flow};
