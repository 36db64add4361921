//! Who is calling. A handler learns of a person only through [`Identity`], and nothing makes an
//! [`Identity`] but a verified session token.

mod profile;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{FromRef, FromRequestParts, Path};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use clerk_axum::Auth;
use live_axum::{Caller, Callers, Refused};
use shared::UserUpdate;

pub use profile::Profile;

use crate::App;
use crate::error::ApiError;

/// Verifies session tokens that may carry the person's profile.
pub type Verifier = clerk_axum::Verifier<Profile>;

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// The caller, as the session token names them, who has not asked too often.
#[derive(Clone, Debug)]
pub struct Identity(Auth<Profile>);

impl Identity {
    /// Clerk's id of the caller.
    pub fn clerk_id(&self) -> &str {
        self.0.user_id()
    }

    /// The first row of the caller, and as of when it is complete, if it is.
    pub fn first_row(&self) -> (UserUpdate, Option<i64>) {
        let claims = self.0.claims();
        (
            claims.extra.first_row(&claims.sub),
            claims.extra.complete_as_of(claims.iat),
        )
    }
}

impl FromRequestParts<App> for Identity {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        // Of a live query, whose connection was let in.
        if let Some(identity) = parts.extensions.get::<Self>() {
            return Ok(identity.clone());
        }
        let auth = Auth::<Profile>::from_request_parts(parts, app).await?;
        app.limits.identity(&auth.claims().sub)?;
        Ok(Self(auth))
    }
}

/// The caller as the one who watches. All that a GET looks at is who they are.
impl Caller for Identity {
    fn scope(&self, _path: &str) -> Arc<str> {
        self.clerk_id().into()
    }

    fn person(&self) -> &str {
        self.clerk_id()
    }

    fn expires(&self) -> SystemTime {
        // Beyond what a clock holds nothing ever ends.
        UNIX_EPOCH + Duration::from_secs(self.0.claims().exp.min(u64::from(u32::MAX)))
    }

    async fn withdrawn(&self) {
        self.0.until_withdrawn().await;
    }

    fn attach(&self, extensions: &mut Extensions) {
        extensions.insert(self.clone());
    }
}

impl Callers for App {
    type Caller = Identity;

    async fn verify(&self, token: &str) -> Result<Identity, Refused> {
        let mut headers = HeaderMap::new();
        if let Ok(bearer) = format!("Bearer {token}").parse() {
            headers.insert(AUTHORIZATION, bearer);
        }
        let auth = self.verifier.authenticate(&Method::GET, &headers).await;
        Ok(Identity(auth.map_err(ApiError::from)?))
    }

    fn count(&self, caller: &Identity) -> Result<(), Refused> {
        Ok(self.limits.identity(&caller.0.claims().sub)?)
    }
}

/// The caller, on a path that names their own id: `/api/users/{clerkId}`.
#[derive(Clone, Debug)]
pub struct Owner(pub Identity);

impl FromRequestParts<App> for Owner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let identity = Identity::from_request_parts(parts, app).await?;
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(clerk_id)) if clerk_id == identity.clerk_id() => Ok(Self(identity)),
            _ => Err(ApiError::Forbidden),
        }
    }
}
