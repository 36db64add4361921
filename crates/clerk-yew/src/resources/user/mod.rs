//! A person.

mod account;
mod organizations;
mod profile;
mod security;

use serde::de::DeserializeOwned;

use crate::error::ClerkError;
use crate::js;

use super::email_address::EmailAddress;
use super::enterprise_account::EnterpriseAccount;
use super::external_account::ExternalAccount;
use super::metadata::typed;
use super::organization::OrganizationMembership;
use super::passkey::Passkey;
use super::phone_number::PhoneNumber;
use super::web3_wallet::Web3Wallet;

pub use organizations::{
    GetUserInvitations, GetUserSuggestions, OrganizationSuggestion, PublicOrganizationData,
    UserOrganizationInvitation,
};
pub use profile::{Image, UpdateUser};
pub use security::{BackupCode, Totp, UpdateUserPassword};

resource! {
    /// A person (<https://clerk.com/docs/js-frontend/reference/objects/user>).
    User {
        /// Clerk's id, `user_…`
        id: String = "id",
        /// The id that the app's own system has for the person
        external_id: Option<String> = "externalId",
        /// User name
        username: Option<String> = "username",
        /// First name
        first_name: Option<String> = "firstName",
        /// Last name
        last_name: Option<String> = "lastName",
        /// Picture; Clerk makes one of the initials where there is none
        image_url: String = "imageUrl",
        /// Whether the person has a picture
        has_image: bool = "hasImage",
        /// Id of the primary email address
        primary_email_address_id: Option<String> = "primaryEmailAddressId",
        /// The primary email address
        primary_email_address: Option<EmailAddress> = "primaryEmailAddress",
        /// All email addresses
        email_addresses: Vec<EmailAddress> = "emailAddresses",
        /// Whether one of the email addresses is proven
        has_verified_email_address: bool = "hasVerifiedEmailAddress",
        /// Id of the primary phone number
        primary_phone_number_id: Option<String> = "primaryPhoneNumberId",
        /// The primary phone number
        primary_phone_number: Option<PhoneNumber> = "primaryPhoneNumber",
        /// All phone numbers
        phone_numbers: Vec<PhoneNumber> = "phoneNumbers",
        /// Whether one of the phone numbers is proven
        has_verified_phone_number: bool = "hasVerifiedPhoneNumber",
        /// Id of the primary Web3 wallet
        primary_web3_wallet_id: Option<String> = "primaryWeb3WalletId",
        /// The primary Web3 wallet
        primary_web3_wallet: Option<Web3Wallet> = "primaryWeb3Wallet",
        /// All Web3 wallets
        web3_wallets: Vec<Web3Wallet> = "web3Wallets",
        /// Accounts at other services
        external_accounts: Vec<ExternalAccount> = "externalAccounts",
        /// Those of them that are proven
        verified_external_accounts: Vec<ExternalAccount> = "verifiedExternalAccounts",
        /// Those of them that are not
        unverified_external_accounts: Vec<ExternalAccount> = "unverifiedExternalAccounts",
        /// Accounts at the person's company
        enterprise_accounts: Vec<EnterpriseAccount> = "enterpriseAccounts",
        /// Those of the Web3 wallets that are proven
        verified_web3_wallets: Vec<Web3Wallet> = "verifiedWeb3Wallets",
        /// Passkeys
        passkeys: Vec<Passkey> = "passkeys",
        /// The organizations that the person is in
        organization_memberships: Vec<OrganizationMembership> = "organizationMemberships",
        /// Whether there is a password
        password_enabled: bool = "passwordEnabled",
        /// Whether an authenticator app is set up
        totp_enabled: bool = "totpEnabled",
        /// Whether there are backup codes
        backup_code_enabled: bool = "backupCodeEnabled",
        /// Whether signing in takes a second factor
        two_factor_enabled: bool = "twoFactorEnabled",
        /// Whether the person may create organizations
        create_organization_enabled: bool = "createOrganizationEnabled",
        /// How many organizations the person may create; none: as many as they like
        create_organizations_limit: Option<u32> = "createOrganizationsLimit",
        /// Whether the person may delete the account
        delete_self_enabled: bool = "deleteSelfEnabled",
        /// When the person last signed in, in milliseconds since the Unix epoch
        last_sign_in_at: Option<f64> = "lastSignInAt",
        /// When the person accepted the terms, in milliseconds since the Unix epoch
        legal_accepted_at: Option<f64> = "legalAcceptedAt",
        /// The person's time zone, such as `Europe/Vienna`
        timezone: Option<String> = "timezone",
        /// When the account was made, in milliseconds since the Unix epoch
        created_at: Option<f64> = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: Option<f64> = "updatedAt",
    }
}

impl User {
    /// First and last name; empty when Clerk knows neither.
    pub fn full_name(&self) -> String {
        [self.first_name(), self.last_name()]
            .iter()
            .flatten()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Metadata that only the app's server writes, as the caller's type:
    ///
    /// ```
    /// # use clerk_yew::{ClerkError, resources::User};
    /// #[derive(serde::Deserialize)]
    /// struct Public { plan: Option<String> }
    ///
    /// fn plan(user: &User) -> Result<Option<String>, ClerkError> {
    ///     Ok(user.public_metadata::<Public>()?.plan)
    /// }
    /// ```
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// Metadata that the person may write, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn unsafe_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "unsafeMetadata"))
    }

    /// Asks Clerk for the person's state.
    pub async fn reload(&self) -> Result<Self, ClerkError> {
        self.ask("reload", &[]).await
    }

    /// Deletes the account, which also ends its sessions.
    pub async fn delete(&self) -> Result<(), ClerkError> {
        self.ask("delete", &[]).await
    }
}
