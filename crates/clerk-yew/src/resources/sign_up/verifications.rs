//! The proofs that a sign-up asks for.

use crate::error::ClerkError;
use crate::js::object;
use crate::resources::flow::{self, EmailLinkVerification, flow};
use crate::resources::phone_number::PhoneCodeChannel;
use crate::resources::value::Write;
use crate::resources::verification::Verification;

flow! {
    /// The proofs of a sign-up's address and number.
    SignUpVerifications {
        /// How far that of the email address has come
        email_address: Verification = "emailAddress",
        /// How far that of the phone number has come
        phone_number: Verification = "phoneNumber",
        /// How far that of the Web3 wallet has come
        web3_wallet: Verification = "web3Wallet",
        /// How far that of the account at another service has come
        external_account: Verification = "externalAccount",
        /// On the page that a link by email leads to: what came of it
        email_link_verification: Option<EmailLinkVerification> = "emailLinkVerification",
    }
}

impl SignUpVerifications {
    /// Sends a code to the email address.
    pub async fn send_email_code(&self) -> Result<(), ClerkError> {
        flow::step(&self.raw, "sendEmailCode", &[]).await
    }

    /// Proves the email address by the code.
    pub async fn verify_email_code(&self, code: &str) -> Result<(), ClerkError> {
        self.step("verifyEmailCode", object([("code", code.into())]))
            .await
    }

    /// Sends a link to the email address; it leads to the page at `verification_url`.
    pub async fn send_email_link(&self, verification_url: &str) -> Result<(), ClerkError> {
        let params = object([("verificationUrl", verification_url.into())]);
        self.step("sendEmailLink", params).await
    }

    /// Waits until the link was followed, here or in another browser. clerk-js goes on asking until
    /// then, also when the component is gone.
    pub async fn wait_for_email_link_verification(&self) -> Result<(), ClerkError> {
        flow::step(&self.raw, "waitForEmailLinkVerification", &[]).await
    }

    /// Sends a code to the phone number, as a text message unless told.
    pub async fn send_phone_code(
        &self,
        channel: Option<PhoneCodeChannel>,
    ) -> Result<(), ClerkError> {
        self.step("sendPhoneCode", object([("channel", channel.write())]))
            .await
    }

    /// Proves the phone number by the code.
    pub async fn verify_phone_code(&self, code: &str) -> Result<(), ClerkError> {
        self.step("verifyPhoneCode", object([("code", code.into())]))
            .await
    }
}
