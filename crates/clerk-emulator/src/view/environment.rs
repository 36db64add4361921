//! What the instance offers, as clerk-js asks for it.

use serde_json::{Map, Value, json};

use crate::credentials::password;
use crate::settings::{Field, InstanceKind, Settings, SignUpMode};

use super::factors::email_strategies;

/// The answer of `/v1/environment`.
pub fn environment(settings: &Settings) -> Value {
    let organizations = &settings.organizations;
    let mut shown = json!({
        "auth_config": auth_config(settings),
        "display_config": display_config(settings),
        "user_settings": user_settings(settings),
        "organization_settings": {
            "enabled": organizations.enabled,
            "max_allowed_memberships": organizations.max_allowed_memberships,
            "actions": { "admin_delete": organizations.admin_delete },
            "domains": {
                "enabled": organizations.domains,
                "enrollment_modes": organizations.enrollment_modes,
                "default_role": organizations.default_role,
            },
            "slug": { "disabled": !organizations.slugs },
            "creator_role": organizations.creator_role,
        },
        "fraud_settings": {
            "object": "fraud_settings",
            "native": { "device_attestation_mode": "disabled" },
        },
        "commerce_settings": {
            "billing": {
                "stripe_publishable_key": null,
                "free_trial_requires_payment_method": false,
                "organization": { "enabled": false, "has_paid_plans": false },
                "user": { "enabled": false, "has_paid_plans": false },
            },
        },
        "api_keys_settings": {
            "enabled": false,
            "user_api_keys_enabled": false,
            "orgs_api_keys_enabled": false,
        },
        "protect_config": { "loaders": [] },
        "maintenance_mode": false,
        "client_debug_mode": false,
        "partitioned_cookies": false,
    });
    if organizations.required {
        // clerk-js reads it; Clerk's document does not list it.
        shown["organization_settings"]["force_organization_selection"] = json!(true);
    }
    shown
}

fn switch(field: Field) -> &'static str {
    match field {
        Field::Off => "off",
        Field::Optional => "on",
        Field::Required => "required",
    }
}

fn auth_config(settings: &Settings) -> Value {
    let mut strategies = email_strategies(settings);
    if settings.password.is_on() {
        strategies.push("password");
    }
    let social: Vec<String> = settings
        .social
        .iter()
        .map(|it| format!("oauth_{it}"))
        .collect();
    let mut identifiers: Vec<&str> = Vec::new();
    if settings.email_address.is_on() {
        identifiers.push("email_address");
    }
    if settings.username.is_on() {
        identifiers.push("username");
    }
    identifiers.extend(social.iter().map(String::as_str));
    let mut second: Vec<&str> = Vec::new();
    if settings.authenticator_app {
        second.push("totp");
    }
    if settings.backup_codes {
        second.push("backup_code");
    }
    json!({
        "object": "auth_config",
        "id": "aconf_emulator",
        "first_name": switch(settings.first_name),
        "last_name": switch(settings.last_name),
        "email_address": switch(settings.email_address),
        "phone_number": "off",
        "username": switch(settings.username),
        "password": switch(settings.password),
        "identification_requirements": [identifiers],
        "identification_strategies": identifiers,
        "first_factors": strategies,
        "second_factors": second,
        "email_address_verification_strategies": email_strategies(settings),
        "single_session_mode": settings.single_session,
        "enhanced_email_deliverability": false,
        "test_mode": settings.test_mode,
        "cookieless_dev": true,
        "url_based_session_syncing": true,
        "claimed_at": null,
        "reverification": settings.reverification,
        "native_settings": {
            "object": "native_settings",
            "api_enabled": true,
            "trusted_device_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_up_enabled": false,
        },
    })
}

fn display_config(settings: &Settings) -> Value {
    let development = settings.instance == InstanceKind::Development;
    let otp = !settings.password.is_on();
    json!({
        "object": "display_config",
        "id": "display_config_emulator",
        "instance_environment_type": settings.instance,
        "application_name": settings.application_name,
        "theme": { "general": {}, "buttons": {}, "accounts": {} },
        "preferred_sign_in_strategy": if otp { "otp" } else { "password" },
        "logo_image_url": "",
        "favicon_image_url": "",
        "home_url": "/",
        "sign_in_url": "/sign-in",
        "sign_up_url": "/sign-up",
        "user_profile_url": "/account",
        "waitlist_url": "/waitlist",
        "oauth_consent_url": "/",
        "after_sign_in_url": "/",
        "after_sign_up_url": "/",
        "after_sign_out_one_url": "/",
        "after_sign_out_all_url": "/",
        "after_switch_session_url": "/",
        "after_join_waitlist_url": "/",
        "organization_profile_url": "/",
        "create_organization_url": "/",
        "after_leave_organization_url": "/",
        "after_create_organization_url": "/",
        "logo_link_url": "/",
        "support_email": settings.support_email,
        "branded": false,
        "experimental_force_oauth_first": false,
        "clerk_js_version": "6",
        "show_devmode_warning": development,
        "google_one_tap_client_id": null,
        "help_url": null,
        "privacy_policy_url": null,
        "terms_url": null,
        "logo_url": null,
        "favicon_url": null,
        "logo_image": null,
        "favicon_image": null,
        "captcha_public_key": null,
        "captcha_widget_type": null,
        "captcha_public_key_invisible": null,
        "captcha_provider": null,
        "captcha_oauth_bypass": [],
        "captcha_heartbeat": false,
    })
}

fn attribute(field: Field) -> Value {
    json!({
        "enabled": field.is_on(),
        "required": field == Field::Required,
        "used_for_first_factor": false,
        "first_factors": [],
        "used_for_second_factor": false,
        "second_factors": [],
        "verifications": [],
        "verify_at_sign_up": false,
        "immutable": false,
    })
}

fn second_factor(enabled: bool, strategy: &str) -> Value {
    let mut shown = attribute(if enabled { Field::Optional } else { Field::Off });
    if enabled {
        shown["used_for_second_factor"] = json!(true);
        shown["second_factors"] = json!([strategy]);
    }
    shown
}

fn user_settings(settings: &Settings) -> Value {
    let mut email_address = attribute(settings.email_address);
    if settings.email_address.is_on() {
        let strategies = email_strategies(settings);
        email_address["used_for_first_factor"] = json!(true);
        email_address["first_factors"] = json!(strategies);
        email_address["verifications"] = json!(strategies);
        email_address["verify_at_sign_up"] = json!(true);
    }
    let mut username = attribute(settings.username);
    username["used_for_first_factor"] = json!(settings.username.is_on());
    let mut passkey = attribute(if settings.passkeys {
        Field::Optional
    } else {
        Field::Off
    });
    if settings.passkeys {
        passkey["used_for_first_factor"] = json!(true);
        passkey["first_factors"] = json!(["passkey"]);
        passkey["verifications"] = json!(["passkey"]);
    }
    let social: Map<String, Value> = settings.social.iter().map(|it| social(it)).collect();
    let off = |enabled: bool| json!({ "enabled": enabled });
    json!({
        "attributes": {
            "email_address": email_address,
            "phone_number": attribute(Field::Off),
            "username": username,
            "web3_wallet": attribute(Field::Off),
            "first_name": attribute(settings.first_name),
            "last_name": attribute(settings.last_name),
            "password": attribute(settings.password),
            "authenticator_app": second_factor(settings.authenticator_app, "totp"),
            "ticket": attribute(Field::Optional),
            "backup_code": second_factor(settings.backup_codes, "backup_code"),
            "passkey": passkey,
        },
        "social": social,
        "saml": { "enabled": false },
        "enterprise_sso": { "enabled": false, "self_serve_sso": false },
        "sign_in": { "second_factor": { "required": settings.second_factor_required } },
        "sign_up": {
            "captcha_enabled": false,
            "captcha_widget_type": "smart",
            "custom_action_required": false,
            "progressive": true,
            "mode": match settings.sign_up_mode {
                SignUpMode::Public => "public",
                SignUpMode::Restricted => "restricted",
                SignUpMode::Waitlist => "waitlist",
            },
            "legal_consent_enabled": settings.legal_consent,
        },
        "restrictions": {
            "allowlist": off(settings.allowlist),
            "blocklist": off(settings.blocklist),
            "allowlist_blocklist_disabled_on_sign_in": off(false),
            "block_email_subaddresses": off(settings.block_email_subaddresses),
            "block_disposable_email_domains": off(false),
        },
        "password_settings": {
            "disable_hibp": !settings.refuse_pwned_passwords,
            "disable_password_reverification": false,
            "min_length": settings.password_min_length,
            "max_length": password::LENGTH_MAX,
            "require_special_char": false,
            "require_numbers": false,
            "require_uppercase": false,
            "require_lowercase": false,
            "show_zxcvbn": false,
            "min_zxcvbn_strength": 0,
            "enforce_hibp_on_sign_in": false,
            "allowed_special_characters": "",
        },
        "username_settings": {
            "min_length": 4,
            "max_length": 64,
            "allow_extended_special_characters": false,
            "allow_numeric_usernames": true,
        },
        "actions": {
            "delete_self": settings.delete_self,
            "create_organization": settings.organizations.create,
            "create_organizations_limit": null,
        },
        "attack_protection": {
            "user_lockout": {
                "enabled": settings.lockout_attempts > 0,
                "max_attempts": settings.lockout_attempts,
                "duration_in_minutes": settings.lockout_minutes,
            },
            "pii": { "enabled": false },
            "email_link": { "require_same_client": false },
            "enumeration_protection": { "enabled": false },
        },
        "passkey_settings": {
            "allow_autofill": false,
            "show_sign_in_button": settings.passkeys,
            "satisfies_second_factor": true,
        },
    })
}

fn social(provider: &str) -> (String, Value) {
    let strategy = format!("oauth_{provider}");
    let mut name = provider.trim_start_matches("custom_").to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let shown = json!({
        "enabled": true,
        "required": false,
        "authenticatable": true,
        "block_email_subaddresses": false,
        "strategy": strategy,
        "not_selectable": false,
        "deprecated": false,
        "name": name,
        "logo_url": null,
    });
    (strategy, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_run_asks_for_address_password_and_name() {
        let shown = environment(&Settings::default());
        let attributes = &shown["user_settings"]["attributes"];
        for (name, required) in [
            ("email_address", true),
            ("password", true),
            ("first_name", true),
            ("last_name", true),
            ("username", false),
            ("phone_number", false),
        ] {
            assert_eq!(attributes[name]["required"], required, "{name}");
        }
        assert_eq!(shown["user_settings"]["social"], json!({}));
    }

    #[test]
    fn settings_show_at_once() {
        let settings = Settings {
            username: Field::Optional,
            social: vec!["google".to_owned()],
            email_link: true,
            ..Settings::default()
        };
        let shown = environment(&settings);
        let user_settings = &shown["user_settings"];
        assert_eq!(user_settings["attributes"]["username"]["enabled"], true);
        assert_eq!(user_settings["social"]["oauth_google"]["enabled"], true);
        assert_eq!(
            user_settings["attributes"]["email_address"]["verifications"],
            json!(["email_code", "email_link"])
        );
    }
}
