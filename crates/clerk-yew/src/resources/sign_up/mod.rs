//! Signing up, step by step.

mod params;
mod verifications;

use serde::de::DeserializeOwned;

use super::flow::{self, ExistingSession, ProtectCheck, errors, flow};
use super::metadata::typed;
use super::value::Write;
use crate::error::ClerkError;
use crate::js;

pub use params::{SignUpCreate, SignUpPassword, SignUpSso, SignUpTicket, SignUpUpdate, SignUpWeb3};
pub use verifications::SignUpVerifications;

words! {
    /// Where a sign-up stands.
    SignUpStatus {
        /// Something is missing or not proven:
        /// [`missing_fields`](SignUpResource::missing_fields) and
        /// [`unverified_fields`](SignUpResource::unverified_fields)
        MissingRequirements = "missing_requirements",
        /// There is nothing left to do: [`SignUpResource::finalize`]
        Complete = "complete",
        /// It took too long
        Abandoned = "abandoned",
    }
}

flow! {
    /// A sign-up, as it stands. Its steps answer when Clerk has; then
    /// [`use_sign_up`](crate::use_sign_up) renders with what comes next
    /// (<https://clerk.com/docs/reference/objects/sign-up-future>).
    SignUpResource {
        /// Clerk's id, `sua_…`; none before it began
        id: Option<String> = "id",
        /// Where it stands
        status: SignUpStatus = "status",
        /// What the instance asks for, such as `email_address`
        required_fields: Vec<String> = "requiredFields",
        /// What the instance takes besides
        optional_fields: Vec<String> = "optionalFields",
        /// What it asks for and does not have yet
        missing_fields: Vec<String> = "missingFields",
        /// What must be proven yet
        unverified_fields: Vec<String> = "unverifiedFields",
        /// Whether the account is there already, and a sign-in can take over
        is_transferable: bool = "isTransferable",
        /// The session that this browser has already with the account
        existing_session: Option<ExistingSession> = "existingSession",
        /// User name
        username: Option<String> = "username",
        /// First name
        first_name: Option<String> = "firstName",
        /// Last name
        last_name: Option<String> = "lastName",
        /// Email address
        email_address: Option<String> = "emailAddress",
        /// Phone number
        phone_number: Option<String> = "phoneNumber",
        /// A Web3 wallet's address
        web3_wallet: Option<String> = "web3Wallet",
        /// Whether it has a password
        has_password: bool = "hasPassword",
        /// Id of the session that it made
        created_session_id: Option<String> = "createdSessionId",
        /// Id of the account that it made
        created_user_id: Option<String> = "createdUserId",
        /// When it ends if nobody goes on, in milliseconds since the Unix epoch
        abandon_at: Option<f64> = "abandonAt",
        /// When the terms were accepted, in milliseconds since the Unix epoch
        legal_accepted_at: Option<f64> = "legalAcceptedAt",
        /// The person's language
        locale: Option<String> = "locale",
        /// The person's time zone
        timezone: Option<String> = "timezone",
        /// A check that it is no robot, to be passed next
        protect_check: Option<ProtectCheck> = "protectCheck",
        /// Whether it is over, and the next one may take its place
        can_be_discarded: bool = "canBeDiscarded",
    }
}

errors! {
    /// What is wrong with a sign-up, field by field.
    SignUpErrors {
        /// With the first name
        first_name = "firstName",
        /// With the last name
        last_name = "lastName",
        /// With the email address
        email_address = "emailAddress",
        /// With the phone number
        phone_number = "phoneNumber",
        /// With the password
        password = "password",
        /// With the user name
        username = "username",
        /// With the code
        code = "code",
        /// With the proof that it is no robot
        captcha = "captcha",
        /// With the consent to the terms
        legal_accepted = "legalAccepted",
    }
}

impl SignUpResource {
    /// Metadata that the new account gets, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn unsafe_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "unsafeMetadata"))
    }

    /// The proofs of address and number.
    pub fn verifications(&self) -> SignUpVerifications {
        SignUpVerifications::new(js::get(&self.raw, "verifications"), self.state.clone())
    }

    /// Begins one.
    pub async fn create(&self, params: &SignUpCreate) -> Result<(), ClerkError> {
        self.step("create", params.write()).await
    }

    /// Adds to it, or changes it.
    pub async fn update(&self, params: &SignUpUpdate) -> Result<(), ClerkError> {
        self.step("update", params.write()).await
    }

    /// Signs up by password.
    pub async fn password(&self, params: &SignUpPassword) -> Result<(), ClerkError> {
        self.step("password", params.write()).await
    }

    /// Signs up at another service: the browser goes there, or `popup` does.
    pub async fn sso(&self, params: &SignUpSso) -> Result<(), ClerkError> {
        self.step("sso", params.write()).await
    }

    /// Signs up by a ticket that the app's server made, such as an invitation; by the one in the
    /// URL unless told.
    pub async fn ticket(&self, params: Option<&SignUpTicket>) -> Result<(), ClerkError> {
        let arguments: Vec<_> = params.map(Write::write).into_iter().collect();
        flow::step(&self.raw, "ticket", &arguments).await
    }

    /// Signs up by a wallet.
    pub async fn web3(&self, params: &SignUpWeb3) -> Result<(), ClerkError> {
        self.step("web3", params.write()).await
    }
}
