//! What the instance offers, as its dashboard sets it. A change takes effect with the next call.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::ClerkError;
use crate::store::Transaction;
use crate::time::CENTURY;

const VALUE: &str = "settings";

/// Whether a field is on the forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    #[default]
    Off,
    Optional,
    Required,
}

impl Field {
    /// Whether it can be given.
    pub fn is_on(self) -> bool {
        self != Self::Off
    }
}

/// Who can make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUpMode {
    /// Anybody.
    #[default]
    Public,
    /// Whoever has an invitation.
    Restricted,
    /// Whoever was let in from the waitlist.
    Waitlist,
}

/// What kind of instance the emulator stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InstanceKind {
    /// Browsers are known by the dev-browser token.
    #[default]
    Development,
    /// Browsers are known by the `__client` cookie.
    Production,
}

/// The settings. Times as their names say.
#[allow(
    clippy::struct_excessive_bools,
    reason = "switches are what settings are"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub application_name: String,
    pub instance: InstanceKind,
    pub sign_up_mode: SignUpMode,
    pub email_address: Field,
    /// Proof of an address by a code.
    pub email_code: bool,
    /// Proof of an address by a link.
    pub email_link: bool,
    pub username: Field,
    pub password: Field,
    pub first_name: Field,
    pub last_name: Field,
    pub password_min_length: usize,
    pub refuse_pwned_passwords: bool,
    pub authenticator_app: bool,
    pub backup_codes: bool,
    pub second_factor_required: bool,
    pub passkeys: bool,
    /// Providers such as `google` or `github`; the emulator itself stands for each.
    pub social: Vec<String>,
    /// One session for each browser.
    pub single_session: bool,
    /// Sensitive changes ask for a fresh proof.
    pub reverification: bool,
    pub delete_self: bool,
    pub legal_consent: bool,
    /// Clerk's test addresses take the code 424242.
    pub test_mode: bool,
    pub allowlist: bool,
    pub blocklist: bool,
    pub block_email_subaddresses: bool,
    /// Wrong attempts until an account is locked; Clerk's default is 100.
    pub lockout_attempts: u32,
    /// Minutes that an account stays locked; Clerk's default is 60.
    pub lockout_minutes: u32,
    pub token_lifetime_seconds: i64,
    pub session_lifetime_seconds: i64,
    /// More claims of session tokens, with shortcodes.
    pub session_claims: Map<String, Value>,
    pub organizations: OrganizationSettings,
    /// Origins that `azp` may name; empty: any.
    pub allowed_origins: Vec<String>,
    pub support_email: Option<String>,
    pub protect: Protect,
    pub communication: Communication,
    pub oauth_applications: OAuthApplications,
}

/// Protection from abuse: kept for servers that set it up; the emulator has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Protect {
    pub rules_enabled: bool,
    pub specter_enabled: bool,
}

/// Text messages: kept for servers that set it up; the emulator sends none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Communication {
    /// ISO 3166-1 alpha-2.
    pub blocked_country_codes: Vec<String>,
}

/// The instance as an OAuth provider: kept for servers that set it up; the emulator is none.
#[allow(
    clippy::struct_excessive_bools,
    reason = "switches are what settings are"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OAuthApplications {
    pub dynamic_oauth_client_registration: bool,
    pub default_scopes: Option<Vec<String>>,
    pub oauth_jwt_access_tokens: bool,
    pub client_id_metadata_documents_advertised: bool,
    pub client_id_metadata_documents_only_allow_pre_registered_clients: bool,
    pub client_id_metadata_documents_block_implicitly_allowed_clients: bool,
}

/// What of organizations is offered.
#[allow(
    clippy::struct_excessive_bools,
    reason = "switches are what settings are"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrganizationSettings {
    pub enabled: bool,
    /// Everybody must act for an organization.
    pub required: bool,
    pub create: bool,
    pub max_allowed_memberships: u32,
    pub admin_delete: bool,
    pub slugs: bool,
    pub domains: bool,
    pub enrollment_modes: Vec<String>,
    pub creator_role: String,
    pub default_role: String,
}

impl Default for OrganizationSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            required: false,
            create: true,
            max_allowed_memberships: 5,
            admin_delete: true,
            slugs: true,
            domains: false,
            enrollment_modes: vec![
                "manual_invitation".to_owned(),
                "automatic_invitation".to_owned(),
                "automatic_suggestion".to_owned(),
            ],
            creator_role: "org:admin".to_owned(),
            default_role: "org:member".to_owned(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            application_name: "My Application".to_owned(),
            instance: InstanceKind::Development,
            sign_up_mode: SignUpMode::Public,
            email_address: Field::Required,
            email_code: true,
            email_link: false,
            username: Field::Off,
            password: Field::Required,
            first_name: Field::Required,
            last_name: Field::Required,
            password_min_length: 8,
            refuse_pwned_passwords: true,
            authenticator_app: true,
            backup_codes: true,
            second_factor_required: false,
            passkeys: false,
            social: Vec::new(),
            single_session: true,
            reverification: false,
            delete_self: true,
            legal_consent: false,
            test_mode: true,
            allowlist: false,
            blocklist: false,
            block_email_subaddresses: false,
            lockout_attempts: 100,
            lockout_minutes: 60,
            token_lifetime_seconds: 60,
            session_lifetime_seconds: 7 * 24 * 60 * 60,
            session_claims: Map::new(),
            organizations: OrganizationSettings::default(),
            allowed_origins: Vec::new(),
            support_email: None,
            protect: Protect::default(),
            communication: Communication::default(),
            oauth_applications: OAuthApplications::default(),
        }
    }
}

impl Settings {
    /// The settings in force.
    pub fn load(transaction: &Transaction) -> Result<Self, ClerkError> {
        let kept = transaction.value(VALUE)?;
        Ok(kept
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Keeps them.
    pub fn save(&self, transaction: &Transaction) -> Result<(), ClerkError> {
        let text = serde_json::to_string(self).map_err(ClerkError::internal)?;
        // What could not be read again would be as if it were never set.
        serde_json::from_str::<Self>(&text)
            .map_err(|error| ClerkError::invalid("settings", error.to_string()))?;
        transaction.put_value(VALUE, &text)
    }

    /// These settings with some of them changed, as a JSON merge patch says (RFC 7396).
    ///
    /// # Errors
    /// 422 naming what cannot be used.
    pub fn patched(&self, patch: &Value) -> Result<Self, ClerkError> {
        let mut all = serde_json::to_value(self).map_err(ClerkError::internal)?;
        json_patch::merge(&mut all, patch);
        let settings: Self = serde_json::from_value(all)
            .map_err(|error| ClerkError::invalid("settings", error.to_string()))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ClerkError> {
        let wrong = |what: &str| Err(ClerkError::invalid("settings", what));
        if !self.email_address.is_on() && !self.username.is_on() && self.social.is_empty() {
            return wrong(
                "users need an email address, a username or a social connection to sign in with",
            );
        }
        if self.email_address.is_on() && !self.email_code && !self.email_link {
            return wrong("email addresses need a verification method: email_code or email_link");
        }
        if !(1..=86_400).contains(&self.token_lifetime_seconds) {
            return wrong("token_lifetime_seconds must be between 1 and 86400");
        }
        let country = |it: &String| it.len() == 2 && it.bytes().all(|it| it.is_ascii_uppercase());
        if !self.communication.blocked_country_codes.iter().all(country) {
            return wrong("blocked_country_codes must be two capital letters each");
        }
        if !(1..=CENTURY / 1000).contains(&self.session_lifetime_seconds) {
            return wrong("session_lifetime_seconds must be between 1 and a century");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_changes_what_it_names_only() {
        let changed = Settings::default()
            .patched(&json!({ "username": "required", "organizations": { "enabled": true } }))
            .expect("a good patch");
        assert_eq!(changed.username, Field::Required);
        assert!(changed.organizations.enabled);
        assert_eq!(changed.organizations.max_allowed_memberships, 5);
        assert_eq!(changed.password, Field::Required);
    }

    #[test]
    fn a_misspelt_setting_is_refused_by_name() {
        let refused = Settings::default().patched(&json!({ "usrname": "required" }));
        assert!(
            refused
                .expect_err("a refusal")
                .to_string()
                .contains("usrname")
        );
    }
}
