//! Sessions.

mod verification;

use clerk_claims::{Condition, Level};
use serde::de::DeserializeOwned;

use wasm_bindgen::JsValue;

use crate::error::ClerkError;
use crate::js::{self, object};
use crate::token::TokenOptions;

use super::activity::SessionStatus;
use super::metadata::typed;
use super::public_user_data::PublicUserData;
use super::user::User;
use super::value::{Read, Write};

pub use verification::{
    FirstFactor, FirstFactorAttempt, SecondFactor, SecondFactorAttempt, SessionVerification,
    SessionVerificationStatus,
};

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
        /// The person, as of when this was read; [`use_user`](crate::use_user) follows changes
        user: Option<User> = "user",
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

    /// Whether it meets a condition now. [`Auth`](crate::Auth) answers the same, and renders anew
    /// when the answer changes.
    pub fn check_authorization(&self, condition: &Condition) -> bool {
        let word = |it: Option<&str>| it.map_or(JsValue::UNDEFINED, JsValue::from);
        let reverification = condition
            .reverification
            .map(|wanted| match wanted.preset() {
                Some(preset) => preset.into(),
                None => object([
                    ("level", wanted.level().as_str().into()),
                    ("afterMinutes", wanted.after_minutes().into()),
                ]),
            });
        let params = object([
            ("role", word(condition.role.as_deref())),
            ("permission", word(condition.permission.as_deref())),
            ("feature", word(condition.feature.as_deref())),
            ("plan", word(condition.plan.as_deref())),
            ("reverification", reverification.write()),
        ]);
        js::call(&self.raw, "checkAuthorization", &[params]).is_ok_and(|it| it.is_truthy())
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

    /// A token of this session, which need not be the one in use; none when it has ended. For the
    /// one in use [`get_token`](crate::get_token) waits for what is needed and explains errors.
    pub async fn get_token(&self, options: &TokenOptions) -> Result<Option<String>, ClerkError> {
        self.ask("getToken", &[options.to_js()]).await
    }

    /// Forgets the tokens that clerk-js keeps for it.
    pub fn clear_cache(&self) -> Result<(), ClerkError> {
        js::call(&self.raw, "clearCache", &[]).map(|_| ())
    }

    /// Starts to prove once more that it is the person
    /// (<https://clerk.com/docs/guides/secure/reverification>).
    pub async fn start_verification(
        &self,
        level: Level,
    ) -> Result<SessionVerification, ClerkError> {
        let params = object([("level", level.as_str().into())]);
        self.ask("startVerification", &[params]).await
    }
}
