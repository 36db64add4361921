//! What members of an organization may do.

resource! {
    /// A role in organizations.
    Role {
        /// Clerk's id
        id: String = "id",
        /// Its key, such as `org:admin`
        key: String = "key",
        /// Its name
        name: String = "name",
        /// What it is for
        description: String = "description",
        /// What it permits
        permissions: Vec<Permission> = "permissions",
    }
}

resource! {
    /// Something that a role permits.
    Permission {
        /// Clerk's id
        id: String = "id",
        /// Its key, such as `org:sys_memberships:read`
        key: String = "key",
        /// Its name
        name: String = "name",
        /// What it is for
        description: String = "description",
        /// `system`, or `user` for the app's own
        kind: String = "type",
    }
}
