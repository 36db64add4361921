//! `/v1/organizations`

use serde_json::Value;

use crate::error::ClerkError;
use crate::model::{
    Domain, Image, Membership, Organization, OrganizationInvitation, User, Verification,
};
use crate::rules::organizations::{self, Invite, New};
use crate::rules::{enrollment, images, metadata};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::view::{self, Audience};

use super::users::list::fits;
use super::{ordered, paginated, selected};

fn shown(scope: &Scope<'_>, it: &Organization) -> Result<Value, ClerkError> {
    view::organization(scope, it, Audience::Backend)
}

fn answer(scope: &Scope<'_>, it: &Organization) -> Answer {
    Ok(Reply::Plain(shown(scope, it)?))
}

fn find(scope: &Scope<'_>) -> Result<Organization, ClerkError> {
    organizations::find(scope, scope.call.path("id"))
}

/// Values that were shown already, in the order asked for, a page of them.
fn page(scope: &Scope<'_>, all: Vec<Value>, fields: &[&str]) -> Answer {
    let all = ordered(scope, all, fields)?;
    paginated(scope, &all, |it| Ok(it.clone()))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    let ids = scope.call.query_all("organization_id");
    let users = scope.call.query_all("user_id");
    let mut all = Vec::new();
    for it in scope.tx.list::<Organization>(ALL.0, ALL.1, Page::WHOLE)? {
        let named =
            it.name.to_lowercase().contains(&query) || it.slug.contains(&query) || it.id == query;
        let members: Vec<Membership> = match users.as_slice() {
            [] => Vec::new(),
            _ => scope.tx.list("organization", &it.id, Page::WHOLE)?,
        };
        let members: Vec<&str> = members.iter().map(|it| it.user_id.as_str()).collect();
        if named && selected(&ids, &[&it.id]) && selected(&users, &members) {
            all.push(it);
        }
    }
    let shown: Result<Vec<Value>, ClerkError> = all.iter().map(|it| shown(scope, it)).collect();
    page(scope, shown?, &["name", "created_at", "members_count"])
}

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let new = New {
        name: scope.call.required("name")?,
        slug: scope.call.param("slug"),
        created_by: scope.call.param("created_by"),
    };
    let mut it = organizations::create(scope, &new)?;
    fill(scope, &mut it)?;
    scope.tx.put(&it)?;
    answer(scope, &it)
}

fn fill(scope: &Scope<'_>, it: &mut Organization) -> Result<(), ClerkError> {
    let call = scope.call;
    if let Some(most) = call.number("max_allowed_memberships") {
        it.max_allowed_memberships = u32::try_from(most).unwrap_or(0);
    }
    if let Some(enabled) = call.flag("admin_delete_enabled") {
        it.admin_delete_enabled = enabled;
    }
    if let Some(at) = call.param("created_at") {
        it.created_at = crate::time::parse(at).unwrap_or(it.created_at);
    }
    for (name, field) in [
        ("public_metadata", &mut it.public_metadata),
        ("private_metadata", &mut it.private_metadata),
    ] {
        if let Some(value) = call.json(name) {
            *field = metadata::checked(name, &value)?;
        }
    }
    Ok(())
}

/// `GET …/{id}`: by id or slug.
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let it = find(scope)?;
    answer(scope, &it)
}

/// `PATCH …/{id}`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    if let Some(name) = scope.call.param("name") {
        it.name = organizations::checked_name(name)?;
    }
    if let Some(slug) = scope.call.param("slug") {
        it.slug = organizations::checked_slug(scope, slug, Some(&it.id))?;
    }
    fill(scope, &mut it)?;
    organizations::save(scope, &mut it)?;
    answer(scope, &it)
}

/// `DELETE …/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let it = find(scope)?;
    organizations::delete(scope, &it)?;
    Ok(Reply::Plain(view::deleted("organization", &it.id)))
}

fn change_metadata(scope: &mut Scope<'_>, merge: bool) -> Answer {
    let mut it = find(scope)?;
    for (name, field) in [
        ("public_metadata", &mut it.public_metadata),
        ("private_metadata", &mut it.private_metadata),
    ] {
        if let Some(value) = scope.call.json(name) {
            *field = if merge {
                metadata::merged(name, field, &value)?
            } else {
                metadata::checked(name, &value)?
            };
        }
    }
    organizations::save(scope, &mut it)?;
    answer(scope, &it)
}

/// `PATCH …/{id}/metadata`
pub fn merge_metadata(scope: &mut Scope<'_>) -> Answer {
    change_metadata(scope, true)
}

/// `PUT …/{id}/metadata`
pub fn replace_metadata(scope: &mut Scope<'_>) -> Answer {
    change_metadata(scope, false)
}

/// `PUT …/{id}/logo`
pub fn set_logo(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    it.image_id = Some(images::upload(scope, it.image_id.as_deref())?.id);
    organizations::save(scope, &mut it)?;
    answer(scope, &it)
}

/// `DELETE …/{id}/logo`
pub fn remove_logo(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    let image = it
        .image_id
        .take()
        .ok_or_else(|| ClerkError::not_found("The logo"))?;
    scope.tx.delete::<Image>(&image)?;
    organizations::save(scope, &mut it)?;
    answer(scope, &it)
}

fn shown_member(scope: &Scope<'_>, it: &Membership) -> Result<Value, ClerkError> {
    let user: User = scope.tx.need(&it.user_id)?;
    let shown = view::membership(scope, it, Some(&user), Audience::Backend)?;
    Ok(shown.unwrap_or(Value::Null))
}

const MEMBER_ORDERS: [&str; 2] = ["created_at", "role"];

fn listed_members(scope: &Scope<'_>, all: &[Membership]) -> Answer {
    let shown: Result<Vec<Value>, ClerkError> =
        all.iter().map(|it| shown_member(scope, it)).collect();
    page(scope, shown?, &MEMBER_ORDERS)
}

/// `GET …/{id}/memberships`
pub fn members(scope: &mut Scope<'_>) -> Answer {
    let organization = find(scope)?;
    let call = scope.call;
    let roles = call.query_all("role");
    let mut all = Vec::new();
    for it in scope
        .tx
        .list::<Membership>("organization", &organization.id, Page::WHOLE)?
    {
        let user: User = scope.tx.need(&it.user_id)?;
        if selected(&roles, &[&it.role]) && fits(call, &user) {
            all.push(it);
        }
    }
    listed_members(scope, &all)
}

/// `POST …/{id}/memberships`
pub fn add_member(scope: &mut Scope<'_>) -> Answer {
    let organization = find(scope)?;
    let (user_id, role) = (
        scope.call.required("user_id")?,
        scope.call.required("role")?,
    );
    let mut it = organizations::add_member(scope, &organization, user_id, role)?;
    fill_member(scope, &mut it, false)?;
    scope.tx.put(&it)?;
    Ok(Reply::Plain(shown_member(scope, &it)?))
}

fn fill_member(scope: &Scope<'_>, it: &mut Membership, merge: bool) -> Result<(), ClerkError> {
    for (name, field) in [
        ("public_metadata", &mut it.public_metadata),
        ("private_metadata", &mut it.private_metadata),
    ] {
        if let Some(value) = scope.call.json(name) {
            *field = if merge {
                metadata::merged(name, field, &value)?
            } else {
                metadata::checked(name, &value)?
            };
        }
    }
    Ok(())
}

fn member(scope: &Scope<'_>) -> Result<Membership, ClerkError> {
    let organization = find(scope)?;
    organizations::membership(scope, &organization.id, scope.call.path("user_id"))?
        .ok_or_else(|| ClerkError::not_found("The membership"))
}

/// `PATCH …/{id}/memberships/{user_id}`
pub fn update_member(scope: &mut Scope<'_>) -> Answer {
    let mut it = member(scope)?;
    let role = scope.call.required("role")?;
    organizations::change_role(scope, &mut it, role)?;
    Ok(Reply::Plain(shown_member(scope, &it)?))
}

/// `PATCH …/{id}/memberships/{user_id}/metadata`
pub fn member_metadata(scope: &mut Scope<'_>) -> Answer {
    let mut it = member(scope)?;
    fill_member(scope, &mut it, true)?;
    organizations::save_membership(scope, &mut it)?;
    Ok(Reply::Plain(shown_member(scope, &it)?))
}

/// `DELETE …/{id}/memberships/{user_id}`
pub fn remove_member(scope: &mut Scope<'_>) -> Answer {
    let it = member(scope)?;
    let shown = shown_member(scope, &it)?;
    organizations::remove_member(scope, &it, true)?;
    Ok(Reply::Plain(shown))
}

/// `GET /v1/organization_memberships`
pub fn all_members(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<Membership> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    listed_members(scope, &all)
}

fn shown_invitation(scope: &Scope<'_>, it: &OrganizationInvitation) -> Result<Value, ClerkError> {
    view::organization_invitation(scope, it, Audience::Backend)
}

fn invited(scope: &mut Scope<'_>, organization: &Organization) -> Result<Value, ClerkError> {
    let call = scope.call;
    let asked = Invite {
        email: call.required("email_address")?,
        role: call.required("role")?,
        inviter_id: call.param("inviter_user_id"),
        redirect_url: call.param("redirect_url"),
        notify: call.flag("notify") != Some(false),
    };
    let mut it = organizations::invite(scope, organization, &asked)?;
    for (name, field) in [
        ("public_metadata", &mut it.public_metadata),
        ("private_metadata", &mut it.private_metadata),
    ] {
        if let Some(value) = call.json(name) {
            *field = metadata::checked(name, &value)?;
        }
    }
    scope.tx.put(&it)?;
    shown_invitation(scope, &it)
}

/// `POST …/{id}/invitations`
pub fn invite(scope: &mut Scope<'_>) -> Answer {
    let organization = find(scope)?;
    Ok(Reply::Plain(invited(scope, &organization)?))
}

/// `POST …/{id}/invitations/bulk`: all or none.
pub fn invite_all(scope: &mut Scope<'_>) -> Answer {
    let organization = find(scope)?;
    let mut all = Vec::new();
    for body in scope.call.list()? {
        let call = scope.call.with_body(body);
        let mut one = Scope::new(scope.emulator, scope.tx, &call, scope.proofs)?;
        all.push(invited(&mut one, &organization)?);
        scope.mails.append(&mut one.mails);
    }
    Ok(Reply::Plain(view::paginated(&all, all.len())))
}

fn listed_invitations(scope: &Scope<'_>, wanted: &[&str]) -> Answer {
    let organization = find(scope)?;
    let mut all: Vec<OrganizationInvitation> =
        scope
            .tx
            .list("organization", &organization.id, Page::WHOLE)?;
    let emails = scope.call.query_all("email_address");
    all.retain(|it| it.status_at(scope.now).is_among(wanted));
    all.retain(|it| selected(&emails, &[&it.email_address]));
    paginated(scope, &all, |it| shown_invitation(scope, it))
}

/// `GET …/{id}/invitations`
pub fn invitations(scope: &mut Scope<'_>) -> Answer {
    let wanted = scope.call.query_all("status");
    listed_invitations(scope, &wanted)
}

/// `GET …/{id}/invitations/pending`
pub fn pending_invitations(scope: &mut Scope<'_>) -> Answer {
    listed_invitations(scope, &["pending"])
}

fn invitation(scope: &Scope<'_>) -> Result<OrganizationInvitation, ClerkError> {
    let organization = find(scope)?;
    let it: OrganizationInvitation = scope.tx.need(scope.call.path("invitation_id"))?;
    if it.organization_id == organization.id {
        Ok(it)
    } else {
        Err(ClerkError::not_found("The invitation"))
    }
}

/// `GET …/{id}/invitations/{invitation_id}`
pub fn show_invitation(scope: &mut Scope<'_>) -> Answer {
    let it = invitation(scope)?;
    Ok(Reply::Plain(shown_invitation(scope, &it)?))
}

/// `POST …/{id}/invitations/{invitation_id}/revoke`
pub fn revoke(scope: &mut Scope<'_>) -> Answer {
    let it = invitation(scope)?;
    let it = organizations::revoke(scope, it)?;
    Ok(Reply::Plain(shown_invitation(scope, &it)?))
}

/// `GET /v1/organization_invitations`
pub fn all_invitations(scope: &mut Scope<'_>) -> Answer {
    let wanted = scope.call.query_all("status");
    let mut all: Vec<OrganizationInvitation> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    all.retain(|it| it.status_at(scope.now).is_among(&wanted));
    all.retain(|it| {
        it.email_address.to_lowercase().contains(&query)
            || [&it.id, &it.organization_id].contains(&&query)
    });
    paginated(scope, &all, |it| {
        let organization = organizations::find(scope, &it.organization_id)?;
        let mut shown = shown_invitation(scope, it)?;
        shown["public_organization_data"] = view::public_organization(scope, &organization);
        Ok(shown)
    })
}

fn fits_domain(scope: &Scope<'_>, it: &Domain) -> bool {
    let call = scope.call;
    call.query("verified")
        .is_none_or(|asked| (asked == "true") == it.verified_at.is_some())
        && selected(&call.query_all("enrollment_mode"), &[&it.enrollment_mode])
        && selected(&call.query_all("domains"), &[&it.name])
        && call.query("query").is_none_or(|query| {
            it.name.contains(&query.to_lowercase()) || it.organization_id == query
        })
}

/// `GET …/{id}/domains`
pub fn domains(scope: &mut Scope<'_>) -> Answer {
    let organization = find(scope)?;
    let mut all: Vec<Domain> = scope
        .tx
        .list("organization", &organization.id, Page::WHOLE)?;
    all.retain(|it| fits_domain(scope, it));
    paginated(scope, &all, |it| view::domain(scope, it))
}

/// `GET /v1/organization_domains`
pub fn all_domains(scope: &mut Scope<'_>) -> Answer {
    let ids = scope.call.query_all("organization_id");
    let mut all: Vec<Domain> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    all.retain(|it| fits_domain(scope, it));
    all.retain(|it| selected(&ids, &[&it.organization_id]));
    paginated(scope, &all, |it| view::domain(scope, it))
}

/// `POST …/{id}/domains`
pub fn add_domain(scope: &mut Scope<'_>) -> Answer {
    let organization = find(scope)?;
    let mut it = organizations::add_domain(scope, &organization, scope.call.required("name")?)?;
    change_domain(scope, &mut it)?;
    Ok(Reply::Plain(view::domain(scope, &it)?))
}

fn change_domain(scope: &mut Scope<'_>, it: &mut Domain) -> Result<(), ClerkError> {
    if let Some(verified) = scope.call.flag("verified") {
        it.verified_at = verified.then_some(scope.now);
        it.verification = verified.then(|| Verification::given("admin", scope.now));
    }
    if let Some(mode) = scope.call.param("enrollment_mode") {
        let known = [
            "manual_invitation",
            "automatic_invitation",
            "automatic_suggestion",
        ];
        if !known.contains(&mode) {
            return Err(ClerkError::invalid(
                "enrollment_mode",
                "Unknown enrollment mode.",
            ));
        }
        mode.clone_into(&mut it.enrollment_mode);
    }
    organizations::save_domain(scope, it)?;
    if it.verified_at.is_some() {
        enrollment::offer_all(scope, it)?;
    }
    Ok(())
}

fn domain(scope: &Scope<'_>) -> Result<Domain, ClerkError> {
    let organization = find(scope)?;
    let it: Domain = scope.tx.need(scope.call.path("domain_id"))?;
    if it.organization_id == organization.id {
        Ok(it)
    } else {
        Err(ClerkError::not_found("The domain"))
    }
}

/// `PATCH …/{id}/domains/{domain_id}`
pub fn update_domain(scope: &mut Scope<'_>) -> Answer {
    let mut it = domain(scope)?;
    change_domain(scope, &mut it)?;
    Ok(Reply::Plain(view::domain(scope, &it)?))
}

/// `POST …/{id}/domains/{domain_id}/verify_ownership`: nobody doubts it here.
pub fn verify_domain(scope: &mut Scope<'_>) -> Answer {
    let mut it = domain(scope)?;
    it.verified_at = Some(scope.now);
    it.verification = Some(Verification::given("admin", scope.now));
    organizations::save_domain(scope, &mut it)?;
    Ok(Reply::Plain(view::domain(scope, &it)?))
}

/// `DELETE …/{id}/domains/{domain_id}`
pub fn remove_domain(scope: &mut Scope<'_>) -> Answer {
    let it = domain(scope)?;
    Ok(Reply::Plain(organizations::remove_domain(scope, &it)?))
}
