//! A layer that lets in who has a good token, for whole routers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use clerk_claims::Condition;
use serde::de::DeserializeOwned;
use tower::{Layer, Service};

use crate::auth::{Auth, watching};
use crate::claims::NoExtra;
use crate::error::AuthError;
use crate::verifier::Verifier;

/// Lets in requests with a good token, and hands their [`Auth`] on as an extension.
///
/// ```
/// use axum::routing::get;
/// use axum::{Extension, Router};
/// use clerk_axum::{Auth, AuthLayer, Condition, Verifier};
///
/// async fn members(Extension(auth): Extension<Auth>) -> String {
///     format!("whom {} may manage", auth.user_id())
/// }
///
/// fn admin(verifier: Verifier) -> Router {
///     let admins = Condition::new().role("org:admin");
///     Router::new()
///         .route("/members", get(members))
///         .layer(AuthLayer::new(verifier).require(admins))
/// }
/// ```
pub struct AuthLayer<Extra = NoExtra> {
    verifier: Verifier<Extra>,
    condition: Option<Condition>,
    optional: bool,
    refuse: fn(AuthError) -> Response,
}

impl<Extra> Clone for AuthLayer<Extra> {
    fn clone(&self) -> Self {
        Self {
            verifier: self.verifier.clone(),
            condition: self.condition.clone(),
            ..*self
        }
    }
}

impl<Extra> fmt::Debug for AuthLayer<Extra> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer")
            .field("condition", &self.condition)
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}

impl<Extra> AuthLayer<Extra> {
    /// Lets in everybody with a good token of this verifier.
    pub fn new(verifier: Verifier<Extra>) -> Self {
        Self {
            verifier,
            condition: None,
            optional: false,
            refuse: IntoResponse::into_response,
        }
    }

    /// Lets in only those whose session meets this condition.
    #[must_use]
    pub fn require(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Lets in requests without a token too; they have no extension. A condition counts for those
    /// that have one.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Answers refusals in the app's own way.
    #[must_use]
    pub fn refuse_with(mut self, refuse: fn(AuthError) -> Response) -> Self {
        self.refuse = refuse;
        self
    }
}

impl<Extra: DeserializeOwned> AuthLayer<Extra> {
    async fn caller(
        &self,
        watching: Option<Auth<Extra>>,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Option<Auth<Extra>>, AuthError> {
        let auth = match watching {
            Some(auth) => Some(auth),
            None if self.optional => self.verifier.authenticate_optional(method, headers).await?,
            None => Some(self.verifier.authenticate(method, headers).await?),
        };
        if let (Some(auth), Some(condition)) = (&auth, &self.condition) {
            auth.require(condition)?;
        }
        Ok(auth)
    }
}

impl<S, Extra> Layer<S> for AuthLayer<Extra> {
    type Service = AuthService<S, Extra>;

    fn layer(&self, inner: S) -> Self::Service {
        AuthService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service behind an [`AuthLayer`].
#[derive(Debug)]
pub struct AuthService<S, Extra = NoExtra> {
    inner: S,
    layer: AuthLayer<Extra>,
}

impl<S: Clone, Extra> Clone for AuthService<S, Extra> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S, Extra> Service<Request> for AuthService<S, Extra>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    Extra: DeserializeOwned + Send + Sync + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // The one that is ready, which a clone need not be.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        Box::pin(async move {
            let watching = watching(request.extensions());
            let caller = layer.caller(watching, request.method(), request.headers());
            match caller.await {
                Ok(Some(auth)) => {
                    request.extensions_mut().insert(auth);
                    inner.call(request).await
                }
                Ok(None) => inner.call(request).await,
                Err(error) => Ok((layer.refuse)(error)),
            }
        })
    }
}
