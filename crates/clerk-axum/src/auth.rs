//! Who is calling. Nothing makes an [`Auth`] but a verified session token.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use clerk_claims::{Authorization, Condition};
use serde::de::DeserializeOwned;

use crate::claims::{Claims, NoExtra};
use crate::credentials::{self, Credential};
use crate::error::AuthError;
use crate::verifier::{Verified, Verifier};

/// The caller, as a verified session token names them; `Extra` are the app's own claims. Clones
/// share it.
///
/// As an extractor it works with any state that a [`Verifier`] can be taken from (`FromRef`), and
/// refuses a request without a good token. `Option<Auth>` lets in a request that has none; one
/// whose `Authorization` holds a bad token is refused all the same, while a session cookie that is
/// not good, as an expired one, counts as none.
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use clerk_axum::{Auth, AuthError, Condition, Verifier};
///
/// async fn invoices(auth: Auth) -> Result<String, AuthError> {
///     auth.require(&Condition::new().permission("org:invoices:read"))?;
///     Ok(format!("the invoices that {} may see", auth.user_id()))
/// }
///
/// async fn home(auth: Option<Auth>) -> String {
///     auth.map_or("Hello!".into(), |auth| format!("Hello, {}!", auth.user_id()))
/// }
///
/// fn router(verifier: Verifier) -> Router {
///     Router::new()
///         .route("/", get(home))
///         .route("/invoices", get(invoices))
///         .with_state(verifier)
/// }
/// ```
pub struct Auth<Extra = NoExtra>(Arc<Verified<Extra>>);

impl<Extra> Clone for Auth<Extra> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Extra> fmt::Debug for Auth<Extra> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Auth").field(&self.user_id()).finish()
    }
}

impl<Extra> Auth<Extra> {
    /// Clerk's id of the caller.
    pub fn user_id(&self) -> &str {
        &self.claims().sub
    }

    /// What the token says.
    pub fn claims(&self) -> &Claims<Extra> {
        &self.0.claims
    }

    /// What the session may do.
    pub fn authorization(&self) -> &Authorization {
        &self.claims().authorization
    }

    /// Whether the session meets the condition, as Clerk's `has()` decides it.
    ///
    /// The ages of the factors are those of the moment in which the token was issued, a minute ago
    /// at most.
    pub fn has(&self, condition: &Condition) -> bool {
        self.authorization().has(condition)
    }

    /// Refuses a session that does not meet the condition.
    ///
    /// # Errors
    /// [`AuthError::ReverificationRequired`] when nothing but a fresh verification is missing,
    /// which the person can give at once; [`AuthError::Forbidden`] otherwise.
    pub fn require(&self, condition: &Condition) -> Result<(), AuthError> {
        if self.has(condition) {
            return Ok(());
        }
        let mut rest = condition.clone();
        match rest.reverification.take() {
            Some(wanted) if rest.is_empty() || self.has(&rest) => {
                Err(AuthError::ReverificationRequired(wanted))
            }
            _ => Err(AuthError::Forbidden),
        }
    }

    /// Waits until the key that verified the token is withdrawn: the end of what the token opened,
    /// such as a stream.
    pub async fn until_withdrawn(&self) {
        self.0.key.until_withdrawn().await;
    }
}

/// Whoever watches, in a request that carries no token because its connection was let in.
pub(crate) struct Watching<Extra>(pub(crate) Auth<Extra>);

impl<Extra> Clone for Watching<Extra> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Whoever watches, if this is the request of a live query.
pub(crate) fn watching<Extra: Send + Sync + 'static>(
    extensions: &Extensions,
) -> Option<Auth<Extra>> {
    let watching = extensions.get::<Watching<Extra>>();
    watching.map(|watching| watching.0.clone())
}

impl<Extra: DeserializeOwned> Verifier<Extra> {
    /// The caller of a request with this method and these headers.
    ///
    /// # Errors
    /// [`AuthError::NoToken`], [`AuthError::InvalidToken`], [`AuthError::MachineToken`], or
    /// [`AuthError::KeyUnknown`] while it cannot be known whether the token's key exists.
    pub async fn authenticate(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Auth<Extra>, AuthError> {
        let (Credential::Bearer(token) | Credential::Cookie(token)) =
            credentials::find(method, headers, self.options())?;
        self.verify(token).await.map(Auth)
    }

    /// The caller, if there is one.
    pub(crate) async fn authenticate_optional(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Option<Auth<Extra>>, AuthError> {
        let is_cookie = !headers.contains_key(axum::http::header::AUTHORIZATION);
        match self.authenticate(method, headers).await {
            Ok(auth) => Ok(Some(auth)),
            Err(AuthError::NoToken) => Ok(None),
            Err(AuthError::InvalidToken(_) | AuthError::MachineToken(_)) if is_cookie => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<S, Extra> FromRequestParts<S> for Auth<Extra>
where
    S: Send + Sync,
    Extra: DeserializeOwned + Send + Sync + 'static,
    Verifier<Extra>: FromRef<S>,
{
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        if let Some(auth) = watching(&parts.extensions) {
            return Ok(auth);
        }
        let verifier = Verifier::from_ref(state);
        verifier.authenticate(&parts.method, &parts.headers).await
    }
}

impl<S, Extra> OptionalFromRequestParts<S> for Auth<Extra>
where
    S: Send + Sync,
    Extra: DeserializeOwned + Send + Sync + 'static,
    Verifier<Extra>: FromRef<S>,
{
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, AuthError> {
        let verifier = Verifier::from_ref(state);
        let (method, headers) = (&parts.method, &parts.headers);
        verifier.authenticate_optional(method, headers).await
    }
}
