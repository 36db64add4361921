//! People.

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::model::{EmailAddress, ExternalAccount, Membership, Passkey, User};
use crate::scope::Scope;
use crate::store::Page;

use super::{Audience, membership, user_image_url, verification};

/// A person, as they or the server see them.
pub fn user(scope: &Scope<'_>, user: &User, audience: Audience) -> Result<Value, ClerkError> {
    let emails: Vec<Value> = user.email_addresses.iter().map(email_address).collect();
    let accounts: Vec<Value> = user
        .external_accounts
        .iter()
        .map(external_account)
        .collect();
    let passkeys: Vec<Value> = user
        .passkeys
        .iter()
        .filter(|it| it.is_verified())
        .map(passkey)
        .collect();
    let locked = user.is_locked(scope.now);
    let attempts_left = scope
        .settings
        .lockout_attempts
        .saturating_sub(user.failed_attempts);
    let seconds_locked = user
        .locked_until
        .filter(|_| locked)
        .map(|until| (until - scope.now) / 1000);
    let mut shown = json!({
        "object": "user",
        "id": user.id,
        "external_id": user.external_id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "locale": user.locale,
        "image_url": user_image_url(scope, user),
        "has_image": user.image_id.is_some(),
        "primary_email_address_id": user.primary_email_address_id,
        "primary_phone_number_id": null,
        "primary_web3_wallet_id": null,
        "password_enabled": user.password_hash.is_some(),
        "two_factor_enabled": user.has_second_factor(),
        "totp_enabled": user.has_totp(),
        "backup_code_enabled": !user.backup_codes.is_empty(),
        "email_addresses": emails,
        "phone_numbers": [],
        "web3_wallets": [],
        "passkeys": passkeys,
        "external_accounts": accounts,
        "saml_accounts": [],
        "enterprise_accounts": [],
        "password_last_updated_at": user.password_updated_at,
        "public_metadata": user.public_metadata,
        "unsafe_metadata": user.unsafe_metadata,
        "banned": user.banned,
        "locked": locked,
        "lockout_expires_in_seconds": seconds_locked,
        "verification_attempts_remaining": attempts_left,
        "delete_self_enabled": scope.settings.delete_self && !user.delete_self_disabled,
        "create_organization_enabled":
            scope.settings.organizations.create && !user.create_organization_disabled,
        "mfa_enabled_at": user.mfa_enabled_at,
        "mfa_disabled_at": user.mfa_disabled_at,
        "legal_accepted_at": user.legal_accepted_at,
        "last_sign_in_at": user.last_sign_in_at,
        "last_active_at": user.last_active_at,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    });
    if let Some(limit) = user.create_organizations_limit {
        shown["create_organizations_limit"] = json!(limit);
    }
    match audience {
        Audience::Backend => shown["private_metadata"] = json!(user.private_metadata),
        Audience::Frontend => {
            let mut memberships = Vec::new();
            let kept = scope
                .tx
                .list::<Membership>("user", &user.id, Page::OLDEST_FIRST)?;
            for it in kept {
                memberships.extend(membership(scope, &it, None, audience)?);
            }
            shown["organization_memberships"] = json!(memberships);
        }
    }
    Ok(shown)
}

/// One of a person's addresses.
pub fn email_address(address: &EmailAddress) -> Value {
    let linked = address
        .linked_to
        .iter()
        .map(|(strategy, id)| json!({ "type": strategy, "id": id }));
    json!({
        "object": "email_address",
        "id": address.id,
        "email_address": address.email_address,
        "reserved": address.reserved,
        "verification": address.verification.as_ref().map(verification),
        "linked_to": linked.collect::<Vec<_>>(),
        "matches_sso_connection": false,
        "created_at": address.created_at,
        "updated_at": address.updated_at,
    })
}

fn external_account(account: &ExternalAccount) -> Value {
    json!({
        "object": "external_account",
        "id": account.id,
        "provider": account.strategy,
        "identification_id": account.id,
        "provider_user_id": account.provider_user_id,
        "approved_scopes": "email profile",
        "email_address": account.email_address,
        "email_address_verified": true,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "avatar_url": "",
        "image_url": "",
        "username": account.username,
        "public_metadata": {},
        "label": null,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "verification": account.verification.as_ref().map(verification),
    })
}

/// A person's passkey.
pub fn passkey(it: &Passkey) -> Value {
    json!({
        "object": "passkey",
        "id": it.id,
        "name": it.name,
        "last_used_at": it.last_used_at,
        "verification": it.verification.as_ref().map(verification),
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}
