//! The email domains of an organization.

use super::Organization;
use crate::error::ClerkError;
use crate::js::object;
use crate::resources::page::{Page, paged};
use crate::resources::value::Write;
use crate::resources::verification::VerificationStatus;

words! {
    /// What happens to people with an address of a domain.
    EnrollmentMode {
        /// Nothing: a member invites them
        ManualInvitation = "manual_invitation",
        /// They are invited
        AutomaticInvitation = "automatic_invitation",
        /// The organization is suggested to them
        AutomaticSuggestion = "automatic_suggestion",
        /// They join through the company's sign-in
        EnterpriseSso = "enterprise_sso",
    }
}

resource! {
    /// An email domain of an organization
    /// (<https://clerk.com/docs/js-frontend/reference/types/organization-domain>).
    OrganizationDomain {
        /// Clerk's id
        id: String = "id",
        /// The domain, such as `example.com`
        name: String = "name",
        /// Whose it is
        organization_id: String = "organizationId",
        /// What happens to people with an address of it
        enrollment_mode: EnrollmentMode = "enrollmentMode",
        /// How far the proof by an address of it has come
        verification: Option<DomainVerification> = "verification",
        /// The same, by its newer name
        affiliation_verification: Option<DomainVerification> = "affiliationVerification",
        /// How far the proof by a DNS record has come
        ownership_verification: Option<OwnershipVerification> = "ownershipVerification",
        /// The address that the code for the proof went to
        affiliation_email_address: Option<String> = "affiliationEmailAddress",
        /// How many are invited through it
        total_pending_invitations: u32 = "totalPendingInvitations",
        /// To how many the organization is suggested through it
        total_pending_suggestions: u32 = "totalPendingSuggestions",
        /// When it was added, in milliseconds since the Unix epoch
        created_at: f64 = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: f64 = "updatedAt",
    }
}

resource! {
    /// How far the proof by an address of a domain has come.
    DomainVerification {
        /// How far
        status: VerificationStatus = "status",
        /// How it is proven, such as `email_code`
        strategy: String = "strategy",
        /// How often it was tried
        attempts: u32 = "attempts",
        /// When it ends, in milliseconds since the Unix epoch
        expires_at: Option<f64> = "expiresAt",
    }
}

resource! {
    /// How far the proof by a DNS record has come.
    OwnershipVerification {
        /// How far
        status: VerificationStatus = "status",
        /// How it is proven, such as `txt`
        strategy: String = "strategy",
        /// How often it was looked for
        attempts: Option<u32> = "attempts",
        /// When it ends, in milliseconds since the Unix epoch
        expires_at: Option<f64> = "expiresAt",
        /// When it was proven, in milliseconds since the Unix epoch
        verified_at: Option<f64> = "verifiedAt",
        /// The name of the TXT record
        txt_record_name: Option<String> = "txtRecordName",
        /// What the TXT record must say
        txt_record_value: Option<String> = "txtRecordValue",
    }
}

paged! {
    /// Which domains of an organization.
    GetDomains {
        /// Only those of this mode
        enrollment_mode: EnrollmentMode = "enrollmentMode",
    }
}

impl OrganizationDomain {
    /// Sends a code to this address, which must be of the domain.
    pub async fn prepare_affiliation_verification(
        &self,
        affiliation_email_address: &str,
    ) -> Result<Self, ClerkError> {
        let params = object([("affiliationEmailAddress", affiliation_email_address.into())]);
        self.ask("prepareAffiliationVerification", &[params]).await
    }

    /// Proves the domain by the code that was sent there.
    pub async fn attempt_affiliation_verification(&self, code: &str) -> Result<Self, ClerkError> {
        let params = object([("code", code.into())]);
        self.ask("attemptAffiliationVerification", &[params]).await
    }

    /// Changes what happens to people with an address of it; `delete_pending` also takes back what
    /// the mode before left open.
    pub async fn update_enrollment_mode(
        &self,
        mode: &EnrollmentMode,
        delete_pending: bool,
    ) -> Result<Self, ClerkError> {
        let params = object([
            ("enrollmentMode", mode.write()),
            ("deletePending", delete_pending.into()),
        ]);
        self.ask("updateEnrollmentMode", &[params]).await
    }

    /// Takes it away from the organization.
    pub async fn delete(&self) -> Result<(), ClerkError> {
        self.ask("delete", &[]).await
    }
}

impl Organization {
    /// Its domains.
    pub async fn get_domains(
        &self,
        params: &GetDomains,
    ) -> Result<Page<OrganizationDomain>, ClerkError> {
        self.ask("getDomains", &[params.write()]).await
    }

    /// One of its domains, by Clerk's id.
    pub async fn get_domain(&self, domain_id: &str) -> Result<OrganizationDomain, ClerkError> {
        self.ask("getDomain", &[object([("domainId", domain_id.into())])])
            .await
    }

    /// Adds a domain, such as `example.com`.
    pub async fn create_domain(&self, name: &str) -> Result<OrganizationDomain, ClerkError> {
        self.ask("createDomain", &[name.into()]).await
    }
}
