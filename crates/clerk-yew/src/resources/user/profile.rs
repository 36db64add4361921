//! What a person shows: names, picture, metadata.

use serde::Serialize;
use wasm_bindgen::JsValue;

use super::User;
use crate::error::ClerkError;
use crate::js::object;
use crate::resources::metadata::metadata;
use crate::resources::value::Write;

params! {
    /// What to change of a person; an empty text removes what was there.
    UpdateUser() {
        /// User name
        username: String = "username",
        /// First name
        first_name: String = "firstName",
        /// Last name
        last_name: String = "lastName",
        /// Makes this email address the primary one
        primary_email_address_id: String = "primaryEmailAddressId",
        /// Makes this phone number the primary one
        primary_phone_number_id: String = "primaryPhoneNumberId",
        /// Makes this Web3 wallet the primary one
        primary_web3_wallet_id: String = "primaryWeb3WalletId",
    }
}

resource! {
    /// A picture at Clerk.
    Image {
        /// Clerk's id
        id: Option<String> = "id",
        /// Its name
        name: Option<String> = "name",
        /// Where it is
        public_url: Option<String> = "publicUrl",
    }
}

impl User {
    /// Changes names or what is primary:
    ///
    /// ```
    /// # use clerk_yew::{ClerkError, resources::{UpdateUser, User}};
    /// async fn rename(user: &User) -> Result<User, ClerkError> {
    ///     user.update(&UpdateUser::new().first_name("Ada").last_name("Lovelace")).await
    /// }
    /// ```
    pub async fn update(&self, params: &UpdateUser) -> Result<Self, ClerkError> {
        self.ask("update", &[params.write()]).await
    }

    /// Merges this into the metadata that the person may write; a member that is `null` is removed.
    pub async fn update_metadata<T: Serialize + ?Sized>(
        &self,
        unsafe_metadata: &T,
    ) -> Result<Self, ClerkError> {
        let params = object([("unsafeMetadata", metadata(unsafe_metadata)?)]);
        self.ask("updateMetadata", &[params]).await
    }

    /// Sets the picture: a `Blob`, a `File` or a data URL; `null` removes it.
    pub async fn set_profile_image(&self, file: impl Into<JsValue>) -> Result<Image, ClerkError> {
        self.ask("setProfileImage", &[object([("file", file.into())])])
            .await
    }
}
