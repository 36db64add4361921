//! Sessions.

mod activities;
mod verification;

use serde::de::DeserializeOwned;

use crate::error::ClerkError;
use crate::js::{self, object};

use super::metadata::typed;
use super::value::Read;

pub use activities::{SessionActivity, SessionWithActivities};
pub use verification::{
    Factor, FirstFactor, FirstFactorAttempt, SecondFactor, SecondFactorAttempt,
    SessionVerification, SessionVerificationStatus, VerificationLevel,
};

words! {
    /// Where a session stands.
    SessionStatus {
        /// In use
        Active = "active",
        /// In use, while the person must still do one of its [tasks](Session::current_task)
        Pending = "pending",
        /// Left alone for too long
        Abandoned = "abandoned",
        /// Signed out
        Ended = "ended",
        /// Too old
        Expired = "expired",
        /// Signed out, and gone from this browser
        Removed = "removed",
        /// Another one took its place
        Replaced = "replaced",
        /// Ended from outside
        Revoked = "revoked",
    }
}

words! {
    /// What a person must do before a session counts
    /// (<https://clerk.com/docs/guides/configure/session-tasks>).
    TaskKey {
        /// Choose an organization
        ChooseOrganization = "choose-organization",
        /// Set a new password
        ResetPassword = "reset-password",
        /// Set up a second factor
        SetupMfa = "setup-mfa",
    }
}

resource! {
    /// What a person must do before a session counts.
    SessionTask {
        /// Which it is
        key: TaskKey = "key",
    }
}

resource! {
    /// What others may see of a person.
    PublicUserData {
        /// Clerk's id of the person
        user_id: Option<String> = "userId",
        /// What the person signs in by
        identifier: String = "identifier",
        /// User name
        username: Option<String> = "username",
        /// First name
        first_name: Option<String> = "firstName",
        /// Last name
        last_name: Option<String> = "lastName",
        /// Picture
        image_url: String = "imageUrl",
        /// Whether the person has a picture
        has_image: bool = "hasImage",
    }
}

resource! {
    /// A session (<https://clerk.com/docs/js-frontend/reference/objects/session>).
    Session {
        /// Clerk's id, `sess_…`
        id: String = "id",
        /// Where it stands
        status: SessionStatus = "status",
        /// What the person must do now before it counts
        current_task: Option<SessionTask> = "currentTask",
        /// All that the person must do before it counts
        tasks: Vec<SessionTask> = "tasks",
        /// When it ends, in milliseconds since the Unix epoch
        expire_at: f64 = "expireAt",
        /// When it ends if nobody uses it, in milliseconds since the Unix epoch
        abandon_at: f64 = "abandonAt",
        /// When it was used last, in milliseconds since the Unix epoch
        last_active_at: f64 = "lastActiveAt",
        /// The organization that was chosen last
        last_active_organization_id: Option<String> = "lastActiveOrganizationId",
        /// The person, as others see them
        public_user_data: PublicUserData = "publicUserData",
        /// When it began, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

impl Session {
    /// Who acts in the person's name, as the caller's type; none when nobody does
    /// (<https://clerk.com/docs/guides/users/impersonation>).
    ///
    /// # Errors
    /// When the claim does not fit the type.
    pub fn actor<T: DeserializeOwned>(&self) -> Result<Option<T>, ClerkError> {
        js::member(&self.raw, "actor")
            .map(|actor| typed(&actor))
            .transpose()
    }

    /// How many minutes ago the person last proved the first and the second factor; none for a
    /// factor that was never proven.
    pub fn factor_verification_age(&self) -> (Option<u32>, Option<u32>) {
        let ages = Vec::<f64>::read(js::get(&self.raw, "factorVerificationAge"));
        let age = |index: usize| {
            // Clerk writes -1 for never; ages are small whole numbers.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            ages.get(index)
                .filter(|age| **age >= 0.0)
                .map(|age| *age as u32)
        };
        (age(0), age(1))
    }

    /// Marks it as the one in use, here and now.
    pub async fn touch(&self) -> Result<Self, ClerkError> {
        self.ask("touch", &[]).await
    }

    /// Signs out of it.
    pub async fn end(&self) -> Result<Self, ClerkError> {
        self.ask("end", &[]).await
    }

    /// Signs out of it, and takes it away from this browser's list.
    pub async fn remove(&self) -> Result<Self, ClerkError> {
        self.ask("remove", &[]).await
    }

    /// Asks Clerk for its state.
    pub async fn reload(&self) -> Result<Self, ClerkError> {
        self.ask("reload", &[]).await
    }

    /// Forgets the tokens that clerk-js keeps for it.
    pub fn clear_cache(&self) -> Result<(), ClerkError> {
        js::call(&self.raw, "clearCache", &[]).map(|_| ())
    }

    /// Starts to prove once more that it is the person
    /// (<https://clerk.com/docs/guides/secure/reverification>).
    pub async fn start_verification(
        &self,
        level: &VerificationLevel,
    ) -> Result<SessionVerification, ClerkError> {
        let params = object([("level", level.as_str().into())]);
        self.ask("startVerification", &[params]).await
    }
}
