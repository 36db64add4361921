//! How a person proves that it is them: password, passkeys, authenticator app, backup codes; and
//! where they are signed in.

use super::User;
use crate::error::ClerkError;
use crate::js::object;
use crate::resources::activity::SessionWithActivities;
use crate::resources::passkey::Passkey;
use crate::resources::value::Write;

params! {
    /// A new password.
    UpdateUserPassword(new_password: String = "newPassword") {
        /// The one before, if there is one
        current_password: String = "currentPassword",
        /// Whether to sign out everywhere else
        sign_out_of_other_sessions: bool = "signOutOfOtherSessions",
    }
}

resource! {
    /// An authenticator app, while it is set up
    /// (<https://clerk.com/docs/js-frontend/reference/types/totp>).
    Totp {
        /// Clerk's id
        id: String = "id",
        /// The secret to type into the app; shown once
        secret: Option<String> = "secret",
        /// The same as an address, to be shown as a QR code
        uri: Option<String> = "uri",
        /// Whether a code from the app has proven it
        verified: bool = "verified",
        /// Backup codes: shown once, when it is proven
        backup_codes: Option<Vec<String>> = "backupCodes",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: Option<f64> = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: Option<f64> = "updatedAt",
    }
}

resource! {
    /// Backup codes, shown once.
    BackupCode {
        /// Clerk's id
        id: String = "id",
        /// The codes; each works once
        codes: Vec<String> = "codes",
        /// When they were made, in milliseconds since the Unix epoch
        created_at: Option<f64> = "createdAt",
        /// When they changed last, in milliseconds since the Unix epoch
        updated_at: Option<f64> = "updatedAt",
    }
}

impl User {
    /// Sets a password, or changes it.
    pub async fn update_password(&self, params: &UpdateUserPassword) -> Result<Self, ClerkError> {
        self.ask("updatePassword", &[params.write()]).await
    }

    /// Removes the password.
    pub async fn remove_password(&self, current_password: &str) -> Result<Self, ClerkError> {
        let params = object([("currentPassword", current_password.into())]);
        self.ask("removePassword", &[params]).await
    }

    /// Adds a passkey; the browser asks the person for it.
    pub async fn create_passkey(&self) -> Result<Passkey, ClerkError> {
        self.ask("createPasskey", &[]).await
    }

    /// Starts to set up an authenticator app.
    pub async fn create_totp(&self) -> Result<Totp, ClerkError> {
        self.ask("createTOTP", &[]).await
    }

    /// Proves the app by one of its codes; from then on it is a second factor.
    pub async fn verify_totp(&self, code: &str) -> Result<Totp, ClerkError> {
        self.ask("verifyTOTP", &[object([("code", code.into())])])
            .await
    }

    /// Takes the app away.
    pub async fn disable_totp(&self) -> Result<(), ClerkError> {
        self.ask("disableTOTP", &[]).await
    }

    /// Makes new backup codes; those before them no longer work.
    pub async fn create_backup_code(&self) -> Result<BackupCode, ClerkError> {
        self.ask("createBackupCode", &[]).await
    }

    /// Where the person is signed in: every session with its last activity.
    pub async fn get_sessions(&self) -> Result<Vec<SessionWithActivities>, ClerkError> {
        self.ask("getSessions", &[]).await
    }
}
