//! Proving once more, within a session, that it is the person.

use wasm_bindgen::JsValue;

use super::Session;
use crate::error::ClerkError;
use crate::js::object;
use crate::resources::factor::Factor;
use crate::resources::value::Read;
use crate::resources::verification::Verification;
use clerk_claims::Level;

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
        level: Level = "level",
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

impl Read for Level {
    fn read(value: JsValue) -> Self {
        match value.as_string().as_deref() {
            Some("second_factor") => Self::SecondFactor,
            Some("multi_factor") => Self::MultiFactor,
            _ => Self::FirstFactor,
        }
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
