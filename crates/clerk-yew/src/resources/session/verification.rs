//! Proving once more, within a session, that it is the person.

use wasm_bindgen::JsValue;

use super::Session;
use crate::error::ClerkError;
use crate::js::object;
use crate::resources::verification::Verification;

words! {
    /// Which factors are to be proven.
    VerificationLevel {
        /// The first
        FirstFactor = "first_factor",
        /// The second
        SecondFactor = "second_factor",
        /// Both
        MultiFactor = "multi_factor",
    }
}

words! {
    /// What is to be proven next.
    SessionVerificationStatus {
        /// The first factor
        NeedsFirstFactor = "needs_first_factor",
        /// The second factor
        NeedsSecondFactor = "needs_second_factor",
        /// Nothing
        Complete = "complete",
    }
}

resource! {
    /// How far the proof has come
    /// (<https://clerk.com/docs/js-frontend/reference/types/session-verification>).
    SessionVerification {
        /// What is to be proven next
        status: SessionVerificationStatus = "status",
        /// Which factors are to be proven
        level: VerificationLevel = "level",
        /// The session
        session: Session = "session",
        /// How far the first factor has come
        first_factor_verification: Verification = "firstFactorVerification",
        /// How far the second factor has come
        second_factor_verification: Verification = "secondFactorVerification",
        /// The first factors that the person has
        supported_first_factors: Vec<Factor> = "supportedFirstFactors",
        /// The second factors that the person has
        supported_second_factors: Vec<Factor> = "supportedSecondFactors",
    }
}

resource! {
    /// A way to prove that it is the person.
    Factor {
        /// Which way, such as `email_code` or `password`
        strategy: String = "strategy",
        /// The address or number, as far as a stranger may see it
        safe_identifier: Option<String> = "safeIdentifier",
        /// Id of the email address
        email_address_id: Option<String> = "emailAddressId",
        /// Id of the phone number
        phone_number_id: Option<String> = "phoneNumberId",
        /// Id of the Web3 wallet
        web3_wallet_id: Option<String> = "web3WalletId",
        /// The wallet's name
        wallet_name: Option<String> = "walletName",
        /// Whether the address or number is the person's primary one
        primary: bool = "primary",
        /// Whether it is the first second factor to be offered
        default: bool = "default",
        /// How a code reaches the phone
        channel: Option<String> = "channel",
        /// Id of the enterprise connection
        enterprise_connection_id: Option<String> = "enterpriseConnectionId",
        /// Its name
        enterprise_connection_name: Option<String> = "enterpriseConnectionName",
    }
}

/// A first factor that is sent or called up before it can be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstFactor {
    /// A code by email, to the address of this id
    EmailCode(String),
    /// A code by phone, to the number of this id
    PhoneCode(String),
    /// A passkey
    Passkey,
    /// The company's sign-in, which leads back to this URL
    EnterpriseSso(String),
}

/// The proof of a first factor.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstFactorAttempt {
    /// The code that came by email
    EmailCode(String),
    /// The code that came by phone
    PhoneCode(String),
    /// The password
    Password(String),
}

/// A second factor that is sent before it can be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecondFactor {
    /// A code by phone, to the number of this id, or to the default one
    PhoneCode(Option<String>),
}

/// The proof of a second factor.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecondFactorAttempt {
    /// The code that came by phone
    PhoneCode(String),
    /// A code of the authenticator app
    Totp(String),
    /// A backup code
    BackupCode(String),
}

impl Session {
    /// Sends or calls up a first factor.
    pub async fn prepare_first_factor_verification(
        &self,
        factor: &FirstFactor,
    ) -> Result<SessionVerification, ClerkError> {
        let params = match factor {
            FirstFactor::EmailCode(id) => strategy("email_code", "emailAddressId", Some(id)),
            FirstFactor::PhoneCode(id) => strategy("phone_code", "phoneNumberId", Some(id)),
            FirstFactor::Passkey => strategy("passkey", "", None),
            FirstFactor::EnterpriseSso(url) => strategy("enterprise_sso", "redirectUrl", Some(url)),
        };
        self.ask("prepareFirstFactorVerification", &[params]).await
    }

    /// Proves a first factor.
    pub async fn attempt_first_factor_verification(
        &self,
        attempt: &FirstFactorAttempt,
    ) -> Result<SessionVerification, ClerkError> {
        let params = match attempt {
            FirstFactorAttempt::EmailCode(code) => strategy("email_code", "code", Some(code)),
            FirstFactorAttempt::PhoneCode(code) => strategy("phone_code", "code", Some(code)),
            FirstFactorAttempt::Password(word) => strategy("password", "password", Some(word)),
        };
        self.ask("attemptFirstFactorVerification", &[params]).await
    }

    /// Sends a second factor.
    pub async fn prepare_second_factor_verification(
        &self,
        factor: &SecondFactor,
    ) -> Result<SessionVerification, ClerkError> {
        let SecondFactor::PhoneCode(id) = factor;
        let params = strategy("phone_code", "phoneNumberId", id.as_deref());
        self.ask("prepareSecondFactorVerification", &[params]).await
    }

    /// Proves a second factor.
    pub async fn attempt_second_factor_verification(
        &self,
        attempt: &SecondFactorAttempt,
    ) -> Result<SessionVerification, ClerkError> {
        let params = match attempt {
            SecondFactorAttempt::PhoneCode(code) => strategy("phone_code", "code", Some(code)),
            SecondFactorAttempt::Totp(code) => strategy("totp", "code", Some(code)),
            SecondFactorAttempt::BackupCode(code) => strategy("backup_code", "code", Some(code)),
        };
        self.ask("attemptSecondFactorVerification", &[params]).await
    }

    /// Proves the person by a passkey; the browser asks for it.
    pub async fn verify_with_passkey(&self) -> Result<SessionVerification, ClerkError> {
        self.ask("verifyWithPasskey", &[]).await
    }
}

/// Arguments that name a way of proof and one thing about it.
fn strategy(strategy: &str, member: &str, value: Option<&str>) -> JsValue {
    let value = value.map_or(JsValue::UNDEFINED, JsValue::from);
    object([("strategy", strategy.into()), (member, value)])
}
