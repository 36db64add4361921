//! A person's email addresses.

use crate::error::ClerkError;
use crate::js::object;

use super::verification::Verification;

resource! {
    /// One of a person's email addresses
    /// (<https://clerk.com/docs/js-frontend/reference/types/email-address>).
    EmailAddress {
        /// Clerk's id, `idn_…`
        id: String = "id",
        /// The address itself
        email_address: String = "emailAddress",
        /// How far its proof has come
        verification: Verification = "verification",
        /// Whether an enterprise connection takes it
        matches_sso_connection: bool = "matchesSsoConnection",
        /// The accounts it came from
        linked_to: Vec<IdentificationLink> = "linkedTo",
    }
}

resource! {
    /// Where an address or a number came from.
    IdentificationLink {
        /// Clerk's id
        id: String = "id",
        /// What it is, such as `oauth_google`
        kind: String = "type",
    }
}

impl EmailAddress {
    /// Sends a code to it.
    pub async fn send_code(&self) -> Result<Self, ClerkError> {
        let params = object([("strategy", "email_code".into())]);
        self.ask("prepareVerification", &[params]).await
    }

    /// Proves it by the code that was sent there.
    pub async fn verify_code(&self, code: &str) -> Result<Self, ClerkError> {
        self.ask("attemptVerification", &[object([("code", code.into())])])
            .await
    }

    /// Sends a link to it that leads to `redirect_url`. [`reload`](Self::reload) tells whether it
    /// was followed.
    pub async fn send_link(&self, redirect_url: &str) -> Result<Self, ClerkError> {
        let params = object([
            ("strategy", "email_link".into()),
            ("redirectUrl", redirect_url.into()),
        ]);
        self.ask("prepareVerification", &[params]).await
    }

    /// Sends the person to their company's sign-in, which leads back to `redirect_url`: the answer's
    /// [`external_verification_redirect_url`](Verification::external_verification_redirect_url).
    pub async fn prove_by_enterprise_sso(&self, redirect_url: &str) -> Result<Self, ClerkError> {
        let params = object([
            ("strategy", "enterprise_sso".into()),
            ("redirectUrl", redirect_url.into()),
        ]);
        self.ask("prepareVerification", &[params]).await
    }

    /// Asks Clerk for its state.
    pub async fn reload(&self) -> Result<Self, ClerkError> {
        self.ask("reload", &[]).await
    }

    /// Takes it away from the person.
    pub async fn destroy(&self) -> Result<(), ClerkError> {
        self.ask("destroy", &[]).await
    }
}
