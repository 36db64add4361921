use yew::prelude::*;

use super::signal::use_signal;
use crate::js;
use crate::resources::{SignUpErrors, SignUpResource};

/// A sign-up in an own form; answered by [`use_sign_up`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UseSignUp {
    /// The sign-up, as it stands; none until Clerk is loaded
    pub sign_up: Option<SignUpResource>,
    /// What is wrong, field by field
    pub errors: SignUpErrors,
    /// Whether a step is under way
    pub is_fetching: bool,
}

/// A sign-up in an own form (<https://clerk.com/docs/react/reference/hooks/use-sign-up>):
///
/// ```
/// use clerk_yew::ClerkError;
/// use clerk_yew::resources::{SignUpPassword, SignUpResource, SignUpStatus};
///
/// async fn begin(sign_up: &SignUpResource) -> Result<(), ClerkError> {
///     let params = SignUpPassword::new("correct horse battery staple")
///         .email_address("ada@example.com")
///         .first_name("Ada");
///     sign_up.password(&params).await?;
///     sign_up.verifications().send_email_code().await
/// }
///
/// async fn finish(sign_up: &SignUpResource, code: &str) -> Result<(), ClerkError> {
///     sign_up.verifications().verify_email_code(code).await?;
///     if sign_up.status() == SignUpStatus::Complete {
///         sign_up.finalize(|done| { done.decorate_url("/"); }).await?;
///     }
///     Ok(())
/// }
/// ```
#[hook]
pub fn use_sign_up() -> UseSignUp {
    let state = use_signal("signUpSignal").unwrap_or_default();
    UseSignUp {
        sign_up: js::member(&state, "signUp").map(|raw| SignUpResource::new(raw, state.clone())),
        errors: SignUpErrors::new(js::get(&state, "errors")),
        is_fetching: js::string(&state, "fetchStatus").as_deref() == Some("fetching"),
    }
}
