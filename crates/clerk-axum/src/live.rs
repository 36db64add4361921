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

/// All that an answer may depend on is the session, who acts in it, and what they may do in which
/// organization: a session that was reverified shares nothing with one that was not. An app whose
/// answers depend on `Extra` has a caller of its own.
impl<Extra: Send + Sync + 'static> Caller for Auth<Extra> {
    fn scope(&self, _path: &str) -> Arc<str> {
        let may = self.authorization();
        let of = [&may.org_id, &may.org_role, &may.features, &may.plans];
        let (id, permissions) = (self.user_id(), &may.org_permissions);
        let (session, actor) = (&self.claims().sid, &self.claims().act);
        format!("{id} {of:?} {permissions:?} {session:?} {actor:?}").into()
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::test::{TestIssuer, claims};

    /// A session that confirmed who it is shares no answer with one that did not.
    #[tokio::test]
    async fn whatever_an_answer_may_depend_on_is_in_the_scope() {
        let issuer = TestIssuer::new();
        let verifier: Verifier = issuer.verifier();
        let mut scopes = Vec::new();
        let member = json!({ "id": "org_1", "rol": "member" });
        for (name, value) in [
            ("sid", json!("sess_1")),
            ("sid", json!("sess_2")),
            ("sub", json!("user_bob")),
            ("o", member),
            ("o", json!({ "id": "org_1", "rol": "admin" })),
            ("o", json!({ "id": "org_2", "rol": "admin" })),
            ("act", json!({ "sub": "user_support" })),
            ("pla", json!("u:pro")),
        ] {
            let mut claims: Value = claims("user_ada");
            claims[name] = value;
            let caller = Callers::verify(&verifier, &issuer.sign(&claims)).await;
            scopes.push(caller.expect("let in").scope("/notes"));
        }
        let all = scopes.len();
        scopes.sort();
        scopes.dedup();
        assert_eq!(scopes.len(), all, "{scopes:?}");
    }
}
