//! The organizations that a person is in, is invited to, or might join.

use serde::de::DeserializeOwned;

use super::User;
use crate::error::ClerkError;
use crate::js;
use crate::resources::metadata::typed;
use crate::resources::organization::{InvitationStatus, OrganizationMembership};
use crate::resources::page::{GetPage, Page, paged};
use crate::resources::value::Write;

resource! {
    /// What others may see of an organization.
    PublicOrganizationData {
        /// Clerk's id, `org_…`
        id: String = "id",
        /// Its name
        name: String = "name",
        /// Its name in URLs
        slug: Option<String> = "slug",
        /// Its logo
        image_url: String = "imageUrl",
        /// Whether it has a logo
        has_image: bool = "hasImage",
    }
}

resource! {
    /// An organization's invitation, as the invited person sees it
    /// (<https://clerk.com/docs/js-frontend/reference/types/user-organization-invitation>).
    UserOrganizationInvitation {
        /// Clerk's id, `orginv_…`
        id: String = "id",
        /// The address that is invited
        email_address: String = "emailAddress",
        /// The organization
        public_organization_data: PublicOrganizationData = "publicOrganizationData",
        /// In which role
        role: String = "role",
        /// Where it stands
        status: InvitationStatus = "status",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

resource! {
    /// An organization that the person might join, because of an email address
    /// (<https://clerk.com/docs/js-frontend/reference/types/organization-suggestion>).
    OrganizationSuggestion {
        /// Clerk's id
        id: String = "id",
        /// The organization
        public_organization_data: PublicOrganizationData = "publicOrganizationData",
        /// Where it stands
        status: InvitationStatus = "status",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

paged! {
    /// Which invitations of a person.
    GetUserInvitations {
        /// Only those that stand here
        status: InvitationStatus = "status",
    }
}

paged! {
    /// Which suggestions of a person.
    GetUserSuggestions {
        /// Only those that stand here
        status: Vec<InvitationStatus> = "status",
    }
}

impl GetUserInvitations {
    /// Those that wait for an answer, unless told otherwise.
    pub(crate) fn pending_unless_told(mut self) -> Self {
        self.status.get_or_insert(InvitationStatus::Pending);
        self
    }
}

impl UserOrganizationInvitation {
    /// Metadata that only the app's server writes, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// Joins the organization.
    pub async fn accept(&self) -> Result<Self, ClerkError> {
        self.ask("accept", &[]).await
    }
}

impl GetUserSuggestions {
    /// Those that wait for an answer, unless told otherwise.
    pub(crate) fn pending_unless_told(mut self) -> Self {
        self.status.get_or_insert(vec![InvitationStatus::Pending]);
        self
    }
}

impl OrganizationSuggestion {
    /// Asks to join the organization.
    pub async fn accept(&self) -> Result<Self, ClerkError> {
        self.ask("accept", &[]).await
    }
}

impl User {
    /// The organizations that the person is in.
    pub async fn get_organization_memberships(
        &self,
        params: &GetPage,
    ) -> Result<Page<OrganizationMembership>, ClerkError> {
        self.ask("getOrganizationMemberships", &[params.write()])
            .await
    }

    /// The organizations that the person is invited to.
    pub async fn get_organization_invitations(
        &self,
        params: &GetUserInvitations,
    ) -> Result<Page<UserOrganizationInvitation>, ClerkError> {
        self.ask("getOrganizationInvitations", &[params.write()])
            .await
    }

    /// The organizations that the person might join.
    pub async fn get_organization_suggestions(
        &self,
        params: &GetUserSuggestions,
    ) -> Result<Page<OrganizationSuggestion>, ClerkError> {
        self.ask("getOrganizationSuggestions", &[params.write()])
            .await
    }

    /// Leaves an organization.
    pub async fn leave_organization(&self, organization_id: &str) -> Result<(), ClerkError> {
        self.ask("leaveOrganization", &[organization_id.into()])
            .await
    }
}
