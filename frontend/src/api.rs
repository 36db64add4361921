//! The API as the page calls it.

use clerk_yew::{ErrorKind, TokenOptions, get_token};
use gloo_net::http::{Method, RequestBuilder, Response};
use live_yew::Failure;
use serde::{Deserialize, Serialize};
use shared::{FieldError, Problem, PutUser, User, UserUpdate};

/// A row and its version, which grows with every change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned {
    /// 0 before the row exists.
    pub version: i64,
    /// None before the row exists and after it was deleted.
    pub user: Option<User>,
}

impl Versioned {
    /// A row with its entity tag.
    pub fn of(user: User, etag: Option<&str>) -> Self {
        let version = etag.and_then(|tag| {
            // Weak when a reverse proxy compressed the answer.
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag.trim_matches('"').parse().ok()
        });
        Self {
            version: version.unwrap_or_default(),
            user: Some(user),
        }
    }
}

/// Why a call failed, as far as the page can do something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The server could not be reached, or failed. Trying again may help.
    Unavailable,
    /// Too many requests. Trying again helps after so many seconds.
    TooMany(u32),
    /// Clerk gives no token; why. Trying again may help.
    NoToken(&'static str),
    /// The account was deleted.
    Gone,
    /// The row is not of the version the write was meant for.
    Changed,
    /// Some fields are not valid.
    Invalid(Vec<FieldError>),
    /// The server refused; what it said.
    Refused(String),
}

impl ApiError {
    /// What a refusal means.
    fn of(status: u16, body: &str) -> Self {
        match (status, serde_json::from_str::<Problem>(body)) {
            (0, _) => Self::NoToken("You are signed out."),
            (410, _) => Self::Gone,
            (412, _) => Self::Changed,
            (_, Ok(problem)) if problem.errors.is_empty() => Self::Refused(problem.detail),
            (_, Ok(problem)) => Self::Invalid(problem.errors),
            (_, Err(_)) => Self::Unavailable,
        }
    }

    /// Whether it passes by itself, so that trying again is right.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unavailable | Self::TooMany(_) | Self::NoToken(_)
        )
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self::of(failure.status, &failure.body)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable => f.write_str("The server cannot be reached."),
            Self::TooMany(1) => f.write_str("Too many requests. Try again in a second."),
            Self::TooMany(seconds) => {
                write!(f, "Too many requests. Try again in {seconds} seconds.")
            }
            Self::NoToken(reason) => f.write_str(reason),
            Self::Gone => f.write_str("This account was deleted."),
            Self::Changed => f.write_str("The profile has changed in the meantime."),
            Self::Invalid(_) => f.write_str("Some fields are not valid."),
            Self::Refused(detail) => f.write_str(detail),
        }
    }
}

/// The API with the signed-in person's tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Api {
    token: TokenOptions,
}

impl Api {
    /// Calls with tokens made by this JWT template if there is one.
    pub fn new(template: Option<String>) -> Self {
        let token = TokenOptions::new();
        Self {
            token: match template {
                Some(template) => token.template(template),
                None => token,
            },
        }
    }

    /// The person's row, made if need be.
    pub async fn get_or_create(&self) -> Result<Versioned, ApiError> {
        let response = self.call(Method::POST, "/api/users", None, None);
        versioned(response.await?).await
    }

    /// Writes email address and name: upon this version only, or else upon whatever is there.
    pub async fn put(
        &self,
        update: UserUpdate,
        only_if: Option<i64>,
    ) -> Result<Versioned, ApiError> {
        let path = format!("/api/users/{}", update.clerk_id);
        let response = self.call(Method::PUT, &path, Some(update.into()), only_if);
        versioned(response.await?).await
    }

    /// Deletes the row for good. Deleting it once more does no harm.
    pub async fn delete(&self, clerk_id: &str) -> Result<(), ApiError> {
        let path = format!("/api/users/{clerk_id}");
        self.call(Method::DELETE, &path, None, None).await?;
        Ok(())
    }

    /// Sends with a token. A 401 gets one fresh token and one more try.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<PutUser>,
        only_if: Option<i64>,
    ) -> Result<Response, ApiError> {
        let mut fresh = false;
        loop {
            let options = self.token.clone().skip_cache(fresh);
            let token = get_token(&options).await.map_err(|error| {
                ApiError::NoToken(match error.kind() {
                    ErrorKind::SignedOut => "You are signed out.",
                    _ => "The sign-in service is not responding.",
                })
            })?;
            let mut request = RequestBuilder::new(path)
                .method(method.clone())
                .header("Authorization", &format!("Bearer {token}"));
            if let Some(version) = only_if {
                request = request.header("If-Match", &format!("\"{version}\""));
            }
            let response = match &body {
                Some(body) => request.json(body).map_err(unreachable)?.send().await,
                None => request.send().await,
            };
            let response = response.map_err(unreachable)?;
            if response.status() == 401 && !fresh {
                fresh = true;
                continue;
            }
            return if response.ok() {
                Ok(response)
            } else {
                Err(refusal(response).await)
            };
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreachable(_: gloo_net::Error) -> ApiError {
    ApiError::Unavailable
}

/// The row in an answer, with its version in the entity tag.
async fn versioned(response: Response) -> Result<Versioned, ApiError> {
    let etag = response.headers().get("ETag");
    let user = response.json().await.map_err(unreachable)?;
    Ok(Versioned::of(user, etag.as_deref()))
}

async fn refusal(response: Response) -> ApiError {
    match response.status() {
        429 => {
            let after = response.headers().get("Retry-After");
            ApiError::TooMany(after.and_then(|it| it.parse().ok()).unwrap_or(1))
        }
        500.. => ApiError::Unavailable,
        status => match response.text().await {
            Ok(body) => ApiError::of(status, &body),
            Err(_) => ApiError::Unavailable,
        },
    }
}
