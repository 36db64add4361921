//! What a person is reached by: addresses, numbers, accounts elsewhere, wallets.

use super::User;
use crate::error::ClerkError;
use crate::js::object;
use crate::resources::email_address::EmailAddress;
use crate::resources::external_account::{CreateExternalAccount, ExternalAccount};
use crate::resources::phone_number::PhoneNumber;
use crate::resources::value::Write;
use crate::resources::web3_wallet::Web3Wallet;

impl User {
    /// Adds an email address, to be proven next ([`EmailAddress::send_code`]).
    pub async fn create_email_address(&self, email: &str) -> Result<EmailAddress, ClerkError> {
        self.ask("createEmailAddress", &[object([("email", email.into())])])
            .await
    }

    /// Adds a phone number in E.164 form, to be proven next ([`PhoneNumber::send_code`]).
    pub async fn create_phone_number(&self, number: &str) -> Result<PhoneNumber, ClerkError> {
        let params = object([("phoneNumber", number.into())]);
        self.ask("createPhoneNumber", &[params]).await
    }

    /// Adds a Web3 wallet by its address, to be proven next ([`Web3Wallet::prepare_verification`]).
    pub async fn create_web3_wallet(&self, address: &str) -> Result<Web3Wallet, ClerkError> {
        let params = object([("web3Wallet", address.into())]);
        self.ask("createWeb3Wallet", &[params]).await
    }

    /// Adds an account at another service. The person goes to the
    /// [`external_verification_redirect_url`](crate::resources::Verification::external_verification_redirect_url)
    /// of its verification.
    pub async fn create_external_account(
        &self,
        params: &CreateExternalAccount,
    ) -> Result<ExternalAccount, ClerkError> {
        self.ask("createExternalAccount", &[params.write()]).await
    }
}
