//! Who is calling. A handler learns of a person only through [`Identity`], and nothing makes an
//! [`Identity`] but a verified session token.

mod profile;

use axum::extract::{FromRef, FromRequestParts, Path};
use axum::http::request::Parts;
use clerk_axum::Auth;
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

    /// When the token ends, in seconds since the Unix epoch.
    pub fn expires(&self) -> u64 {
        self.0.claims().exp
    }

    /// The first row of the caller, and as of when it is complete, if it is.
    pub fn first_row(&self) -> (UserUpdate, Option<i64>) {
        let claims = self.0.claims();
        (
            claims.extra.first_row(&claims.sub),
            claims.extra.complete_as_of(claims.iat),
        )
    }

    /// Waits until the key that verified the token is withdrawn.
    pub async fn until_withdrawn(&self) {
        self.0.until_withdrawn().await;
    }
}

impl FromRequestParts<App> for Identity {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let auth = Auth::<Profile>::from_request_parts(parts, app).await?;
        app.limits.identity(&auth.claims().sub)?;
        Ok(Self(auth))
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
