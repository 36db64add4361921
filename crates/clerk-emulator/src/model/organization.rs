//! Organizations, and who belongs to them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Verification;

/// A group of people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Organization {
    pub id: String,
    pub name: String,
    pub slug: String,
    pub image_id: Option<String>,
    pub max_allowed_memberships: u32,
    pub admin_delete_enabled: bool,
    pub public_metadata: Map<String, Value>,
    pub private_metadata: Map<String, Value>,
    pub created_by: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(Organization, "organization", "The organization",
    "slug" => |it| Some(it.slug.clone()));

/// A person in an organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Membership {
    pub id: String,
    pub organization_id: String,
    pub user_id: String,
    /// A role's key.
    pub role: String,
    pub public_metadata: Map<String, Value>,
    pub private_metadata: Map<String, Value>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Membership {
    /// By what the membership of one person in one organization is found.
    pub fn pair(organization_id: &str, user_id: &str) -> String {
        format!("{organization_id} {user_id}")
    }
}

record!(Membership, "membership", "The membership",
    "organization" => |it| Some(it.organization_id.clone()),
    "user" => |it| Some(it.user_id.clone()),
    "pair" => |it| Some(Membership::pair(&it.organization_id, &it.user_id)));

/// How far an invitation or request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InvitationStatus {
    #[default]
    Pending,
    Accepted,
    Revoked,
    Expired,
    Completed,
}

impl InvitationStatus {
    /// The status at this moment of what ends then.
    pub fn at(self, now: i64, expires_at: Option<i64>) -> Self {
        match (self, expires_at) {
            (Self::Pending, Some(end)) if now >= end => Self::Expired,
            (status, _) => status,
        }
    }

    /// Whether it is one of those asked for; all are when none is named.
    pub fn is_among(self, wanted: &[&str]) -> bool {
        let name = serde_json::to_value(self).unwrap_or_default();
        wanted.is_empty() || wanted.iter().any(|it| name == *it)
    }
}

/// An address asked to join an organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganizationInvitation {
    pub id: String,
    pub organization_id: String,
    pub email_address: String,
    pub role: String,
    pub status: InvitationStatus,
    pub inviter_id: Option<String>,
    pub public_metadata: Map<String, Value>,
    pub private_metadata: Map<String, Value>,
    pub url: Option<String>,
    pub expires_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl OrganizationInvitation {
    /// The status, with what time has done to it.
    pub fn status_at(&self, now: i64) -> InvitationStatus {
        self.status.at(now, self.expires_at)
    }
}

record!(OrganizationInvitation, "organization_invitation", "The invitation",
    "organization" => |it| Some(it.organization_id.clone()),
    "email" => |it| Some(it.email_address.to_lowercase()));

/// A person may join an organization by their address's domain: a suggestion to them until they
/// ask for it, a request to the organization from then on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MembershipRequest {
    pub id: String,
    pub organization_id: String,
    pub user_id: String,
    /// Whether the person has asked to join.
    pub requested: bool,
    pub status: InvitationStatus,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(MembershipRequest, "membership_request", "The request",
    "organization" => |it| Some(it.organization_id.clone()),
    "user" => |it| Some(it.user_id.clone()));

/// A domain whose addresses belong to an organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Domain {
    pub id: String,
    pub organization_id: String,
    pub name: String,
    /// `manual_invitation`, `automatic_invitation` or `automatic_suggestion`.
    pub enrollment_mode: String,
    pub affiliation_email_address: Option<String>,
    pub verification: Option<Verification>,
    /// When the verification was given.
    pub verified_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(Domain, "domain", "The domain",
    "organization" => |it| Some(it.organization_id.clone()),
    "name" => |it| Some(it.name.clone()),
    "verified" => |it| it.verified_at.map(|_| it.name.clone()));

/// What members of an organization may be.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Role {
    pub id: String,
    pub name: String,
    /// Such as `org:admin`.
    pub key: String,
    pub description: String,
    /// Keys of permissions.
    pub permissions: Vec<String>,
    pub is_creator_eligible: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(Role, "role", "The role",
    "key" => |it| Some(it.key.clone()));

/// Something that a role allows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Permission {
    pub id: String,
    pub name: String,
    /// Such as `org:invoices:create`.
    pub key: String,
    pub description: String,
    pub created_at: i64,
    pub updated_at: i64,
}

record!(Permission, "permission", "The permission",
    "key" => |it| Some(it.key.clone()));
