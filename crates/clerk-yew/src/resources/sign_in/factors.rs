//! The steps of a sign-in that prove a factor.

use wasm_bindgen::JsValue;

use super::SignInResource;
use crate::error::ClerkError;
use crate::js::{self, object};
use crate::resources::flow::{EmailLinkVerification, SendTo, step};
use crate::resources::phone_number::PhoneCodeChannel;
use crate::resources::value::{Read, Write};

/// Signs in by a code that comes by email.
#[derive(Clone, Debug)]
pub struct SignInEmailCode(JsValue);

/// Signs in by a link that comes by email.
#[derive(Clone, Debug)]
pub struct SignInEmailLink(JsValue);

/// Signs in by a code that comes by phone.
#[derive(Clone, Debug)]
pub struct SignInPhoneCode(JsValue);

/// Signs in with a new password, after a code that came by email or phone.
#[derive(Clone, Debug)]
pub struct SignInResetPassword(JsValue);

/// Proves the second factor.
#[derive(Clone, Debug)]
pub struct SignInMfa(JsValue);

impl SignInResource {
    /// By a code that comes by email.
    pub fn email_code(&self) -> SignInEmailCode {
        SignInEmailCode(js::get(&self.raw, "emailCode"))
    }

    /// By a link that comes by email.
    pub fn email_link(&self) -> SignInEmailLink {
        SignInEmailLink(js::get(&self.raw, "emailLink"))
    }

    /// By a code that comes by phone.
    pub fn phone_code(&self) -> SignInPhoneCode {
        SignInPhoneCode(js::get(&self.raw, "phoneCode"))
    }

    /// With a new password, after a code that comes by email.
    pub fn reset_password_email_code(&self) -> SignInResetPassword {
        SignInResetPassword(js::get(&self.raw, "resetPasswordEmailCode"))
    }

    /// With a new password, after a code that comes by phone.
    pub fn reset_password_phone_code(&self) -> SignInResetPassword {
        SignInResetPassword(js::get(&self.raw, "resetPasswordPhoneCode"))
    }

    /// The second factor.
    pub fn mfa(&self) -> SignInMfa {
        SignInMfa(js::get(&self.raw, "mfa"))
    }
}

impl SignInEmailCode {
    /// Sends the code.
    pub async fn send_code(&self, to: &SendTo) -> Result<(), ClerkError> {
        let params = object([to.entry("emailAddress", "emailAddressId")]);
        step(&self.0, "sendCode", &[params]).await
    }

    /// Proves it by the code.
    pub async fn verify_code(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyCode", code).await
    }
}

impl SignInEmailLink {
    /// Sends the link; it leads to the page at `verification_url`.
    pub async fn send_link(&self, verification_url: &str, to: &SendTo) -> Result<(), ClerkError> {
        let params = object([
            ("verificationUrl", verification_url.into()),
            to.entry("emailAddress", "emailAddressId"),
        ]);
        step(&self.0, "sendLink", &[params]).await
    }

    /// Waits until the link was followed, here or in another browser. clerk-js goes on asking until
    /// then, also when the component is gone.
    pub async fn wait_for_verification(&self) -> Result<(), ClerkError> {
        step(&self.0, "waitForVerification", &[]).await
    }

    /// On the page that the link leads to: what came of it.
    pub fn verification(&self) -> Option<EmailLinkVerification> {
        Read::read(js::get(&self.0, "verification"))
    }
}

impl SignInPhoneCode {
    /// Sends the code, as a text message unless told.
    pub async fn send_code(
        &self,
        to: &SendTo,
        channel: Option<PhoneCodeChannel>,
    ) -> Result<(), ClerkError> {
        let params = object([
            to.entry("phoneNumber", "phoneNumberId"),
            ("channel", channel.write()),
        ]);
        step(&self.0, "sendCode", &[params]).await
    }

    /// Proves it by the code.
    pub async fn verify_code(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyCode", code).await
    }
}

impl SignInResetPassword {
    /// Sends the code. A phone number begins a new sign-in; an email address must have begun one.
    pub async fn send_code(&self, phone_number: Option<&str>) -> Result<(), ClerkError> {
        let params = object([("phoneNumber", phone_number.map(str::to_owned).write())]);
        step(&self.0, "sendCode", &[params]).await
    }

    /// Proves it by the code; what is needed next is the new password.
    pub async fn verify_code(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyCode", code).await
    }

    /// Sets the new password, and signs out everywhere else if told.
    pub async fn submit_password(
        &self,
        password: &str,
        sign_out_of_other_sessions: bool,
    ) -> Result<(), ClerkError> {
        let params = object([
            ("password", password.into()),
            ("signOutOfOtherSessions", sign_out_of_other_sessions.into()),
        ]);
        step(&self.0, "submitPassword", &[params]).await
    }
}

impl SignInMfa {
    /// Sends a code by phone.
    pub async fn send_phone_code(&self) -> Result<(), ClerkError> {
        step(&self.0, "sendPhoneCode", &[]).await
    }

    /// Proves it by the code that came by phone.
    pub async fn verify_phone_code(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyPhoneCode", code).await
    }

    /// Sends a code by email.
    pub async fn send_email_code(&self) -> Result<(), ClerkError> {
        step(&self.0, "sendEmailCode", &[]).await
    }

    /// Proves it by the code that came by email.
    pub async fn verify_email_code(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyEmailCode", code).await
    }

    /// Proves it by a code of the authenticator app.
    pub async fn verify_totp(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyTOTP", code).await
    }

    /// Proves it by a backup code.
    pub async fn verify_backup_code(&self, code: &str) -> Result<(), ClerkError> {
        verify(&self.0, "verifyBackupCode", code).await
    }

    /// Proves it by a passkey; the browser asks for it.
    pub async fn passkey(&self) -> Result<(), ClerkError> {
        step(&self.0, "passkey", &[]).await
    }
}

async fn verify(of: &JsValue, method: &str, code: &str) -> Result<(), ClerkError> {
    step(of, method, &[object([("code", code.into())])]).await
}
