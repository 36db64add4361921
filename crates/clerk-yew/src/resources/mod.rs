//! Clerk's resources: a person, a session, and what belongs to them.
//!
//! Each is a handle on clerk-js's own object. What it holds is read by name when it is asked for,
//! so that an app pays for the members it uses; what it can do is an async method that answers a
//! [`ClerkError`](crate::ClerkError) when Clerk refuses. Two handles are equal when they show the
//! same content, whichever objects they hold.
//!
//! A member that clerk-js has and this crate does not is reached through `raw()`.

#[macro_use]
mod macros;

mod activity;
mod email_address;
mod external_account;
mod factor;
mod metadata;
mod organization;
mod page;
mod passkey;
mod phone_number;
mod public_user_data;
mod revision;
mod session;
mod user;
mod value;
mod verification;
mod web3_wallet;

pub use activity::{SessionActivity, SessionStatus, SessionWithActivities};
pub use email_address::{EmailAddress, IdentificationLink};
pub use external_account::{CreateExternalAccount, ExternalAccount, ReauthorizeExternalAccount};
pub use factor::Factor;
pub use metadata::metadata;
pub use organization::{
    DomainVerification, EnrollmentMode, GetDomains, GetInvitations, GetMembershipRequests,
    GetMemberships, InvitationStatus, Organization, OrganizationDomain, OrganizationInvitation,
    OrganizationMembership, OrganizationMembershipRequest, OwnershipVerification, Permission, Role,
    UpdateOrganization,
};
pub use page::{GetPage, Page};
pub use passkey::Passkey;
pub use phone_number::{PhoneCodeChannel, PhoneNumber};
pub use public_user_data::PublicUserData;
pub use session::{
    FirstFactor, FirstFactorAttempt, SecondFactor, SecondFactorAttempt, Session, SessionTask,
    SessionVerification, SessionVerificationStatus, TaskKey,
};
pub use user::{
    BackupCode, GetUserInvitations, GetUserSuggestions, Image, OrganizationSuggestion,
    PublicOrganizationData, Totp, UpdateUser, UpdateUserPassword, User, UserOrganizationInvitation,
};
pub use verification::{Verification, VerificationStatus};
pub use web3_wallet::Web3Wallet;
