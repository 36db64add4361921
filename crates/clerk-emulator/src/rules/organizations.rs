//! The rules of organizations, whoever asks: a member by the Frontend API, a server by the
//! Backend API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::delivery::{mail, webhooks};
use crate::error::ClerkError;
use crate::id;
use crate::model::{
    Domain, InvitationStatus, Membership, MembershipRequest, Organization, OrganizationInvitation,
    Permission, Role, Session, User,
};
use crate::rules::tickets;
use crate::scope::Scope;
use crate::store::{Page, Transaction};
use crate::view::{self, Audience};

/// How long an invitation may be accepted, in milliseconds: 30 days.
pub const INVITATION_LIFETIME: i64 = 30 * 24 * 60 * 60 * 1000;

/// Clerk's own permissions: key, name, and whether members have them too.
const PERMISSIONS: [(&str, &str, bool); 8] = [
    ("org:sys_profile:manage", "Manage organization", false),
    ("org:sys_profile:delete", "Delete organization", false),
    ("org:sys_memberships:read", "Read members", true),
    ("org:sys_memberships:manage", "Manage members", false),
    ("org:sys_domains:read", "Read domains", false),
    ("org:sys_domains:manage", "Manage domains", false),
    ("org:sys_billing:read", "Read billing", true),
    ("org:sys_billing:manage", "Manage billing", false),
];

/// Clerk's roles and permissions, which every instance begins with.
pub fn create_roles(tx: &Transaction, now: i64) -> Result<(), ClerkError> {
    for (key, name, _) in PERMISSIONS {
        tx.put(&Permission {
            id: id::new("perm"),
            name: name.to_owned(),
            key: key.to_owned(),
            description: String::new(),
            created_at: now,
            updated_at: now,
        })?;
    }
    for (key, name, admin) in [
        ("org:admin", "Admin", true),
        ("org:member", "Member", false),
    ] {
        let granted = PERMISSIONS.iter().filter(|(_, _, all)| admin || *all);
        tx.put(&Role {
            id: id::new("role"),
            name: name.to_owned(),
            key: key.to_owned(),
            description: format!("The {} role", name.to_lowercase()),
            permissions: granted.map(|(key, _, _)| (*key).to_owned()).collect(),
            is_creator_eligible: admin,
            created_at: now,
            updated_at: now,
        })?;
    }
    Ok(())
}

/// What an organization is made of.
#[derive(Default)]
pub struct New<'a> {
    pub name: &'a str,
    pub slug: Option<&'a str>,
    pub created_by: Option<&'a str>,
}

/// Makes an organization; its creator becomes its first member.
pub fn create(scope: &mut Scope<'_>, new: &New<'_>) -> Result<Organization, ClerkError> {
    let name = checked_name(new.name)?;
    let slug = match new.slug {
        Some(slug) => checked_slug(scope, slug, None)?,
        None => free_slug(scope, &name)?,
    };
    let organization = Organization {
        id: id::new("org"),
        name,
        slug,
        max_allowed_memberships: scope.settings.organizations.max_allowed_memberships,
        admin_delete_enabled: true,
        created_by: new.created_by.map(str::to_owned),
        created_at: scope.now,
        updated_at: scope.now,
        ..Organization::default()
    };
    scope.tx.put(&organization)?;
    let shown = view::organization(scope, &organization, Audience::Backend)?;
    webhooks::tell(scope, "organization.created", &shown)?;
    if let Some(user_id) = new.created_by {
        let role = scope.settings.organizations.creator_role.clone();
        add_member(scope, &organization, user_id, &role)?;
    }
    Ok(organization)
}

/// A name that may be one.
pub fn checked_name(name: &str) -> Result<String, ClerkError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ClerkError::missing("name"));
    }
    Ok(name.to_owned())
}

/// A slug that may be one and is nobody else's.
pub fn checked_slug(
    scope: &Scope<'_>,
    slug: &str,
    own_id: Option<&str>,
) -> Result<String, ClerkError> {
    let slug = slug.trim().to_lowercase();
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if slug.is_empty() || !slug.chars().all(allowed) {
        return Err(ClerkError::at(
            "slug",
            "form_param_format_invalid",
            "A slug can only contain letters, numbers, '_' or '-'.",
        ));
    }
    let taken = scope.tx.find::<Organization>("slug", &slug)?;
    if taken.is_some_and(|it| Some(it.id.as_str()) != own_id) {
        return Err(ClerkError::at(
            "slug",
            "form_identifier_exists",
            "That slug is taken. Please try another.",
        ));
    }
    Ok(slug)
}

fn free_slug(scope: &Scope<'_>, name: &str) -> Result<String, ClerkError> {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let slug = if words.is_empty() {
        "organization".to_owned()
    } else {
        words.join("-")
    };
    if scope.tx.find::<Organization>("slug", &slug)?.is_none() {
        return Ok(slug);
    }
    Ok(format!("{slug}-{}", scope.now))
}

/// The membership of a person in an organization.
pub fn membership(
    scope: &Scope<'_>,
    organization_id: &str,
    user_id: &str,
) -> Result<Option<Membership>, ClerkError> {
    let pair = Membership::pair(organization_id, user_id);
    scope.tx.find("pair", &pair)
}

/// Refuses a role that is not known.
pub fn checked_role(scope: &Scope<'_>, key: &str) -> Result<String, ClerkError> {
    if scope.tx.find::<Role>("key", key)?.is_none() {
        return Err(ClerkError::new(
            StatusCode::NOT_FOUND,
            "resource_not_found",
            format!("The role {key} was not found."),
        ));
    }
    Ok(key.to_owned())
}

/// Makes a person a member.
pub fn add_member(
    scope: &mut Scope<'_>,
    organization: &Organization,
    user_id: &str,
    role: &str,
) -> Result<Membership, ClerkError> {
    let role = checked_role(scope, role)?;
    let user: User = scope.tx.need(user_id)?;
    if membership(scope, &organization.id, user_id)?.is_some() {
        return Err(ClerkError::bad(
            "already_a_member_in_organization",
            "This user is already a member of the organization.",
        ));
    }
    let members = scope
        .tx
        .count::<Membership>("organization", &organization.id)?;
    let most = organization.max_allowed_memberships as usize;
    if most > 0 && members >= most {
        return Err(ClerkError::new(
            StatusCode::FORBIDDEN,
            "organization_membership_quota_exceeded",
            format!("This organization can have at most {most} members."),
        ));
    }
    let it = Membership {
        id: id::new("orgmem"),
        organization_id: organization.id.clone(),
        user_id: user_id.to_owned(),
        role,
        created_at: scope.now,
        updated_at: scope.now,
        ..Membership::default()
    };
    scope.tx.put(&it)?;
    tell(scope, "organizationMembership.created", &it, &user)?;
    Ok(it)
}

fn tell(
    scope: &mut Scope<'_>,
    event: &str,
    it: &Membership,
    user: &User,
) -> Result<(), ClerkError> {
    match view::membership(scope, it, Some(user), Audience::Backend)? {
        Some(shown) => webhooks::tell(scope, event, &shown),
        None => Ok(()),
    }
}

/// Keeps a membership that has changed.
pub fn save_membership(scope: &mut Scope<'_>, it: &mut Membership) -> Result<(), ClerkError> {
    it.updated_at = scope.now;
    scope.tx.put(it)?;
    let user: User = scope.tx.need(&it.user_id)?;
    tell(scope, "organizationMembership.updated", it, &user)
}

/// Gives a member another role; somebody must be left who can manage members.
pub fn change_role(
    scope: &mut Scope<'_>,
    it: &mut Membership,
    role: &str,
) -> Result<(), ClerkError> {
    let role = checked_role(scope, role)?;
    if it.role == scope.settings.organizations.creator_role && role != it.role {
        keep_one_admin(scope, it)?;
    }
    it.role = role;
    save_membership(scope, it)
}

/// Refuses to leave an organization without anybody in its creator's role.
fn keep_one_admin(scope: &Scope<'_>, but: &Membership) -> Result<(), ClerkError> {
    let role = &scope.settings.organizations.creator_role;
    let members: Vec<Membership> =
        scope
            .tx
            .list("organization", &but.organization_id, Page::WHOLE)?;
    if members.iter().any(|it| it.id != but.id && it.role == *role) {
        return Ok(());
    }
    Err(ClerkError::bad(
        "organization_minimum_permissions_needed",
        "There has to be at least one organization member with the minimum required permissions.",
    ))
}

/// Takes a person out of an organization; sessions that act for it stop doing so.
pub fn remove_member(
    scope: &mut Scope<'_>,
    it: &Membership,
    by_server: bool,
) -> Result<(), ClerkError> {
    let role = &scope.settings.organizations.creator_role;
    if it.role == *role && !by_server {
        keep_one_admin(scope, it)?;
    }
    let user: User = scope.tx.need(&it.user_id)?;
    tell(scope, "organizationMembership.deleted", it, &user)?;
    scope.tx.delete::<Membership>(&it.id)?;
    forget(scope, &it.user_id, &it.organization_id)
}

fn forget(scope: &Scope<'_>, user_id: &str, organization_id: &str) -> Result<(), ClerkError> {
    for mut session in scope.tx.list::<Session>("open", user_id, Page::WHOLE)? {
        if session.organization_id.as_deref() == Some(organization_id) {
            session.organization_id = None;
            scope.tx.put(&session)?;
        }
    }
    Ok(())
}

/// Deletes an organization with all that belongs to it.
pub fn delete(scope: &mut Scope<'_>, organization: &Organization) -> Result<(), ClerkError> {
    let id = organization.id.as_str();
    for it in scope
        .tx
        .list::<Membership>("organization", id, Page::WHOLE)?
    {
        forget(scope, &it.user_id, id)?;
        scope.tx.delete::<Membership>(&it.id)?;
    }
    for it in scope
        .tx
        .list::<OrganizationInvitation>("organization", id, Page::WHOLE)?
    {
        scope.tx.delete::<OrganizationInvitation>(&it.id)?;
    }
    for it in scope
        .tx
        .list::<MembershipRequest>("organization", id, Page::WHOLE)?
    {
        scope.tx.delete::<MembershipRequest>(&it.id)?;
    }
    for it in scope.tx.list::<Domain>("organization", id, Page::WHOLE)? {
        scope.tx.delete::<Domain>(&it.id)?;
    }
    scope.tx.delete::<Organization>(id)?;
    let shown = view::deleted("organization", id);
    webhooks::tell(scope, "organization.deleted", &shown)
}

/// Keeps an organization that has changed.
pub fn save(scope: &mut Scope<'_>, organization: &mut Organization) -> Result<(), ClerkError> {
    organization.updated_at = scope.now;
    scope.tx.put(organization)?;
    let shown = view::organization(scope, organization, Audience::Backend)?;
    webhooks::tell(scope, "organization.updated", &shown)
}

/// What an invitation is made of.
#[derive(Default)]
pub struct Invite<'a> {
    pub email: &'a str,
    pub role: &'a str,
    pub inviter_id: Option<&'a str>,
    pub redirect_url: Option<&'a str>,
    pub notify: bool,
}

/// Asks an address to join.
pub fn invite(
    scope: &mut Scope<'_>,
    organization: &Organization,
    asked: &Invite<'_>,
) -> Result<OrganizationInvitation, ClerkError> {
    let email = crate::rules::accounts::checked_email(asked.email)?;
    let role = checked_role(scope, asked.role)?;
    let folded = email.to_lowercase();
    if let Some(user) = scope.tx.find::<User>("email", &folded)?
        && membership(scope, &organization.id, &user.id)?.is_some()
    {
        return Err(ClerkError::bad(
            "already_a_member_in_organization",
            format!("{email} is already a member of the organization."),
        ));
    }
    for it in scope
        .tx
        .list::<OrganizationInvitation>("email", &folded, Page::WHOLE)?
    {
        let pending = it.status_at(scope.now) == InvitationStatus::Pending;
        if pending && it.organization_id == organization.id {
            return Err(ClerkError::bad(
                "duplicate_record",
                format!("There is already a pending invitation for {email}."),
            ));
        }
    }
    let mut it = OrganizationInvitation {
        id: id::new("orginv"),
        organization_id: organization.id.clone(),
        email_address: email.clone(),
        role,
        inviter_id: asked.inviter_id.map(str::to_owned),
        expires_at: Some(scope.now + INVITATION_LIFETIME),
        created_at: scope.now,
        updated_at: scope.now,
        ..OrganizationInvitation::default()
    };
    let secret = tickets::create(scope, "organization_invitation", &it.id, asked.redirect_url)?;
    let link = tickets::url(scope, &secret);
    it.url = Some(link.clone());
    scope.tx.put(&it)?;
    if asked.notify {
        let application = scope.settings.application_name.clone();
        mail::send(
            scope,
            mail::organization_invitation(&application, &organization.name, &email, &link),
        )?;
    }
    tell_invitation(scope, "organizationInvitation.created", &it, None)?;
    Ok(it)
}

/// Tells of an invitation, and who took it.
fn tell_invitation(
    scope: &mut Scope<'_>,
    event: &str,
    it: &OrganizationInvitation,
    taker: Option<&User>,
) -> Result<(), ClerkError> {
    let organization: Organization = scope.tx.need(&it.organization_id)?;
    let mut shown = view::organization_invitation(scope, it, Audience::Backend)?;
    shown["data"] = json!({
        "public_organization_data": view::public_organization(scope, &organization),
    });
    if let Some(user) = taker {
        shown["user_id"] = json!(user.id);
    }
    webhooks::tell(scope, event, &shown)
}

/// A person takes an invitation.
pub fn accept(
    scope: &mut Scope<'_>,
    mut it: OrganizationInvitation,
    user: &User,
) -> Result<OrganizationInvitation, ClerkError> {
    if it.status_at(scope.now) != InvitationStatus::Pending {
        return Err(ClerkError::bad(
            "organization_invitation_not_pending",
            "This invitation has already been accepted or revoked, or has expired.",
        ));
    }
    let organization: Organization = scope.tx.need(&it.organization_id)?;
    let role = it.role.clone();
    let mut membership = add_member(scope, &organization, &user.id, &role)?;
    if !it.public_metadata.is_empty() || !it.private_metadata.is_empty() {
        membership.public_metadata.clone_from(&it.public_metadata);
        membership.private_metadata.clone_from(&it.private_metadata);
        save_membership(scope, &mut membership)?;
    }
    it.status = InvitationStatus::Accepted;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    tell_invitation(scope, "organizationInvitation.accepted", &it, Some(user))?;
    Ok(it)
}

/// Takes an invitation back.
pub fn revoke(
    scope: &mut Scope<'_>,
    mut it: OrganizationInvitation,
) -> Result<OrganizationInvitation, ClerkError> {
    if it.status != InvitationStatus::Pending {
        return Err(ClerkError::bad(
            "organization_invitation_not_pending",
            "Only a pending invitation can be revoked.",
        ));
    }
    it.status = InvitationStatus::Revoked;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    tell_invitation(scope, "organizationInvitation.revoked", &it, None)?;
    Ok(it)
}

/// The organization by its id or slug.
pub fn find(scope: &Scope<'_>, asked: &str) -> Result<Organization, ClerkError> {
    if let Some(found) = scope.tx.get(asked)? {
        return Ok(found);
    }
    scope
        .tx
        .find("slug", asked)?
        .ok_or_else(|| ClerkError::not_found("The organization"))
}

/// The id of an organization of the session's person, found by id or slug.
pub fn of_session(scope: &Scope<'_>, session: &Session, asked: &str) -> Result<String, ClerkError> {
    let found = find(scope, asked)?;
    if membership(scope, &found.id, &session.user_id)?.is_none() {
        return Err(ClerkError::new(
            StatusCode::FORBIDDEN,
            "not_a_member_in_organization",
            "You are not a member of this organization.",
        ));
    }
    Ok(found.id)
}

/// Adds a domain to an organization.
pub fn add_domain(
    scope: &mut Scope<'_>,
    organization: &Organization,
    name: &str,
) -> Result<Domain, ClerkError> {
    let name = name.trim().to_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let good = |label: &&str| {
        !label.is_empty()
            && label
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '-')
    };
    if labels.len() < 2 || !labels.iter().all(good) {
        return Err(ClerkError::at(
            "name",
            "form_param_format_invalid",
            "This is not a valid domain name.",
        ));
    }
    let own: Vec<Domain> = scope.tx.list("name", &name, Page::WHOLE)?;
    let taken = own
        .iter()
        .any(|it| it.organization_id == organization.id || it.verified_at.is_some());
    if taken {
        return Err(ClerkError::at(
            "name",
            "duplicate_record",
            "This domain is already in use.",
        ));
    }
    let it = Domain {
        id: id::new("orgdmn"),
        organization_id: organization.id.clone(),
        name,
        enrollment_mode: "manual_invitation".to_owned(),
        created_at: scope.now,
        updated_at: scope.now,
        ..Domain::default()
    };
    scope.tx.put(&it)?;
    tell_domain(scope, "organizationDomain.created", &it)?;
    Ok(it)
}

fn tell_domain(scope: &mut Scope<'_>, event: &str, it: &Domain) -> Result<(), ClerkError> {
    let mut shown = view::domain(scope, it)?;
    let organization: Organization = scope.tx.need(&it.organization_id)?;
    shown["public_organization_data"] = view::public_organization(scope, &organization);
    webhooks::tell(scope, event, &shown)
}

/// Keeps a domain that has changed.
pub fn save_domain(scope: &mut Scope<'_>, it: &mut Domain) -> Result<(), ClerkError> {
    it.updated_at = scope.now;
    scope.tx.put(it)?;
    tell_domain(scope, "organizationDomain.updated", it)
}

/// Takes a domain from its organization; answers what is left of it.
pub fn remove_domain(scope: &mut Scope<'_>, it: &Domain) -> Result<Value, ClerkError> {
    scope.tx.delete::<Domain>(&it.id)?;
    let shown = view::deleted("organization_domain", &it.id);
    webhooks::tell(scope, "organizationDomain.deleted", &shown)?;
    Ok(shown)
}
