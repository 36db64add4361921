//! A person with an account.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Record, Verification, VerificationStatus};

/// A person with an account.
#[allow(clippy::struct_excessive_bools, reason = "as Clerk's JSON has them")]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    pub id: String,
    pub external_id: Option<String>,
    pub username: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email_addresses: Vec<EmailAddress>,
    pub primary_email_address_id: Option<String>,
    pub external_accounts: Vec<ExternalAccount>,
    pub passkeys: Vec<Passkey>,
    /// Argon2id in PHC string form, or a hash that was brought along.
    pub password_hash: Option<String>,
    pub password_updated_at: Option<i64>,
    /// The password must be changed at the next sign-in.
    pub password_compromised: bool,
    pub totp: Option<Totp>,
    /// Unused ones, as SHA-256 in hexadecimal digits.
    pub backup_codes: Vec<String>,
    pub mfa_enabled_at: Option<i64>,
    pub mfa_disabled_at: Option<i64>,
    pub image_id: Option<String>,
    pub public_metadata: Map<String, Value>,
    pub private_metadata: Map<String, Value>,
    pub unsafe_metadata: Map<String, Value>,
    pub banned: bool,
    /// Wrong passwords and codes since the last right one.
    pub failed_attempts: u32,
    pub locked_until: Option<i64>,
    pub delete_self_disabled: bool,
    pub create_organization_disabled: bool,
    pub create_organizations_limit: Option<u32>,
    pub locale: Option<String>,
    pub legal_accepted_at: Option<i64>,
    /// The organization they switched to last; empty for their personal account.
    pub chosen_organization_id: Option<String>,
    pub last_sign_in_at: Option<i64>,
    pub last_active_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Record for User {
    const KIND: &'static str = "user";
    const NAME: &'static str = "The user";
    fn id(&self) -> &str {
        &self.id
    }
    fn order(&self) -> i64 {
        self.created_at
    }
    fn keys(&self) -> Vec<(&'static str, String)> {
        // An address that is not proven to be one's own must not keep others from it.
        let verified = self.email_addresses.iter().filter(|it| it.is_verified());
        let mut keys: Vec<_> = verified
            .map(|address| ("email", address.email_address.to_lowercase()))
            .collect();
        keys.extend(
            self.username
                .iter()
                .map(|it| ("username", it.to_lowercase())),
        );
        keys.extend(
            self.external_id
                .iter()
                .map(|it| ("external_id", it.clone())),
        );
        keys.extend(
            self.passkeys
                .iter()
                .filter(|it| it.is_verified())
                .map(|it| ("passkey", it.credential_id.clone())),
        );
        for account in &self.external_accounts {
            if account.is_verified() {
                keys.push(("external", account.key()));
            }
        }
        for address in &self.email_addresses {
            keys.push(("identification", address.id.clone()));
        }
        keys
    }
}

impl User {
    /// The address the person is reached at.
    pub fn primary_email(&self) -> Option<&EmailAddress> {
        let id = self.primary_email_address_id.as_deref()?;
        self.email_addresses.iter().find(|address| address.id == id)
    }

    /// The person's own address of this id.
    pub fn email(&self, id: &str) -> Option<&EmailAddress> {
        self.email_addresses.iter().find(|address| address.id == id)
    }

    /// The person's own address of this id.
    pub fn email_mut(&mut self, id: &str) -> Option<&mut EmailAddress> {
        self.email_addresses
            .iter_mut()
            .find(|address| address.id == id)
    }

    /// The person's own account of this id at a provider.
    pub fn external_account_mut(&mut self, id: &str) -> Option<&mut ExternalAccount> {
        self.external_accounts
            .iter_mut()
            .find(|account| account.id == id)
    }

    /// First and last name, as far as they are known.
    pub fn full_name(&self) -> Option<String> {
        let names: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .filter_map(|name| name.as_deref())
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// What the person is called in lists: address, username or id.
    pub fn identifier(&self) -> &str {
        self.primary_email()
            .map(|address| address.email_address.as_str())
            .or(self.username.as_deref())
            .unwrap_or(&self.id)
    }

    /// Whether an authenticator app is set up.
    pub fn has_totp(&self) -> bool {
        self.totp.as_ref().is_some_and(|totp| totp.verified)
    }

    /// Whether sign-in asks for a second factor.
    pub fn has_second_factor(&self) -> bool {
        self.has_totp()
    }

    /// Whether too many wrong attempts have locked the account at this time.
    pub fn is_locked(&self, now: i64) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }
}

/// An e-mail address of a person.
#[allow(clippy::struct_field_names, reason = "named as in Clerk's JSON")]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EmailAddress {
    pub id: String,
    pub email_address: String,
    /// The proof that it is the person's own.
    pub verification: Option<Verification>,
    /// External accounts that vouch for it: their strategies and ids.
    pub linked_to: Vec<(String, String)>,
    /// Kept for one's own use though not verified, as the Backend API allows.
    pub reserved: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

impl EmailAddress {
    /// Whether it is proven to be the person's own.
    pub fn is_verified(&self) -> bool {
        self.verification
            .as_ref()
            .is_some_and(Verification::is_verified)
    }
}

/// An account at an OAuth provider that a person can sign in with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalAccount {
    pub id: String,
    /// Clerk's strategy, such as `oauth_google`.
    pub strategy: String,
    pub provider_user_id: String,
    pub email_address: String,
    pub first_name: String,
    pub last_name: String,
    pub username: Option<String>,
    pub verification: Option<Verification>,
    /// The provider's tokens are no more, until the person goes there again.
    pub tokens_revoked: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ExternalAccount {
    /// Whether the provider has vouched for it.
    pub fn is_verified(&self) -> bool {
        self.verification
            .as_ref()
            .is_some_and(Verification::is_verified)
    }

    /// By what the account is found.
    pub fn key(&self) -> String {
        format!("{} {}", self.strategy, self.provider_user_id)
    }
}

/// A `WebAuthn` credential of a person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Passkey {
    pub id: String,
    pub name: String,
    /// Base64url, without padding; empty until it is registered.
    pub credential_id: String,
    /// SEC 1 point of a P-256 key, in base64url.
    pub public_key: String,
    pub sign_count: u32,
    pub verification: Option<Verification>,
    pub last_used_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Passkey {
    /// Whether it was registered to the end.
    pub fn is_verified(&self) -> bool {
        let status = self.verification.as_ref().map(|it| it.status);
        status == Some(VerificationStatus::Verified)
    }
}

/// An authenticator app's secret (RFC 6238).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Totp {
    pub id: String,
    /// Base32, as authenticator apps take it.
    pub secret: String,
    pub verified: bool,
    /// The last time step that was used; each code works once.
    pub last_step: u64,
    pub created_at: i64,
    pub updated_at: i64,
}
