//! Who is calling. A handler learns of a person only through [`Identity`], and nothing makes an
//! [`Identity`] but a verified session token.

mod claims;
mod jwks;
mod key;
mod members;
mod token;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

pub use claims::Claims;
pub use jwks::Keys;
use token::Verified;
pub use token::Verifier;

use crate::App;
use crate::error::ApiError;

/// The caller, as the session token names them.
#[derive(Clone, Debug)]
pub struct Identity(Arc<Verified>);

impl Identity {
    /// Clerk's id of the caller.
    pub fn clerk_id(&self) -> &str {
        &self.claims().sub
    }

    /// What the token says.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// Waits until the key that verified the token is withdrawn.
    pub async fn until_withdrawn(&self) {
        self.0.key.until_withdrawn().await;
    }
}

impl FromRequestParts<App> for Identity {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer_token(parts)?;
        let identity = Self(app.verifier.verify(token).await?);
        app.limits.identity(&identity.claims().sub)?;
        Ok(identity)
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

/// The token of the one `Authorization` header (RFC 6750 § 2.1). Two of them are refused:
/// a proxy and this server might not read the same one.
fn bearer_token(parts: &Parts) -> Result<&str, ApiError> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let header = headers.next().ok_or(ApiError::NoToken)?;
    if headers.next().is_some() {
        return Err(ApiError::InvalidToken("several Authorization headers"));
    }
    let header = header
        .to_str()
        .map_err(|_| ApiError::InvalidToken("Authorization is not ASCII"))?;
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(ApiError::NoToken),
    }
}
