//! Signing in, step by step.

mod factors;
mod params;

use super::factor::Factor;
use super::flow::{self, ExistingSession, ProtectCheck, errors, flow};
use super::value::Write;
use super::verification::Verification;
use crate::error::ClerkError;
use crate::js::object;

pub use factors::{
    SignInEmailCode, SignInEmailLink, SignInMfa, SignInPhoneCode, SignInResetPassword,
};
pub use params::{PasskeyFlow, SignInCreate, SignInPassword, SignInSso};

words! {
    /// What a sign-in needs next.
    SignInStatus {
        /// To know who it is about
        NeedsIdentifier = "needs_identifier",
        /// The first factor
        NeedsFirstFactor = "needs_first_factor",
        /// The second factor
        NeedsSecondFactor = "needs_second_factor",
        /// A proof that this browser may be trusted: it is new to the account
        /// ([`SignInResource::mfa`])
        NeedsClientTrust = "needs_client_trust",
        /// A new password
        NeedsNewPassword = "needs_new_password",
        /// A check that it is no robot
        NeedsProtectCheck = "needs_protect_check",
        /// Nothing: [`SignInResource::finalize`]
        Complete = "complete",
    }
}

resource! {
    /// Who the sign-in is about, as far as a stranger may see it.
    UserData {
        /// First name
        first_name: Option<String> = "firstName",
        /// Last name
        last_name: Option<String> = "lastName",
        /// Picture
        image_url: Option<String> = "imageUrl",
        /// Whether there is a picture
        has_image: bool = "hasImage",
    }
}

flow! {
    /// A sign-in, as it stands. Its steps answer when Clerk has; then
    /// [`use_sign_in`](crate::use_sign_in) renders with what comes next
    /// (<https://clerk.com/docs/reference/objects/sign-in-future>). When it is complete, the page
    /// goes on:
    ///
    /// ```
    /// # use clerk_yew::{ClerkError, resources::SignInResource};
    /// async fn done(sign_in: &SignInResource) -> Result<(), ClerkError> {
    ///     sign_in
    ///         .finalize(|done| {
    ///             let url = done.decorate_url("/");
    ///             // Take the app's router there.
    ///         })
    ///         .await
    /// }
    /// ```
    SignInResource {
        /// Clerk's id, `sia_…`; none before it began
        id: Option<String> = "id",
        /// What it needs next
        status: SignInStatus = "status",
        /// Who it is about: an address, a number, a name
        identifier: Option<String> = "identifier",
        /// Who it is about, as far as a stranger may see it
        user_data: Option<UserData> = "userData",
        /// The first factors that the account has
        supported_first_factors: Vec<Factor> = "supportedFirstFactors",
        /// The second factors that the account has
        supported_second_factors: Vec<Factor> = "supportedSecondFactors",
        /// The first factors that are left to those who need not use their company's sign-in
        sso_bypass_first_factors: Vec<Factor> = "ssoBypassFirstFactors",
        /// How far the first factor has come
        first_factor_verification: Verification = "firstFactorVerification",
        /// How far the second factor has come
        second_factor_verification: Verification = "secondFactorVerification",
        /// Whether there is no such account, and a sign-up can take over
        is_transferable: bool = "isTransferable",
        /// The session that this browser has already with the account
        existing_session: Option<ExistingSession> = "existingSession",
        /// Id of the session that it made
        created_session_id: Option<String> = "createdSessionId",
        /// A check that it is no robot, to be passed next
        protect_check: Option<ProtectCheck> = "protectCheck",
        /// The time zone it was begun with
        timezone: Option<String> = "timezone",
        /// Whether it is over, and the next one may take its place
        can_be_discarded: bool = "canBeDiscarded",
    }
}

errors! {
    /// What is wrong with a sign-in, field by field.
    SignInErrors {
        /// With who it is about
        identifier = "identifier",
        /// With the password
        password = "password",
        /// With the code
        code = "code",
    }
}

impl SignInResource {
    /// Begins one.
    pub async fn create(&self, params: &SignInCreate) -> Result<(), ClerkError> {
        self.step("create", params.write()).await
    }

    /// Signs in by password.
    pub async fn password(&self, params: &SignInPassword) -> Result<(), ClerkError> {
        self.step("password", params.write()).await
    }

    /// Signs in at another service: the browser goes there, or `popup` does.
    pub async fn sso(&self, params: &SignInSso) -> Result<(), ClerkError> {
        self.step("sso", params.write()).await
    }

    /// Signs in by a ticket that the app's server made; by the one in the URL unless told.
    pub async fn ticket(&self, ticket: Option<&str>) -> Result<(), ClerkError> {
        let arguments: Vec<_> = ticket
            .map(|ticket| object([("ticket", ticket.into())]))
            .into_iter()
            .collect();
        flow::step(&self.raw, "ticket", &arguments).await
    }

    /// Signs in by a passkey; the browser asks for it.
    pub async fn passkey(&self, flow: Option<PasskeyFlow>) -> Result<(), ClerkError> {
        self.step("passkey", object([("flow", flow.write())])).await
    }

    /// Signs in by a wallet, such as `metamask`; some need the wallet's name too.
    pub async fn web3(&self, provider: &str, wallet_name: Option<&str>) -> Result<(), ClerkError> {
        let params = object([
            ("strategy", format!("web3_{provider}_signature").into()),
            ("provider", provider.into()),
            ("walletName", wallet_name.map(str::to_owned).write()),
        ]);
        self.step("web3", params).await
    }
}
