//! Organizations.

mod domain;
mod invitation;
mod membership;
mod request;
mod role;

use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use super::metadata::typed;
use super::page::{GetPage, Page};
use super::value::Write;
use crate::error::ClerkError;
use crate::js::{self, object};

pub use domain::{
    DomainVerification, EnrollmentMode, GetDomains, OrganizationDomain, OwnershipVerification,
};
pub use invitation::{GetInvitations, InvitationStatus, OrganizationInvitation};
pub use membership::{GetMemberships, OrganizationMembership};
pub use request::{GetMembershipRequests, OrganizationMembershipRequest};
pub use role::{Permission, Role};

resource! {
    /// An organization (<https://clerk.com/docs/js-frontend/reference/objects/organization>).
    Organization {
        /// Clerk's id, `org_…`
        id: String = "id",
        /// Its name
        name: String = "name",
        /// Its name in URLs
        slug: Option<String> = "slug",
        /// Its logo; Clerk makes one of the initials where there is none
        image_url: String = "imageUrl",
        /// Whether it has a logo
        has_image: bool = "hasImage",
        /// How many members it has
        members_count: u32 = "membersCount",
        /// How many are invited
        pending_invitations_count: u32 = "pendingInvitationsCount",
        /// How many members it may have; 0: as many as it likes
        max_allowed_memberships: u32 = "maxAllowedMemberships",
        /// Whether its administrators may delete it
        admin_delete_enabled: bool = "adminDeleteEnabled",
        /// Whether its administrators may set up the company's sign-in themselves
        self_serve_sso_enabled: bool = "selfServeSSOEnabled",
        /// Whether its members can be in no other
        exclusive_membership: bool = "exclusiveMembership",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

params! {
    /// What to change of an organization.
    UpdateOrganization(name: String = "name") {
        /// Its name in URLs
        slug: String = "slug",
    }
}

impl Organization {
    /// Metadata that only the app's server writes, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// Changes its name, and its name in URLs.
    pub async fn update(&self, params: &UpdateOrganization) -> Result<Self, ClerkError> {
        self.ask("update", &[params.write()]).await
    }

    /// Sets the logo: a `Blob`, a `File` or a data URL; `null` removes it.
    pub async fn set_logo(&self, file: impl Into<JsValue>) -> Result<Self, ClerkError> {
        self.ask("setLogo", &[object([("file", file.into())])])
            .await
    }

    /// Asks Clerk for its state.
    pub async fn reload(&self) -> Result<Self, ClerkError> {
        self.ask("reload", &[]).await
    }

    /// Deletes it.
    pub async fn destroy(&self) -> Result<(), ClerkError> {
        self.ask("destroy", &[]).await
    }

    /// Its roles.
    pub async fn get_roles(&self, params: &GetPage) -> Result<Page<Role>, ClerkError> {
        self.ask("getRoles", &[params.write()]).await
    }
}
