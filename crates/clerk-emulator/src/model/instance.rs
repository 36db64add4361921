//! What belongs to the instance: templates, invitations, tickets, lists.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{InvitationStatus, Verification};

/// What tokens of one kind say (<https://clerk.com/docs/guides/sessions/jwt-templates>).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JwtTemplate {
    pub id: String,
    pub name: String,
    pub claims: Value,
    /// Seconds.
    pub lifetime: i64,
    /// Seconds.
    pub allowed_clock_skew: i64,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(JwtTemplate, "jwt_template", "The JWT template", "name" => |it| Some(it.name.clone()));

/// An address asked to make an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Invitation {
    pub id: String,
    pub email_address: String,
    pub public_metadata: Map<String, Value>,
    pub status: InvitationStatus,
    pub url: Option<String>,
    pub expires_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Invitation {
    /// The status, with what time has done to it.
    pub fn status_at(&self, now: i64) -> InvitationStatus {
        self.status.at(now, self.expires_at)
    }
}

record!(Invitation, "invitation", "The invitation", "email" => |it| Some(it.email_address.to_lowercase()));

/// How far a one-time token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TicketStatus {
    #[default]
    Pending,
    Accepted,
    Revoked,
}

/// Signs a person in once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInToken {
    pub id: String,
    pub user_id: String,
    pub status: TicketStatus,
    pub expires_at: i64,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(SignInToken, "sign_in_token", "The sign-in token");

/// Lets somebody act for a person once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorToken {
    pub id: String,
    pub user_id: String,
    pub actor: Value,
    pub status: TicketStatus,
    pub expires_at: i64,
    pub session_max_duration: i64,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(ActorToken, "actor_token", "The actor token");

/// The secret in a link: what it opens. Its id is the SHA-256 of the secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    pub id: String,
    /// The kind of the record it opens: `invitation`, `organization_invitation`,
    /// `sign_in_token`, `actor_token` or `email_link`.
    pub kind: String,
    /// The id of that record.
    pub of: String,
    pub redirect_url: Option<String>,
    pub created_at: i64,
}
record!(Ticket, "ticket", "The ticket", "kind" => |it| Some(it.kind.clone()));

/// An address in the queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WaitlistEntry {
    pub id: String,
    pub email_address: String,
    /// `pending`, `invited`, `rejected` or `completed`.
    pub status: String,
    pub invitation_id: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(WaitlistEntry, "waitlist_entry", "The waitlist entry", "email" => |it| Some(it.email_address.to_lowercase()));

/// Who may sign up: an address, or `*@domain`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowedIdentifier {
    pub id: String,
    pub identifier: String,
    pub invitation_id: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(AllowedIdentifier, "allowlist_identifier", "The identifier", "identifier" => |it| Some(it.identifier.to_lowercase()));

/// Who may not sign up or in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BlockedIdentifier {
    pub id: String,
    pub identifier: String,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(BlockedIdentifier, "blocklist_identifier", "The identifier", "identifier" => |it| Some(it.identifier.to_lowercase()));

/// An address that native applications may be led back to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RedirectUrl {
    pub id: String,
    pub url: String,
    pub created_at: i64,
    pub updated_at: i64,
}
record!(RedirectUrl, "redirect_url", "The redirect URL", "url" => |it| Some(it.url.clone()));

/// A picture.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    pub id: String,
    pub content_type: String,
    /// Base64.
    pub bytes: String,
    pub created_at: i64,
}
record!(Image, "image", "The image");

/// Somebody is at the OAuth provider's page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OAuthAttempt {
    /// The state parameter.
    pub id: String,
    pub client_id: String,
    pub strategy: String,
    /// `sign_in`, `sign_up`, or `USER_ID ACCOUNT_ID`: a connection, new or renewed.
    pub purpose: String,
    pub redirect_url: String,
    pub complete_url: String,
    pub created_at: i64,
}
record!(OAuthAttempt, "oauth_attempt", "The OAuth attempt");

impl OAuthAttempt {
    /// Whether this is the proof that it went for: nothing else was begun meanwhile.
    pub fn is_for(&self, proof: Option<&Verification>) -> bool {
        proof.is_some_and(|it| it.token.as_ref() == Some(&self.id))
    }
}
