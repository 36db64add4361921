//! Who is invited to an organization.

use serde::de::DeserializeOwned;

use super::Organization;
use crate::error::ClerkError;
use crate::js::{self, object};
use crate::resources::metadata::typed;
use crate::resources::page::{Page, paged};
use crate::resources::value::Write;

words! {
    /// Where an invitation, or a request to join, stands.
    InvitationStatus {
        /// It waits for an answer
        Pending = "pending",
        /// Accepted
        Accepted = "accepted",
        /// Taken back
        Revoked = "revoked",
        /// Too old
        Expired = "expired",
    }
}

resource! {
    /// An invitation to an organization
    /// (<https://clerk.com/docs/js-frontend/reference/types/organization-invitation>).
    OrganizationInvitation {
        /// Clerk's id, `orginv_…`
        id: String = "id",
        /// Who is invited
        email_address: String = "emailAddress",
        /// Where to
        organization_id: String = "organizationId",
        /// In which role
        role: String = "role",
        /// The role's name
        role_name: String = "roleName",
        /// Where it stands
        status: InvitationStatus = "status",
        /// When it was made, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

paged! {
    /// Which invitations of an organization.
    GetInvitations {
        /// Only those that stand here
        status: Vec<InvitationStatus> = "status",
    }
}

impl GetInvitations {
    /// Those that wait for an answer, unless told otherwise.
    pub(crate) fn pending_unless_told(mut self) -> Self {
        self.status.get_or_insert(vec![InvitationStatus::Pending]);
        self
    }
}

impl OrganizationInvitation {
    /// Metadata that only the app's server writes, as the caller's type.
    ///
    /// # Errors
    /// When what Clerk holds does not fit the type.
    pub fn public_metadata<T: DeserializeOwned>(&self) -> Result<T, ClerkError> {
        typed(&js::get(&self.raw, "publicMetadata"))
    }

    /// Takes it back.
    pub async fn revoke(&self) -> Result<Self, ClerkError> {
        self.ask("revoke", &[]).await
    }
}

impl Organization {
    /// Its invitations.
    pub async fn get_invitations(
        &self,
        params: &GetInvitations,
    ) -> Result<Page<OrganizationInvitation>, ClerkError> {
        self.ask("getInvitations", &[params.write()]).await
    }

    /// Invites somebody by email, into a role such as `org:member`.
    pub async fn invite_member(
        &self,
        email_address: &str,
        role: &str,
    ) -> Result<OrganizationInvitation, ClerkError> {
        let params = object([
            ("emailAddress", email_address.into()),
            ("role", role.into()),
        ]);
        self.ask("inviteMember", &[params]).await
    }

    /// Invites several people by email, into a role such as `org:member`.
    pub async fn invite_members(
        &self,
        email_addresses: &[String],
        role: &str,
    ) -> Result<Vec<OrganizationInvitation>, ClerkError> {
        let params = object([
            ("emailAddresses", email_addresses.to_vec().write()),
            ("role", role.into()),
        ]);
        self.ask("inviteMembers", &[params]).await
    }
}
