//! Who belongs to an organization.

use serde::de::DeserializeOwned;

use super::Organization;
use crate::error::ClerkError;
use crate::js::{self, object};
use crate::resources::metadata::typed;
use crate::resources::page::{Page, paged};
use crate::resources::public_user_data::PublicUserData;
use crate::resources::value::Write;

resource! {
    /// That a person belongs to an organization
    /// (<https://clerk.com/docs/js-frontend/reference/types/organization-membership>).
    OrganizationMembership {
        /// Clerk's id, `orgmem_…`
        id: String = "id",
        /// The organization
        organization: Organization = "organization",
        /// The person, as others see them
        public_user_data: Option<PublicUserData> = "publicUserData",
        /// The role, such as `org:admin`
        role: String = "role",
        /// The role's name
        role_name: String = "roleName",
        /// What the role permits
        permissions: Vec<String> = "permissions",
        /// When it began, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

paged! {
    /// Which members of an organization.
    GetMemberships {
        /// Only those with one of these roles
        role: Vec<String> = "role",
        /// Only those whose name, address or id has this in it
        query: String = "query",
    }
}

impl OrganizationMembership {
    /// Metadata that only the app's server writes, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// Gives the person another role, such as `org:admin`.
    pub async fn update(&self, role: &str) -> Result<Self, ClerkError> {
        self.ask("update", &[object([("role", role.into())])]).await
    }

    /// Ends it.
    pub async fn destroy(&self) -> Result<Self, ClerkError> {
        self.ask("destroy", &[]).await
    }
}

impl Organization {
    /// Its members.
    pub async fn get_memberships(
        &self,
        params: &GetMemberships,
    ) -> Result<Page<OrganizationMembership>, ClerkError> {
        self.ask("getMemberships", &[params.write()]).await
    }

    /// Makes a person a member, in a role such as `org:member`.
    pub async fn add_member(
        &self,
        user_id: &str,
        role: &str,
    ) -> Result<OrganizationMembership, ClerkError> {
        self.ask("addMember", &[member(user_id, role)]).await
    }

    /// Gives a member another role, such as `org:admin`.
    pub async fn update_member(
        &self,
        user_id: &str,
        role: &str,
    ) -> Result<OrganizationMembership, ClerkError> {
        self.ask("updateMember", &[member(user_id, role)]).await
    }

    /// Ends a person's membership.
    pub async fn remove_member(&self, user_id: &str) -> Result<OrganizationMembership, ClerkError> {
        self.ask("removeMember", &[user_id.into()]).await
    }
}

fn member(user_id: &str, role: &str) -> wasm_bindgen::JsValue {
    object([("userId", user_id.into()), ("role", role.into())])
}
