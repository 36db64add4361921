//! By what a person can prove who they are.

use serde_json::{Value, json};

use crate::model::{Passkey, User};
use crate::settings::Settings;

/// How addresses are proven here.
pub fn email_strategies(settings: &Settings) -> Vec<&'static str> {
    let mut strategies = Vec::new();
    if settings.email_code {
        strategies.push("email_code");
    }
    if settings.email_link {
        strategies.push("email_link");
    }
    strategies
}

/// First factors of a sign-in.
pub fn first(settings: &Settings, user: &User) -> Vec<Value> {
    let mut factors = reverifying(settings, user);
    let primary = user.primary_email_address_id.as_ref();
    for address in user.email_addresses.iter().filter(|it| it.is_verified()) {
        let mut factor = |strategy: &str| {
            factors.push(json!({
                "strategy": strategy,
                "email_address_id": address.id,
                "safe_identifier": address.email_address,
                "primary": primary == Some(&address.id),
            }));
        };
        if settings.email_link {
            factor("email_link");
        }
        if settings.password.is_on() && user.password_hash.is_some() {
            factor("reset_password_email_code");
        }
    }
    for account in user.external_accounts.iter().filter(|it| it.is_verified()) {
        factors.push(json!({ "strategy": account.strategy }));
    }
    factors
}

/// First factors by which a signed-in person can prove themselves again.
pub fn reverifying(settings: &Settings, user: &User) -> Vec<Value> {
    let mut factors = Vec::new();
    if settings.password.is_on() && user.password_hash.is_some() {
        factors.push(json!({ "strategy": "password" }));
    }
    if settings.passkeys && user.passkeys.iter().any(Passkey::is_verified) {
        factors.push(json!({ "strategy": "passkey" }));
    }
    let primary = user.primary_email_address_id.as_ref();
    for address in user.email_addresses.iter().filter(|it| it.is_verified()) {
        if settings.email_code {
            factors.push(json!({
                "strategy": "email_code",
                "email_address_id": address.id,
                "safe_identifier": address.email_address,
                "primary": primary == Some(&address.id),
            }));
        }
    }
    factors
}

/// Second factors.
pub fn second(user: &User) -> Vec<Value> {
    let mut factors = Vec::new();
    if user.has_totp() {
        factors.push(json!({ "strategy": "totp" }));
    }
    if !user.backup_codes.is_empty() {
        factors.push(json!({ "strategy": "backup_code" }));
    }
    factors
}
