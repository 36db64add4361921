//! `/v1/organization_roles`, `/v1/organization_permissions`

use axum::http::StatusCode;

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::model::{Membership, Permission, Role};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::{id, view};

use super::paginated;

fn shown(scope: &Scope<'_>, it: &Role) -> Answer {
    Ok(Reply::Plain(view::role(scope, it)?))
}

/// `GET /v1/organization_roles`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    let mut all: Vec<Role> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    all.retain(|it| it.name.to_lowercase().contains(&query) || it.key.contains(&query));
    paginated(scope, &all, |it| view::role(scope, it))
}

/// A key such as `org:name`.
fn checked_key(scope: &Scope<'_>) -> Result<String, ClerkError> {
    let key = scope.call.required("key")?;
    let name = key.strip_prefix("org:").unwrap_or(key);
    let allowed = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "_:".contains(it);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(ClerkError::invalid(
            "key",
            "A key must begin with org: and can only contain lowercase letters, digits, '_' and ':'.",
        ));
    }
    Ok(format!("org:{name}"))
}

/// The keys of permissions that are named by id or key.
fn permissions_of(scope: &Scope<'_>, names: &[String]) -> Result<Vec<String>, ClerkError> {
    let mut keys = Vec::new();
    for name in names {
        let by_id = scope.tx.get::<Permission>(name)?;
        let found = match by_id {
            Some(found) => Some(found),
            None => scope.tx.find::<Permission>("key", name)?,
        };
        keys.push(
            found
                .ok_or_else(|| ClerkError::not_found("The permission"))?
                .key,
        );
    }
    Ok(keys)
}

/// Keeps a role that is new or has changed, and tells of it.
fn save(scope: &mut Scope<'_>, event: &str, it: &mut Role) -> Answer {
    it.updated_at = scope.now;
    scope.tx.put(it)?;
    let shown = view::role(scope, it)?;
    webhooks::tell(scope, event, &shown)?;
    Ok(Reply::Plain(shown))
}

fn fill(scope: &Scope<'_>, it: &mut Role) -> Result<(), ClerkError> {
    if let Some(name) = scope.call.param("name") {
        name.clone_into(&mut it.name);
    }
    if scope.call.param("key").is_some() {
        let key = checked_key(scope)?;
        let taken = scope.tx.find::<Role>("key", &key)?;
        if taken.is_some_and(|other| other.id != it.id) {
            return Err(ClerkError::at(
                "key",
                "form_identifier_exists",
                "That key is taken.",
            ));
        }
        it.key = key;
    }
    if let Some(description) = scope.call.given("description") {
        description.clone_into(&mut it.description);
    }
    if scope.call.has("permissions") {
        it.permissions = permissions_of(scope, &scope.call.texts("permissions"))?;
    }
    Ok(())
}

/// `POST /v1/organization_roles`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    scope.call.required("name")?;
    scope.call.required("key")?;
    let mut it = Role {
        id: id::new("role"),
        created_at: scope.now,
        ..Role::default()
    };
    fill(scope, &mut it)?;
    save(scope, "role.created", &mut it)
}

fn find(scope: &Scope<'_>) -> Result<Role, ClerkError> {
    scope.tx.need(scope.call.path("id"))
}

/// `GET /v1/organization_roles/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let it = find(scope)?;
    shown(scope, &it)
}

/// `PATCH /v1/organization_roles/{id}`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    let before = it.key.clone();
    fill(scope, &mut it)?;
    if it.key != before {
        for mut member in scope.tx.list::<Membership>(ALL.0, ALL.1, Page::WHOLE)? {
            if member.role == before {
                member.role.clone_from(&it.key);
                scope.tx.put(&member)?;
            }
        }
    }
    save(scope, "role.updated", &mut it)
}

/// `DELETE /v1/organization_roles/{id}`: not one that somebody has, or that the settings name.
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let it = find(scope)?;
    let settings = &scope.settings.organizations;
    let members: Vec<Membership> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    let used = members.iter().any(|member| member.role == it.key);
    if used || [&settings.creator_role, &settings.default_role].contains(&&it.key) {
        return Err(ClerkError::forbidden(
            "This role is assigned to members or invitations.",
        ));
    }
    scope.tx.delete::<Role>(&it.id)?;
    let shown = view::deleted("role", &it.id);
    webhooks::tell(scope, "role.deleted", &shown)?;
    Ok(Reply::Plain(shown))
}

fn permission(scope: &Scope<'_>, name: &str) -> Result<Permission, ClerkError> {
    scope.tx.need(scope.call.path(name))
}

/// `POST /v1/organization_roles/{id}/permissions/{permission_id}`
pub fn grant(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    let permission = permission(scope, "permission_id")?;
    if it.permissions.contains(&permission.key) {
        return Err(ClerkError::new(
            StatusCode::CONFLICT,
            "duplicate_record",
            "The role already has this permission.",
        ));
    }
    it.permissions.push(permission.key);
    save(scope, "role.updated", &mut it)
}

/// `DELETE /v1/organization_roles/{id}/permissions/{permission_id}`
pub fn withdraw(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    let permission = permission(scope, "permission_id")?;
    it.permissions.retain(|key| *key != permission.key);
    save(scope, "role.updated", &mut it)
}

/// `GET /v1/organization_permissions`
pub fn permissions(scope: &mut Scope<'_>) -> Answer {
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    let mut all: Vec<Permission> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    all.retain(|it| it.name.to_lowercase().contains(&query) || it.key.contains(&query));
    paginated(scope, &all, |it| Ok(view::permission(it)))
}

/// Keeps a permission that is new or has changed, and tells of it.
fn save_permission(scope: &mut Scope<'_>, event: &str, it: &mut Permission) -> Answer {
    it.updated_at = scope.now;
    scope.tx.put(it)?;
    let shown = view::permission(it);
    webhooks::tell(scope, event, &shown)?;
    Ok(Reply::Plain(shown))
}

fn fill_permission(scope: &Scope<'_>, it: &mut Permission) -> Result<(), ClerkError> {
    if it.key.starts_with("org:sys_") {
        return Err(ClerkError::forbidden(
            "Clerk's own permissions cannot be changed.",
        ));
    }
    if let Some(name) = scope.call.param("name") {
        name.clone_into(&mut it.name);
    }
    if scope.call.param("key").is_some() {
        let key = checked_key(scope)?;
        let taken = scope.tx.find::<Permission>("key", &key)?;
        if taken.is_some_and(|other| other.id != it.id) {
            return Err(ClerkError::at(
                "key",
                "form_identifier_exists",
                "That key is taken.",
            ));
        }
        it.key = key;
    }
    if let Some(description) = scope.call.given("description") {
        description.clone_into(&mut it.description);
    }
    Ok(())
}

/// `POST /v1/organization_permissions`
pub fn create_permission(scope: &mut Scope<'_>) -> Answer {
    scope.call.required("name")?;
    scope.call.required("key")?;
    let mut it = Permission {
        id: id::new("perm"),
        created_at: scope.now,
        ..Permission::default()
    };
    fill_permission(scope, &mut it)?;
    save_permission(scope, "permission.created", &mut it)
}

/// `GET /v1/organization_permissions/{id}`
pub fn show_permission(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(view::permission(&permission(scope, "id")?)))
}

/// `PATCH /v1/organization_permissions/{id}`
pub fn update_permission(scope: &mut Scope<'_>) -> Answer {
    let mut it = permission(scope, "id")?;
    let before = it.key.clone();
    fill_permission(scope, &mut it)?;
    let shown = save_permission(scope, "permission.updated", &mut it)?;
    rename(scope, &before, Some(&it.key))?;
    Ok(shown)
}

/// Roles follow a permission that is renamed or gone.
fn rename(scope: &mut Scope<'_>, before: &str, after: Option<&str>) -> Result<(), ClerkError> {
    if after == Some(before) {
        return Ok(());
    }
    for mut role in scope.tx.list::<Role>(ALL.0, ALL.1, Page::WHOLE)? {
        if role.permissions.iter().any(|key| key == before) {
            role.permissions.retain(|key| key != before);
            role.permissions.extend(after.map(str::to_owned));
            save(scope, "role.updated", &mut role)?;
        }
    }
    Ok(())
}

/// `DELETE /v1/organization_permissions/{id}`
pub fn remove_permission(scope: &mut Scope<'_>) -> Answer {
    let it = permission(scope, "id")?;
    if it.key.starts_with("org:sys_") {
        return Err(ClerkError::forbidden(
            "Clerk's own permissions cannot be deleted.",
        ));
    }
    rename(scope, &it.key, None)?;
    scope.tx.delete::<Permission>(&it.id)?;
    let shown = view::deleted("permission", &it.id);
    webhooks::tell(scope, "permission.deleted", &shown)?;
    Ok(Reply::Plain(shown))
}
