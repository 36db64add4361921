//! A person's phone numbers.

use crate::error::ClerkError;
use crate::js::object;

use super::email_address::IdentificationLink;
use super::value::Write;
use super::verification::Verification;

words! {
    /// How a code reaches a phone.
    PhoneCodeChannel {
        /// As a text message
        Sms = "sms",
        /// By `WhatsApp`
        Whatsapp = "whatsapp",
    }
}

resource! {
    /// One of a person's phone numbers
    /// (<https://clerk.com/docs/js-frontend/reference/types/phone-number>).
    PhoneNumber {
        /// Clerk's id, `idn_…`
        id: String = "id",
        /// The number itself, in E.164 form
        phone_number: String = "phoneNumber",
        /// How far its proof has come
        verification: Verification = "verification",
        /// Whether it is a second factor
        reserved_for_second_factor: bool = "reservedForSecondFactor",
        /// Whether it is the first second factor to be offered
        default_second_factor: bool = "defaultSecondFactor",
        /// The accounts it came from
        linked_to: Vec<IdentificationLink> = "linkedTo",
        /// Backup codes: shown once, after it became the first second factor
        backup_codes: Option<Vec<String>> = "backupCodes",
    }
}

impl PhoneNumber {
    /// Sends a code to it, as a text message.
    pub async fn send_code(&self) -> Result<Self, ClerkError> {
        self.ask("prepareVerification", &[]).await
    }

    /// Proves it by the code that was sent there.
    pub async fn verify_code(&self, code: &str) -> Result<Self, ClerkError> {
        self.ask("attemptVerification", &[object([("code", code.into())])])
            .await
    }

    /// Makes it a second factor, or no longer one.
    pub async fn set_reserved_for_second_factor(&self, reserved: bool) -> Result<Self, ClerkError> {
        let params = object([("reserved", reserved.write())]);
        self.ask("setReservedForSecondFactor", &[params]).await
    }

    /// Makes it the first second factor to be offered.
    pub async fn make_default_second_factor(&self) -> Result<Self, ClerkError> {
        self.ask("makeDefaultSecondFactor", &[]).await
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
