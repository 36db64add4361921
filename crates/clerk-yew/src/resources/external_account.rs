//! A person's accounts at other services.

use serde::de::DeserializeOwned;

use crate::error::ClerkError;
use crate::js;

use super::metadata::typed;
use super::value::Write;
use super::verification::Verification;

resource! {
    /// An account at another service, such as Google
    /// (<https://clerk.com/docs/js-frontend/reference/types/external-account>).
    ExternalAccount {
        /// Clerk's id, `eac_…`
        id: String = "id",
        /// Clerk's id of what it identifies, `idn_…`
        identification_id: String = "identificationId",
        /// The service, such as `google`
        provider: String = "provider",
        /// The person's id there
        provider_user_id: String = "providerUserId",
        /// The address it has there
        email_address: String = "emailAddress",
        /// What the person allowed, separated by spaces
        approved_scopes: String = "approvedScopes",
        /// First name there
        first_name: String = "firstName",
        /// Last name there
        last_name: String = "lastName",
        /// Picture there
        image_url: String = "imageUrl",
        /// User name there
        username: Option<String> = "username",
        /// Phone number there
        phone_number: Option<String> = "phoneNumber",
        /// What tells several accounts of one service apart
        label: Option<String> = "label",
        /// How far its proof has come
        verification: Option<Verification> = "verification",
    }
}

params! {
    /// How to ask another service for an account.
    CreateExternalAccount() {
        /// The service, such as `oauth_google`
        strategy: String = "strategy",
        /// An enterprise connection, instead of a strategy
        enterprise_connection_id: String = "enterpriseConnectionId",
        /// Where the service sends the person back to
        redirect_url: String = "redirectUrl",
        /// What to ask the service for, besides what Clerk does
        additional_scopes: Vec<String> = "additionalScopes",
        /// OIDC's `prompt`, such as `consent`
        oidc_prompt: String = "oidcPrompt",
        /// OIDC's `login_hint`
        oidc_login_hint: String = "oidcLoginHint",
    }
}

params! {
    /// How to ask another service for more.
    ReauthorizeExternalAccount() {
        /// Where the service sends the person back to
        redirect_url: String = "redirectUrl",
        /// What to ask the service for, besides what Clerk does
        additional_scopes: Vec<String> = "additionalScopes",
        /// OIDC's `prompt`, such as `consent`
        oidc_prompt: String = "oidcPrompt",
        /// OIDC's `login_hint`
        oidc_login_hint: String = "oidcLoginHint",
    }
}

impl ExternalAccount {
    /// Public metadata, as the caller's type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// The service's name for people, such as `Google`.
    pub fn provider_title(&self) -> Result<String, ClerkError> {
        let title = js::call(&self.raw, "providerTitle", &[])?;
        Ok(title.as_string().unwrap_or_default())
    }

    /// Asks the service for more, or again. The person goes to the answer's
    /// [`external_verification_redirect_url`](Verification::external_verification_redirect_url).
    pub async fn reauthorize(
        &self,
        params: &ReauthorizeExternalAccount,
    ) -> Result<Self, ClerkError> {
        self.ask("reauthorize", &[params.write()]).await
    }

    /// Takes it away from the person.
    pub async fn destroy(&self) -> Result<(), ClerkError> {
        self.ask("destroy", &[]).await
    }
}
