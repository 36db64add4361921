//! What others may see of a person.

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
