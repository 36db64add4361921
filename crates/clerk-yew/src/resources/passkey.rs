//! A person's passkeys.

use crate::error::ClerkError;
use crate::js::object;

use super::verification::Verification;

resource! {
    /// One of a person's passkeys
    /// (<https://clerk.com/docs/js-frontend/reference/types/passkey>).
    Passkey {
        /// Clerk's id
        id: String = "id",
        /// What the person calls it
        name: Option<String> = "name",
        /// How far its proof has come
        verification: Option<Verification> = "verification",
        /// When it was used last, in milliseconds since the Unix epoch
        last_used_at: Option<f64> = "lastUsedAt",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: Option<f64> = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: Option<f64> = "updatedAt",
    }
}

impl Passkey {
    /// Gives it a name.
    pub async fn update(&self, name: &str) -> Result<Self, ClerkError> {
        self.ask("update", &[object([("name", name.into())])]).await
    }

    /// Takes it away from the person.
    pub async fn delete(&self) -> Result<(), ClerkError> {
        self.ask("delete", &[]).await
    }
}
