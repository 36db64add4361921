//! Live queries of whoever Clerk knows.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::header::AUTHORIZATION;
use axum::http::{Extensions, HeaderMap, Method};
use live_axum::{Caller, Callers, Refused};
use serde::de::DeserializeOwned;

use crate::auth::{Auth, Watching};
use crate::error::AuthError;
use crate::verifier::Verifier;

/// All that an answer may depend on is the person and what they may do in which organization. An
/// app whose answers depend on `Extra` has a caller of its own.
impl<Extra: Send + Sync + 'static> Caller for Auth<Extra> {
    fn scope(&self, _path: &str) -> Arc<str> {
        let may = self.authorization();
        let of = [&may.org_id, &may.org_role, &may.features, &may.plans];
        format!("{} {of:?} {:?}", self.user_id(), may.org_permissions).into()
    }

    fn person(&self) -> &str {
        self.user_id()
    }

    fn expires(&self) -> SystemTime {
        // Beyond what a clock holds nothing ever ends.
        UNIX_EPOCH + Duration::from_secs(self.claims().exp.min(u64::from(u32::MAX)))
    }

    async fn withdrawn(&self) {
        self.until_withdrawn().await;
    }

    fn attach(&self, extensions: &mut Extensions) {
        extensions.insert(Watching(self.clone()));
    }
}

impl<Extra: DeserializeOwned + Send + Sync + 'static> Callers for Verifier<Extra> {
    type Caller = Auth<Extra>;

    async fn verify(&self, token: &str) -> Result<Auth<Extra>, Refused> {
        let mut headers = HeaderMap::new();
        if let Ok(bearer) = format!("Bearer {token}").parse() {
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(self.authenticate(&Method::GET, &headers).await?)
    }

    /// As many as they like: an app that limits requests has callers of its own.
    fn count(&self, _: &Auth<Extra>) -> Result<(), Refused> {
        Ok(())
    }
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        let detail = match error {
            AuthError::NoToken => "Send a Clerk session token: Authorization: Bearer <token>.",
            AuthError::InvalidToken(_) | AuthError::MachineToken(_) => {
                "The token is not valid or has expired. Get a fresh one."
            }
            AuthError::Forbidden => "Your session may not do this.",
            AuthError::ReverificationRequired(_) => "Confirm first that it is you.",
            AuthError::KeyUnknown => "The service is temporarily unavailable. Try again shortly.",
        };
        Self::new(error.status(), detail)
    }
}
