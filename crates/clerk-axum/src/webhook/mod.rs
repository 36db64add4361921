//! Webhooks: what Clerk tells, signed by Svix
//! (<https://clerk.com/docs/guides/development/webhooks/overview>).

mod delivery;
mod event;
mod resources;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::body::{BodyError, Budget, read_body};
use crate::secret::Secret;
use crate::time::unix_now;
use delivery::Delivery;
pub use event::Event;
pub use resources::{
    Deleted, EmailAddress, Membership, MembershipOrganization, MembershipUser, Organization,
    Session, User,
};

/// The largest event, in bytes: a person with all their metadata and accounts.
const BODY_MAX: usize = 256 * 1024;
/// How long Clerk may take to send one.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The shortest secret of a webhook endpoint, in bytes: fewer could be guessed.
const SECRET_MIN: usize = 16;

/// Verifies webhooks with an endpoint's secret. Clones share it.
#[derive(Clone)]
pub struct WebhookVerifier {
    secret: Arc<standardwebhooks::Webhook>,
    bodies: Budget,
}

impl fmt::Debug for WebhookVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookVerifier(…)")
    }
}

/// Why a webhook is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// 400: it has no valid signature, is too old, or holds no event. The reason is for the log.
    #[error("webhook refused: {0}")]
    Refused(&'static str),
    /// Its body cannot be read.
    #[error(transparent)]
    Body(#[from] BodyError),
}

impl WebhookError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) => StatusCode::BAD_REQUEST,
            Self::Body(error) => error.status(),
        }
    }
}

impl IntoResponse for WebhookError {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

/// A delivery that is Clerk's, and new: its time is five minutes off at most.
///
/// Clerk delivers an event again until it is answered with success, and deliveries may overtake
/// each other: a receiver keeps the ids that it has seen, and compares the times in the events.
///
/// As an extractor it works with any state that a [`WebhookVerifier`] can be taken from. Whatever
/// can be refused without the body is refused before it is read.
///
/// ```
/// use axum::Router;
/// use axum::routing::post;
/// use clerk_axum::webhook::{Event, Webhook, WebhookVerifier};
///
/// async fn clerk(webhook: Webhook) {
///     match webhook.event {
///         Event::UserCreated(user) => println!("{} signed up", user.id),
///         Event::UserDeleted(user) => println!("{} is gone", user.id),
///         _ => {}
///     }
/// }
///
/// fn router(verifier: WebhookVerifier) -> Router {
///     Router::new().route("/webhooks/clerk", post(clerk)).with_state(verifier)
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Webhook {
    /// The delivery's id (`svix-id`): the same each time it is tried.
    pub id: String,
    /// What Clerk tells.
    pub event: Event,
}

impl WebhookVerifier {
    /// A verifier with this secret, `whsec_…`; none when it is none, or one that could be guessed.
    pub fn new(secret: &Secret) -> Option<Self> {
        let key = secret.expose().strip_prefix("whsec_")?;
        let key = STANDARD.decode(key).ok()?;
        if key.len() < SECRET_MIN {
            return None;
        }
        Some(Self {
            secret: Arc::new(standardwebhooks::Webhook::from_bytes(key).ok()?),
            bodies: Budget::default(),
        })
    }

    /// With a budget for the bytes of bodies in memory.
    #[must_use]
    pub fn bodies(mut self, budget: Budget) -> Self {
        self.bodies = budget;
        self
    }

    /// The webhook in this request.
    ///
    /// # Errors
    /// As [`WebhookError`] says.
    pub async fn receive(&self, request: Request) -> Result<Webhook, WebhookError> {
        let delivery = Delivery::announced(request.headers(), unix_now())?;
        let body = read_body(request, BODY_MAX, BODY_TIMEOUT, &self.bodies).await?;
        self.secret
            .verify(&body, &delivery.headers)
            .map_err(|_| WebhookError::Refused("signature or time"))?;
        Ok(Webhook {
            id: delivery.id,
            event: Event::read(&body)?,
        })
    }
}

impl<S> FromRequest<S> for Webhook
where
    S: Send + Sync,
    WebhookVerifier: FromRef<S>,
{
    type Rejection = WebhookError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookError> {
        WebhookVerifier::from_ref(state).receive(request).await
    }
}
