//! Who asks to join an organization.

use super::Organization;
use super::invitation::InvitationStatus;
use crate::error::ClerkError;
use crate::resources::page::{Page, paged};
use crate::resources::public_user_data::PublicUserData;
use crate::resources::value::Write;

resource! {
    /// A request to join an organization
    /// (<https://clerk.com/docs/js-frontend/reference/types/organization-membership-request>).
    OrganizationMembershipRequest {
        /// Clerk's id
        id: String = "id",
        /// Where to
        organization_id: String = "organizationId",
        /// Where it stands
        status: InvitationStatus = "status",
        /// Who asks
        public_user_data: PublicUserData = "publicUserData",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

paged! {
    /// Which requests to join an organization.
    GetMembershipRequests {
        /// Only those that stand here
        status: InvitationStatus = "status",
    }
}

impl GetMembershipRequests {
    /// Those that wait for an answer, unless told otherwise.
    pub(crate) fn pending_unless_told(mut self) -> Self {
        self.status.get_or_insert(InvitationStatus::Pending);
        self
    }
}

impl OrganizationMembershipRequest {
    /// Lets the person in.
    pub async fn accept(&self) -> Result<Self, ClerkError> {
        self.ask("accept", &[]).await
    }

    /// Turns the person away.
    pub async fn reject(&self) -> Result<Self, ClerkError> {
        self.ask("reject", &[]).await
    }
}

impl Organization {
    /// Who asks to join it.
    pub async fn get_membership_requests(
        &self,
        params: &GetMembershipRequests,
    ) -> Result<Page<OrganizationMembershipRequest>, ClerkError> {
        self.ask("getMembershipRequests", &[params.write()]).await
    }
}
