//! A person's accounts at their company.

use serde::de::DeserializeOwned;

use crate::error::ClerkError;
use crate::js;

use super::metadata::typed;
use super::verification::Verification;

resource! {
    /// An account at a company, by SAML or OIDC
    /// (<https://clerk.com/docs/js-frontend/reference/types/enterprise-account>).
    EnterpriseAccount {
        /// Clerk's id
        id: Option<String> = "id",
        /// Whether its connection is in use
        active: bool = "active",
        /// The address it has there
        email_address: String = "emailAddress",
        /// First name there
        first_name: Option<String> = "firstName",
        /// Last name there
        last_name: Option<String> = "lastName",
        /// `saml` or `oauth`
        protocol: String = "protocol",
        /// The kind of identity provider, such as `saml_okta`
        provider: String = "provider",
        /// The person's id there
        provider_user_id: Option<String> = "providerUserId",
        /// Clerk's id of the connection
        enterprise_connection_id: Option<String> = "enterpriseConnectionId",
        /// How far its proof has come
        verification: Option<Verification> = "verification",
        /// When the person last signed in by it, in milliseconds since the Unix epoch
        last_authenticated_at: Option<f64> = "lastAuthenticatedAt",
    }
}

impl EnterpriseAccount {
    /// Public metadata, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// Takes it away from the person.
    pub async fn destroy(&self) -> Result<(), ClerkError> {
        self.ask("destroy", &[]).await
    }
}
