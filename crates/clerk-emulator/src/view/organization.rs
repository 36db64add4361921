//! Organizations and who belongs to them.

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::model::{
    Domain, InvitationStatus, Membership, MembershipRequest, Organization, OrganizationInvitation,
    Permission, Role, User,
};
use crate::scope::Scope;
use crate::store::Page;

use super::{Audience, image_url, public_user};

/// An organization.
pub fn organization(
    scope: &Scope<'_>,
    it: &Organization,
    audience: Audience,
) -> Result<Value, ClerkError> {
    let members = scope.tx.count::<Membership>("organization", &it.id)?;
    let invitations = pending_invitations(scope, &it.id)?;
    let mut shown = json!({
        "object": "organization",
        "id": it.id,
        "name": it.name,
        "slug": it.slug,
        "image_url": image_url(scope, it.image_id.as_deref(), &initial(it)),
        "has_image": it.image_id.is_some(),
        "members_count": members,
        "pending_invitations_count": invitations,
        "max_allowed_memberships": it.max_allowed_memberships,
        "admin_delete_enabled": it.admin_delete_enabled,
        "public_metadata": it.public_metadata,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    });
    if audience == Audience::Backend {
        shown["private_metadata"] = json!(it.private_metadata);
        if let Some(by) = &it.created_by {
            shown["created_by"] = json!(by);
        }
    }
    Ok(shown)
}

fn initial(it: &Organization) -> String {
    it.name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(1)
        .collect()
}

fn pending_invitations(scope: &Scope<'_>, organization_id: &str) -> Result<usize, ClerkError> {
    let all: Vec<OrganizationInvitation> =
        scope
            .tx
            .list("organization", organization_id, Page::WHOLE)?;
    let pending =
        |it: &&OrganizationInvitation| it.status_at(scope.now) == InvitationStatus::Pending;
    Ok(all.iter().filter(pending).count())
}

/// What everybody may see of an organization.
pub fn public_organization(scope: &Scope<'_>, it: &Organization) -> Value {
    json!({
        "id": it.id,
        "name": it.name,
        "slug": it.slug,
        "image_url": image_url(scope, it.image_id.as_deref(), &initial(it)),
        "has_image": it.image_id.is_some(),
    })
}

/// A membership with its organization and, when given, its person; none when the organization
/// is gone.
pub fn membership(
    scope: &Scope<'_>,
    it: &Membership,
    user: Option<&User>,
    audience: Audience,
) -> Result<Option<Value>, ClerkError> {
    let Some(organization) = scope.tx.get::<Organization>(&it.organization_id)? else {
        return Ok(None);
    };
    let role = scope.tx.find::<Role>("key", &it.role)?;
    let mut shown = json!({
        "object": "organization_membership",
        "id": it.id,
        "role": it.role,
        "role_name": role.as_ref().map_or(it.role.as_str(), |role| &role.name),
        "permissions": role.as_ref().map(|role| &role.permissions),
        "public_metadata": it.public_metadata,
        "organization": self::organization(scope, &organization, audience)?,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    });
    if let Some(user) = user {
        shown["public_user_data"] = public_user(scope, user);
    }
    if audience == Audience::Backend {
        shown["private_metadata"] = json!(it.private_metadata);
        shown["permissions"] = json!(role.map(|role| role.permissions).unwrap_or_default());
        if user.is_some() {
            shown["public_user_data"]["profile_image_url"] = Value::Null;
        }
    }
    Ok(Some(shown))
}

/// An invitation to an organization.
pub fn invitation(
    scope: &Scope<'_>,
    it: &OrganizationInvitation,
    audience: Audience,
) -> Result<Value, ClerkError> {
    let role = scope.tx.find::<Role>("key", &it.role)?;
    let mut shown = json!({
        "object": "organization_invitation",
        "id": it.id,
        "email_address": it.email_address,
        "role": it.role,
        "role_name": role.as_ref().map_or(it.role.as_str(), |role| &role.name),
        "organization_id": it.organization_id,
        "status": it.status_at(scope.now),
        "public_metadata": it.public_metadata,
        // Its ticket is for who reads the mailbox, and for servers.
        "url": it.url.as_ref().filter(|_| audience == Audience::Backend),
        "expires_at": it.expires_at,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    });
    if audience == Audience::Backend {
        let inviter = match &it.inviter_id {
            Some(id) => scope.tx.get::<User>(id)?,
            None => None,
        };
        let inviter_data = inviter.map(|user| {
            let mut shown = public_user(scope, &user);
            if let Value::Object(fields) = &mut shown {
                fields.remove("username");
            }
            shown
        });
        shown["private_metadata"] = json!(it.private_metadata);
        shown["inviter_id"] = json!(it.inviter_id);
        shown["public_inviter_data"] = json!(inviter_data);
    } else if let Some(organization) = scope.tx.get::<Organization>(&it.organization_id)? {
        shown["public_organization_data"] = public_organization(scope, &organization);
    }
    Ok(shown)
}

/// A domain of an organization.
pub fn domain(scope: &Scope<'_>, it: &Domain) -> Result<Value, ClerkError> {
    let requests: Vec<MembershipRequest> =
        scope
            .tx
            .list("organization", &it.organization_id, Page::WHOLE)?;
    let suggestions = requests
        .iter()
        .filter(|it| !it.requested && it.status == InvitationStatus::Pending)
        .count();
    let shown = it.verification.as_ref().map(|proof| {
        let status = if it.verified_at.is_some() {
            "verified"
        } else {
            "unverified"
        };
        json!({
            "status": status,
            "strategy": proof.strategy,
            "attempts": proof.attempts,
            "expire_at": proof.expire_at,
            "verified_at": it.verified_at,
        })
    });
    Ok(json!({
        "object": "organization_domain",
        "id": it.id,
        "organization_id": it.organization_id,
        "name": it.name,
        "enrollment_mode": it.enrollment_mode,
        "affiliation_email_address": it.affiliation_email_address,
        "affiliation_verification": shown,
        "ownership_verification": null,
        "verification": shown,
        "total_pending_invitations": 0,
        "total_pending_suggestions": suggestions,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }))
}

/// Somebody asks to join.
pub fn request(scope: &Scope<'_>, it: &MembershipRequest) -> Result<Value, ClerkError> {
    let user: User = scope.tx.need(&it.user_id)?;
    Ok(json!({
        "object": "organization_membership_request",
        "id": it.id,
        "organization_id": it.organization_id,
        "status": it.status,
        "public_user_data": public_user(scope, &user),
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }))
}

/// Somebody may join.
pub fn suggestion(scope: &Scope<'_>, it: &MembershipRequest) -> Result<Value, ClerkError> {
    let organization: Organization = scope.tx.need(&it.organization_id)?;
    let status = match (it.requested, it.status) {
        (false, _) => "pending",
        (true, InvitationStatus::Accepted) => "completed",
        (true, _) => "accepted",
    };
    Ok(json!({
        "object": "organization_suggestion",
        "id": it.id,
        "public_organization_data": public_organization(scope, &organization),
        "status": status,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }))
}

/// A role with its permissions.
pub fn role(scope: &Scope<'_>, it: &Role) -> Result<Value, ClerkError> {
    let mut permissions = Vec::new();
    for key in &it.permissions {
        let known = scope.tx.find::<Permission>("key", key)?;
        permissions.extend(known.as_ref().map(permission));
    }
    Ok(json!({
        "object": "role",
        "id": it.id,
        "name": it.name,
        "key": it.key,
        "description": it.description,
        "is_creator_eligible": it.is_creator_eligible,
        "permissions": permissions,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }))
}

/// Something that a role allows.
pub fn permission(it: &Permission) -> Value {
    let system = it.key.starts_with("org:sys_");
    json!({
        "object": "permission",
        "id": it.id,
        "name": it.name,
        "key": it.key,
        "description": it.description,
        "type": if system { "system" } else { "user" },
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}
