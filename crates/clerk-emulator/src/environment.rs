//! What the instance offers: e-mail address, password and name, and nothing else.

use serde_json::{Value, json};

use crate::password;

/// The answer of `/v1/environment`.
pub fn environment() -> Value {
    json!({
        "object": "environment",
        "id": "env_emulator",
        "auth_config": {
            "object": "auth_config",
            "id": "aconf_emulator",
            "single_session_mode": true,
            "claimed_at": null,
            "reverification": false,
        },
        "display_config": display_config(),
        "user_settings": user_settings(),
        "organization_settings": {
            "enabled": false,
            "max_allowed_memberships": 5,
            "force_organization_selection": false,
            "actions": { "admin_delete": true },
            "domains": { "enabled": false, "enrollment_modes": [], "default_role": null },
            "slug": { "disabled": true },
            "organization_creation_defaults": { "enabled": false },
        },
        "commerce_settings": {
            "object": "commerce_settings",
            "billing": {
                "stripe_publishable_key": null,
                "organization": { "enabled": false, "has_paid_plans": false },
                "user": { "enabled": false, "has_paid_plans": false },
            },
        },
        "api_keys_settings": {
            "object": "api_keys_settings",
            "enabled": false,
            "user_api_keys_enabled": false,
            "orgs_api_keys_enabled": false,
        },
        "protect_config": { "object": "protect_config", "loaders": [] },
        "maintenance_mode": false,
        "client_debug_mode": false,
        "partitioned_cookies": false,
    })
}

fn display_config() -> Value {
    json!({
        "object": "display_config",
        "id": "display_config_emulator",
        "instance_environment_type": "development",
        "application_name": "My Application",
        "preferred_sign_in_strategy": "password",
        "branded": false,
        "show_devmode_warning": true,
        "captcha_public_key": null,
        "captcha_public_key_invisible": null,
        "captcha_widget_type": null,
        "captcha_provider": "turnstile",
        "captcha_oauth_bypass": [],
        "captcha_heartbeat": false,
        "theme": {
            "general": {},
            "buttons": {},
            "accounts": {},
        },
        "home_url": "/",
        "sign_in_url": "/sign-in",
        "sign_up_url": "/sign-up",
        "user_profile_url": "/profile",
        "after_sign_in_url": "/",
        "after_sign_up_url": "/",
        "after_sign_out_one_url": "/",
        "after_sign_out_all_url": "/",
        "after_switch_session_url": "/",
        "logo_image_url": "",
        "favicon_image_url": "",
        "support_email": null,
    })
}

fn user_settings() -> Value {
    let attribute = |enabled: bool, required: bool| {
        json!({
            "enabled": enabled,
            "required": required,
            "used_for_first_factor": false,
            "first_factors": [],
            "used_for_second_factor": false,
            "second_factors": [],
            "verifications": [],
            "verify_at_sign_up": false,
        })
    };
    let email_address = json!({
        "enabled": true,
        "required": true,
        "used_for_first_factor": true,
        "first_factors": ["email_code"],
        "used_for_second_factor": false,
        "second_factors": [],
        "verifications": ["email_code"],
        "verify_at_sign_up": true,
    });
    json!({
        "attributes": {
            "email_address": email_address,
            "password": attribute(true, true),
            "first_name": attribute(true, true),
            "last_name": attribute(true, true),
            "phone_number": attribute(false, false),
            "username": attribute(false, false),
            "web3_wallet": attribute(false, false),
            "authenticator_app": attribute(false, false),
            "backup_code": attribute(false, false),
            "passkey": attribute(false, false),
        },
        "actions": { "delete_self": false, "create_organization": false },
        "social": {},
        "enterprise_sso": { "enabled": false, "self_serve_sso": false },
        "sign_in": { "second_factor": { "required": false, "enabled": false } },
        "sign_up": {
            "allowlist_only": false,
            "progressive": true,
            "captcha_enabled": false,
            "mode": "public",
            "legal_consent_enabled": false,
        },
        "password_settings": {
            "allowed_special_characters": "",
            "disable_hibp": true,
            "min_length": password::LENGTH_MIN,
            "max_length": password::LENGTH_MAX,
            "require_special_char": false,
            "require_numbers": false,
            "require_uppercase": false,
            "require_lowercase": false,
            "show_zxcvbn": false,
            "min_zxcvbn_strength": 0,
        },
        "passkey_settings": { "allow_autofill": false, "show_sign_in_button": false },
        "username_settings": { "min_length": 4, "max_length": 64 },
        "attack_protection": { "enumeration_protection": { "enabled": false } },
    })
}
