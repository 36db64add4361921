//! `/v1/organizations` and what of `/v1/me` belongs to organizations.

use serde_json::Value;

use crate::credentials::verification::{attempt as attempt_code, email_code};
use crate::delivery::mail;
use crate::error::ClerkError;
use crate::model::{
    Domain, Image, InvitationStatus, Membership, MembershipRequest, Organization,
    OrganizationInvitation, Role, User,
};
use crate::rules::organizations::{self, Invite, New};
use crate::rules::reverification::require_fresh;
use crate::rules::{enrollment, images, invitations};
use crate::scope::{Answer, Scope};
use crate::store::{ALL, Page};
use crate::view::{self, Audience};

/// The signed-in person.
fn person(scope: &Scope<'_>) -> Result<User, ClerkError> {
    if !scope.settings.organizations.enabled {
        return Err(ClerkError::new(
            axum::http::StatusCode::FORBIDDEN,
            "organization_not_enabled_in_instance",
            "Organizations are not enabled for this instance. Enable them in the settings.",
        ));
    }
    Ok(scope.person()?.1)
}

/// The organization of the path, whose member the person must be, with this permission.
fn allowed(
    scope: &Scope<'_>,
    permission: &str,
) -> Result<(User, Organization, Membership), ClerkError> {
    let user = person(scope)?;
    let not_found = || ClerkError::not_found("The organization");
    let id = scope.call.path("id");
    let organization: Organization = scope.tx.get(id)?.ok_or_else(not_found)?;
    // Whether an organization exists is its members' business.
    let membership =
        organizations::membership(scope, &organization.id, &user.id)?.ok_or_else(not_found)?;
    if !permission.is_empty() {
        let role = scope.tx.find::<Role>("key", &membership.role)?;
        let has = role.is_some_and(|role| role.permissions.iter().any(|it| it == permission));
        if !has {
            return Err(ClerkError::forbidden(
                "Your role in this organization does not allow this.",
            ));
        }
    }
    Ok((user, organization, membership))
}

/// The wanted part of a list, with the number of all.
fn page<T>(scope: &Scope<'_>, all: &[T], show: impl Fn(&T) -> Result<Value, ClerkError>) -> Answer {
    let wanted = scope.call.page();
    let all = scope.call.fitting(all);
    let shown: Result<Vec<Value>, ClerkError> = all
        .iter()
        .skip(wanted.offset)
        .take(wanted.limit)
        .map(show)
        .collect();
    Ok(view::paginated(&shown?, all.len()).into())
}

/// `POST /v1/organizations`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let user = person(scope)?;
    let own = scope.tx.list::<Organization>(ALL.0, ALL.1, Page::WHOLE)?;
    let made = own
        .iter()
        .filter(|it| it.created_by.as_ref() == Some(&user.id))
        .count();
    let full = user
        .create_organizations_limit
        .is_some_and(|most| most > 0 && made >= most as usize);
    if !scope.settings.organizations.create || user.create_organization_disabled || full {
        return Err(ClerkError::forbidden(
            "You are not allowed to create an organization.",
        ));
    }
    let new = New {
        name: scope.call.required("name")?,
        slug: scope.call.param("slug"),
        created_by: Some(&user.id),
    };
    let organization = organizations::create(scope, &new)?;
    shown(scope, &organization)
}

fn shown(scope: &Scope<'_>, organization: &Organization) -> Answer {
    Ok(view::organization(scope, organization, Audience::Frontend)?.into())
}

/// `GET /v1/organizations/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "")?;
    shown(scope, &organization)
}

/// `PATCH /v1/organizations/{id}`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let (_, mut organization, _) = allowed(scope, "org:sys_profile:manage")?;
    if let Some(name) = scope.call.given("name") {
        organization.name = organizations::checked_name(name)?;
    }
    if let Some(slug) = scope.call.param("slug") {
        organization.slug = organizations::checked_slug(scope, slug, Some(&organization.id))?;
    }
    organizations::save(scope, &mut organization)?;
    shown(scope, &organization)
}

/// `DELETE /v1/organizations/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_profile:delete")?;
    if !organization.admin_delete_enabled || !scope.settings.organizations.admin_delete {
        return Err(ClerkError::forbidden(
            "This organization cannot be deleted by its members.",
        ));
    }
    require_fresh(scope, &scope.person()?.0)?;
    organizations::delete(scope, &organization)?;
    Ok(view::deleted("organization", &organization.id).into())
}

/// `PUT /v1/organizations/{id}/logo`
pub fn set_logo(scope: &mut Scope<'_>) -> Answer {
    let (_, mut organization, _) = allowed(scope, "org:sys_profile:manage")?;
    let image = images::upload(scope, organization.image_id.as_deref())?;
    organization.image_id = Some(image.id);
    organizations::save(scope, &mut organization)?;
    shown(scope, &organization)
}

/// `DELETE /v1/organizations/{id}/logo`
pub fn remove_logo(scope: &mut Scope<'_>) -> Answer {
    let (_, mut organization, _) = allowed(scope, "org:sys_profile:manage")?;
    let id = organization.image_id.take();
    let id = id.ok_or_else(|| ClerkError::not_found("The logo"))?;
    scope.tx.delete::<Image>(&id)?;
    organizations::save(scope, &mut organization)?;
    Ok(view::deleted("image", &id).into())
}

/// `GET /v1/organizations/{id}/roles`
pub fn roles(scope: &mut Scope<'_>) -> Answer {
    allowed(scope, "")?;
    let all: Vec<Role> = scope.tx.list(ALL.0, ALL.1, Page::OLDEST_FIRST)?;
    page(scope, &all, |it| view::role(scope, it))
}

fn shown_member(scope: &Scope<'_>, it: &Membership) -> Result<Value, ClerkError> {
    let user: User = scope.tx.need(&it.user_id)?;
    let shown = view::membership(scope, it, Some(&user), Audience::Frontend)?;
    Ok(shown.unwrap_or(Value::Null))
}

/// `GET /v1/organizations/{id}/memberships`
pub fn members(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:read")?;
    let roles = scope.call.query_all("role");
    let query = scope.call.query("query").map(str::to_lowercase);
    let mut all: Vec<Membership> = scope
        .tx
        .list("organization", &organization.id, Page::WHOLE)?;
    all.retain(|it| roles.is_empty() || roles.contains(&it.role.as_str()));
    if let Some(query) = query {
        let mut found = Vec::new();
        for it in all {
            let user: User = scope.tx.need(&it.user_id)?;
            let text = format!(
                "{} {}",
                user.identifier(),
                user.full_name().unwrap_or_default()
            );
            if text.to_lowercase().contains(&query) {
                found.push(it);
            }
        }
        all = found;
    }
    page(scope, &all, |it| shown_member(scope, it))
}

/// `POST /v1/organizations/{id}/memberships`: adds somebody at once.
pub fn add_member(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let (user_id, role) = (
        scope.call.required("user_id")?,
        scope.call.required("role")?,
    );
    let it = organizations::add_member(scope, &organization, user_id, role)?;
    Ok(shown_member(scope, &it)?.into())
}

fn member(scope: &Scope<'_>, organization: &Organization) -> Result<Membership, ClerkError> {
    organizations::membership(scope, &organization.id, scope.call.path("user_id"))?
        .ok_or_else(|| ClerkError::not_found("The membership"))
}

/// `PATCH /v1/organizations/{id}/memberships/{user_id}`
pub fn update_member(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let mut it = member(scope, &organization)?;
    let role = scope.call.required("role")?;
    organizations::change_role(scope, &mut it, role)?;
    Ok(shown_member(scope, &it)?.into())
}

/// `DELETE /v1/organizations/{id}/memberships/{user_id}`
pub fn remove_member(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let it = member(scope, &organization)?;
    let shown = shown_member(scope, &it)?;
    organizations::remove_member(scope, &it, false)?;
    Ok(shown.into())
}

fn shown_invitation(scope: &Scope<'_>, it: &OrganizationInvitation) -> Result<Value, ClerkError> {
    view::organization_invitation(scope, it, Audience::Frontend)
}

/// `POST /v1/organizations/{id}/invitations`
pub fn invite(scope: &mut Scope<'_>) -> Answer {
    let (user, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let it = invited(
        scope,
        &user,
        &organization,
        scope.call.required("email_address")?,
    )?;
    Ok(shown_invitation(scope, &it)?.into())
}

fn invited(
    scope: &mut Scope<'_>,
    user: &User,
    organization: &Organization,
    email: &str,
) -> Result<OrganizationInvitation, ClerkError> {
    let asked = Invite {
        email,
        role: scope.call.required("role")?,
        inviter_id: Some(&user.id),
        redirect_url: None,
        notify: scope.call.flag("notify") != Some(false),
    };
    organizations::invite(scope, organization, &asked)
}

/// `POST /v1/organizations/{id}/invitations/bulk`: all or none.
pub fn invite_all(scope: &mut Scope<'_>) -> Answer {
    let (user, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let emails = scope.call.texts("email_address");
    if emails.is_empty() {
        return Err(ClerkError::missing("email_address"));
    }
    let mut all = Vec::new();
    for email in emails {
        let it = invited(scope, &user, &organization, &email)?;
        all.push(shown_invitation(scope, &it)?);
    }
    Ok(Value::Array(all).into())
}

/// `GET /v1/organizations/{id}/invitations`
pub fn invitations(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:read")?;
    let wanted = scope.call.query_all("status");
    listed_invitations(scope, &organization, &wanted)
}

/// `GET /v1/organizations/{id}/invitations/pending`
pub fn pending_invitations(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:read")?;
    listed_invitations(scope, &organization, &["pending"])
}

fn listed_invitations(scope: &Scope<'_>, organization: &Organization, wanted: &[&str]) -> Answer {
    let mut all: Vec<OrganizationInvitation> =
        scope
            .tx
            .list("organization", &organization.id, Page::WHOLE)?;
    all.retain(|it| it.status_at(scope.now).is_among(wanted));
    page(scope, &all, |it| shown_invitation(scope, it))
}

/// `POST /v1/organizations/{id}/invitations/{invitation_id}/revoke`
pub fn revoke(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let it: OrganizationInvitation = scope.tx.need(scope.call.path("invitation_id"))?;
    if it.organization_id != organization.id {
        return Err(ClerkError::not_found("The invitation"));
    }
    let it = organizations::revoke(scope, it)?;
    Ok(shown_invitation(scope, &it)?.into())
}

/// `GET /v1/organizations/{id}/membership_requests`
pub fn requests(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:read")?;
    let wanted = scope.call.query_all("status");
    let mut all: Vec<MembershipRequest> =
        scope
            .tx
            .list("organization", &organization.id, Page::WHOLE)?;
    all.retain(|it| it.requested && it.status.is_among(&wanted));
    page(scope, &all, |it| view::request(scope, it))
}

/// `POST …/membership_requests/{request_id}/accept`
pub fn accept_request(scope: &mut Scope<'_>) -> Answer {
    let (organization, mut it) = request(scope)?;
    let role = scope.settings.organizations.default_role.clone();
    organizations::add_member(scope, &organization, &it.user_id, &role)?;
    it.status = InvitationStatus::Accepted;
    decided(scope, it)
}

/// `POST …/membership_requests/{request_id}/reject`
pub fn reject_request(scope: &mut Scope<'_>) -> Answer {
    let (_, mut it) = request(scope)?;
    it.status = InvitationStatus::Revoked;
    decided(scope, it)
}

fn request(scope: &Scope<'_>) -> Result<(Organization, MembershipRequest), ClerkError> {
    let (_, organization, _) = allowed(scope, "org:sys_memberships:manage")?;
    let it: MembershipRequest = scope.tx.need(scope.call.path("request_id"))?;
    let open = it.requested && it.status == InvitationStatus::Pending;
    if it.organization_id != organization.id || !open {
        return Err(ClerkError::not_found("The request"));
    }
    Ok((organization, it))
}

fn decided(scope: &Scope<'_>, mut it: MembershipRequest) -> Answer {
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    Ok(view::request(scope, &it)?.into())
}

/// `GET /v1/organizations/{id}/domains`
pub fn domains(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_domains:read")?;
    let mode = scope.call.query("enrollment_mode").map(str::to_owned);
    let verified = scope.call.query("verified").map(|it| it == "true");
    let mut all: Vec<Domain> = scope
        .tx
        .list("organization", &organization.id, Page::WHOLE)?;
    all.retain(|it| mode.as_ref().is_none_or(|mode| it.enrollment_mode == *mode));
    all.retain(|it| verified.is_none_or(|verified| it.verified_at.is_some() == verified));
    page(scope, &all, |it| view::domain(scope, it))
}

/// `POST /v1/organizations/{id}/domains`
pub fn add_domain(scope: &mut Scope<'_>) -> Answer {
    let (_, organization, _) = allowed(scope, "org:sys_domains:manage")?;
    if !scope.settings.organizations.domains {
        return Err(ClerkError::disabled("Organizations' domains"));
    }
    let it = organizations::add_domain(scope, &organization, scope.call.required("name")?)?;
    Ok(view::domain(scope, &it)?.into())
}

fn domain(scope: &Scope<'_>, permission: &str) -> Result<Domain, ClerkError> {
    let (_, organization, _) = allowed(scope, permission)?;
    let it: Domain = scope.tx.need(scope.call.path("domain_id"))?;
    if it.organization_id == organization.id {
        Ok(it)
    } else {
        Err(ClerkError::not_found("The domain"))
    }
}

/// `GET …/domains/{domain_id}`
pub fn show_domain(scope: &mut Scope<'_>) -> Answer {
    let it = domain(scope, "org:sys_domains:read")?;
    Ok(view::domain(scope, &it)?.into())
}

/// `DELETE …/domains/{domain_id}`
pub fn remove_domain(scope: &mut Scope<'_>) -> Answer {
    let it = domain(scope, "org:sys_domains:manage")?;
    Ok(organizations::remove_domain(scope, &it)?.into())
}

/// `POST …/domains/{domain_id}/prepare_affiliation_verification`: a code to an address there.
pub fn prepare_domain(scope: &mut Scope<'_>) -> Answer {
    let mut it = domain(scope, "org:sys_domains:manage")?;
    let email = scope.call.required("affiliation_email_address")?;
    let email = crate::rules::accounts::checked_email(email)?;
    if !email.to_lowercase().ends_with(&format!("@{}", it.name)) {
        return Err(ClerkError::at(
            "affiliation_email_address",
            "form_param_value_invalid",
            format!("The email address must end in {}.", it.name),
        ));
    }
    let mut sent = email_code("email_code", &email, scope.settings.test_mode, scope.now);
    let code = sent.code.clone().unwrap_or_default();
    "affiliation_email_code".clone_into(&mut sent.strategy);
    let application = scope.settings.application_name.clone();
    mail::send(scope, mail::code(&application, &email, &code))?;
    it.affiliation_email_address = Some(email);
    it.verification = Some(sent);
    keep_domain(scope, it)
}

/// `POST …/domains/{domain_id}/attempt_affiliation_verification`
pub fn attempt_domain(scope: &mut Scope<'_>) -> Answer {
    let mut it = domain(scope, "org:sys_domains:manage")?;
    let guess = scope.call.required("code")?;
    let sent = it.verification.as_mut().ok_or_else(|| {
        ClerkError::at(
            "code",
            "verification_missing",
            "Request a verification code first.",
        )
    })?;
    let result = attempt_code(sent, guess, scope.now);
    if result.is_ok() {
        it.verified_at = Some(scope.now);
    }
    let shown = keep_domain(scope, it)?;
    result?;
    Ok(shown)
}

/// `POST …/domains/{domain_id}/update_enrollment_mode`
pub fn update_enrollment(scope: &mut Scope<'_>) -> Answer {
    let mut it = domain(scope, "org:sys_domains:manage")?;
    let mode = scope.call.required("enrollment_mode")?;
    if !scope
        .settings
        .organizations
        .enrollment_modes
        .iter()
        .any(|it| it == mode)
    {
        return Err(ClerkError::invalid(
            "enrollment_mode",
            "This mode is not enabled.",
        ));
    }
    if it.verified_at.is_none() && mode != "manual_invitation" {
        return Err(ClerkError::invalid(
            "enrollment_mode",
            "Verify the domain first.",
        ));
    }
    mode.clone_into(&mut it.enrollment_mode);
    enrollment::offer_all(scope, &it)?;
    keep_domain(scope, it)
}

fn keep_domain(scope: &mut Scope<'_>, mut it: Domain) -> Answer {
    organizations::save_domain(scope, &mut it)?;
    Ok(view::domain(scope, &it)?.into())
}

/// `GET /v1/me/organization_memberships`
pub fn own_memberships(scope: &mut Scope<'_>) -> Answer {
    let user = person(scope)?;
    let all: Vec<Membership> = scope.tx.list("user", &user.id, Page::WHOLE)?;
    if scope.call.query("paginated") == Some("true") {
        return page(scope, &all, |it| shown_member(scope, it));
    }
    let shown: Result<Vec<Value>, ClerkError> =
        all.iter().map(|it| shown_member(scope, it)).collect();
    Ok(Value::Array(shown?).into())
}

/// `DELETE /v1/me/organization_memberships/{id}`: leaves.
pub fn leave(scope: &mut Scope<'_>) -> Answer {
    let (_, _, it) = allowed(scope, "")?;
    organizations::remove_member(scope, &it, false)?;
    Ok(view::deleted("organization_membership", &it.id).into())
}

/// `GET /v1/me/organization_invitations`
pub fn own_invitations(scope: &mut Scope<'_>) -> Answer {
    let user = person(scope)?;
    let wanted = scope.call.query_all("status");
    let mut all = invitations::of(scope, &user)?;
    all.retain(|it| it.status_at(scope.now).is_among(&wanted));
    page(scope, &all, |it| shown_invitation(scope, it))
}

/// `POST /v1/me/organization_invitations/{invitation_id}/accept`
pub fn accept(scope: &mut Scope<'_>) -> Answer {
    let user = person(scope)?;
    let id = scope.call.path("invitation_id");
    let found = invitations::of(scope, &user)?
        .into_iter()
        .find(|it| it.id == id);
    let it = found.ok_or_else(|| ClerkError::not_found("The invitation"))?;
    let it = organizations::accept(scope, it, &user)?;
    Ok(shown_invitation(scope, &it)?.into())
}

/// `GET /v1/me/organization_suggestions`
pub fn suggestions(scope: &mut Scope<'_>) -> Answer {
    let user = person(scope)?;
    let wanted = scope.call.query_all("status");
    let mut all: Vec<MembershipRequest> = scope.tx.list("user", &user.id, Page::WHOLE)?;
    all.retain(|it| {
        let status = match (it.requested, it.status) {
            (false, _) => "pending",
            (true, InvitationStatus::Accepted) => "completed",
            (true, _) => "accepted",
        };
        wanted.is_empty() || wanted.contains(&status)
    });
    page(scope, &all, |it| view::suggestion(scope, it))
}

/// `POST /v1/me/organization_suggestions/{suggestion_id}/accept`: asks to join.
pub fn ask_to_join(scope: &mut Scope<'_>) -> Answer {
    let user = person(scope)?;
    let mut it: MembershipRequest = scope.tx.need(scope.call.path("suggestion_id"))?;
    if it.user_id != user.id {
        return Err(ClerkError::not_found("The suggestion"));
    }
    it.requested = true;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    Ok(view::suggestion(scope, &it)?.into())
}
