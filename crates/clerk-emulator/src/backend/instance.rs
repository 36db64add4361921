//! `/v1/instance` and what else concerns the whole.

use serde_json::{Map, Value, json};

use crate::error::ClerkError;
use crate::model::Role;
use crate::scope::{Answer, INSTANCE_ID, Reply, Scope};
use crate::view;

/// `GET /v1/jwks`
pub fn jwks(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!(scope.emulator.keys()?.jwks())))
}

/// `GET /v1/instance`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!({
        "object": "instance",
        "id": INSTANCE_ID,
        "environment_type": scope.settings.instance,
        "allowed_origins": scope.settings.allowed_origins,
        "workspace_id": null,
    })))
}

/// Changes settings by what the call names: Clerk's names and the emulator's.
fn change(scope: &mut Scope<'_>, names: &[(&str, &str)]) -> Result<(), ClerkError> {
    let mut patch = Map::new();
    for (theirs, ours) in names {
        if let Some(value) = scope.call.json(theirs) {
            patch.insert((*ours).to_owned(), value);
        }
    }
    scope.settings = scope.settings.patched(&Value::Object(patch))?;
    scope.settings.save(scope.tx)
}

/// `PATCH /v1/instance`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let names = [
        ("test_mode", "test_mode"),
        ("hibp", "refuse_pwned_passwords"),
        ("support_email", "support_email"),
        ("allowed_origins", "allowed_origins"),
    ];
    change(scope, &names)?;
    Ok(Reply::Nothing)
}

/// `PATCH /v1/instance/restrictions`
pub fn update_restrictions(scope: &mut Scope<'_>) -> Answer {
    let names = [
        ("allowlist", "allowlist"),
        ("blocklist", "blocklist"),
        ("block_email_subaddresses", "block_email_subaddresses"),
    ];
    change(scope, &names)?;
    let settings = &scope.settings;
    Ok(Reply::Plain(json!({
        "object": "instance_restrictions",
        "allowlist": settings.allowlist,
        "blocklist": settings.blocklist,
        "allowlist_blocklist_disabled_on_sign_in": true,
        "block_email_subaddresses": settings.block_email_subaddresses,
        "block_disposable_email_domains": false,
    })))
}

/// `PATCH /v1/beta_features/instance_settings`
pub fn update_beta(scope: &mut Scope<'_>) -> Answer {
    let names = [
        ("restricted_to_allowlist", "allowlist"),
        ("test_mode", "test_mode"),
    ];
    change(scope, &names)?;
    Ok(Reply::Plain(json!({
        "object": "instance_settings",
        "id": INSTANCE_ID,
        "restricted_to_allowlist": scope.settings.allowlist,
        "from_email_address": "noreply",
        "progressive_sign_up": true,
        "enhanced_email_deliverability": false,
    })))
}

/// `GET /v1/instance/organization_settings`
pub fn organization_settings(scope: &mut Scope<'_>) -> Answer {
    let it = &scope.settings.organizations;
    Ok(Reply::Plain(json!({
        "object": "organization_settings",
        "enabled": it.enabled,
        "max_allowed_memberships": it.max_allowed_memberships,
        "max_allowed_roles": 10,
        "max_allowed_domains": 10,
        "max_allowed_permissions": 50,
        "creator_role": it.creator_role,
        "admin_delete_enabled": it.admin_delete,
        "domains_enabled": it.domains,
        "slug_disabled": !it.slugs,
        "domains_enrollment_modes": it.enrollment_modes,
        "domains_default_role": it.default_role,
    })))
}

/// `PATCH /v1/instance/organization_settings`
pub fn update_organizations(scope: &mut Scope<'_>) -> Answer {
    let mut patch = Map::new();
    for (theirs, ours) in [
        ("enabled", "enabled"),
        ("max_allowed_memberships", "max_allowed_memberships"),
        ("admin_delete_enabled", "admin_delete"),
        ("domains_enabled", "domains"),
        ("domains_enrollment_modes", "enrollment_modes"),
    ] {
        if let Some(value) = scope.call.json(theirs) {
            patch.insert(ours.to_owned(), value);
        }
    }
    if let Some(disabled) = scope.call.flag("slug_disabled") {
        patch.insert("slugs".to_owned(), json!(!disabled));
    }
    for (theirs, ours) in [
        ("creator_role_id", "creator_role"),
        ("domains_default_role_id", "default_role"),
    ] {
        if let Some(id) = scope.call.param(theirs) {
            let role: Role = scope.tx.need(id)?;
            patch.insert(ours.to_owned(), json!(role.key));
        }
    }
    scope.settings = scope.settings.patched(&json!({ "organizations": patch }))?;
    scope.settings.save(scope.tx)?;
    organization_settings(scope)
}

/// `GET /v1/instance/protect`
pub fn protect(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!({
        "object": "instance_protect",
        "rules_enabled": scope.settings.protect.rules_enabled,
        "specter_enabled": scope.settings.protect.specter_enabled,
        "checks_bypassed": false,
    })))
}

/// `PATCH /v1/instance/protect`
pub fn update_protect(scope: &mut Scope<'_>) -> Answer {
    change_group(scope, "protect")?;
    protect(scope)
}

/// `GET /v1/instance/communication`
pub fn communication(scope: &mut Scope<'_>) -> Answer {
    Ok(Reply::Plain(json!({
        "object": "instance_communication",
        "blocked_country_codes": scope.settings.communication.blocked_country_codes,
    })))
}

/// `PATCH /v1/instance/communication`
pub fn update_communication(scope: &mut Scope<'_>) -> Answer {
    change_group(scope, "communication")?;
    communication(scope)
}

/// `GET /v1/instance/oauth_application_settings`
pub fn oauth_applications(scope: &mut Scope<'_>) -> Answer {
    let mut shown = json!(scope.settings.oauth_applications);
    shown["object"] = json!("oauth_application_settings");
    Ok(Reply::Plain(shown))
}

/// `PATCH /v1/instance/oauth_application_settings`
pub fn update_oauth_applications(scope: &mut Scope<'_>) -> Answer {
    change_group(scope, "oauth_applications")?;
    oauth_applications(scope)
}

/// Changes a group of settings whose names are Clerk's own. Null leaves a setting as it is, but
/// for `default_scopes`, which it resets.
fn change_group(scope: &mut Scope<'_>, group: &str) -> Result<(), ClerkError> {
    let mut patch = scope.call.body().clone();
    patch.retain(|name, value| !value.is_null() || name == "default_scopes");
    scope.settings = scope.settings.patched(&json!({ group: patch }))?;
    scope.settings.save(scope.tx)
}

/// `GET /v1/domains`: the emulator's own address is the only one.
pub fn domains(scope: &mut Scope<'_>) -> Answer {
    let url = scope.emulator.url();
    let domain = json!({
        "object": "domain",
        "id": "dmn_emulator",
        "name": url.split_once("://").map_or(url, |(_, host)| host),
        "is_satellite": false,
        "frontend_api_url": url,
        "development_origin": "",
        "cname_targets": [],
    });
    Ok(Reply::Plain(view::paginated(&[domain], 1)))
}

/// `POST /v1/webhooks/svix`: the dashboard shows the destinations and their attempts.
pub fn create_svix(scope: &mut Scope<'_>) -> Answer {
    svix_url(scope)
}

/// `POST /v1/webhooks/svix_url`
pub fn svix_url(scope: &mut Scope<'_>) -> Answer {
    let url = format!("{}/dashboard#webhooks", scope.emulator.url());
    Ok(Reply::Plain(json!({ "svix_url": url })))
}

/// `DELETE /v1/webhooks/svix`
pub fn delete_svix(scope: &mut Scope<'_>) -> Answer {
    crate::delivery::webhooks::remove_endpoints(scope)?;
    Ok(Reply::Nothing)
}
