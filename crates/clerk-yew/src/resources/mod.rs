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
mod enterprise_account;
mod external_account;
mod factor;
mod flow;
mod metadata;
mod organization;
mod page;
mod passkey;
mod phone_number;
mod public_user_data;
mod revision;
mod session;
mod sign_in;
mod sign_up;
mod user;
mod value;
mod verification;
mod waitlist;
mod web3_wallet;

pub use activity::{SessionActivity, SessionStatus, SessionWithActivities};
pub use email_address::{EmailAddress, IdentificationLink};
pub use enterprise_account::EnterpriseAccount;
pub use external_account::{CreateExternalAccount, ExternalAccount, ReauthorizeExternalAccount};
pub use factor::Factor;
pub use flow::{
    EmailLinkStatus, EmailLinkVerification, ExistingSession, Finalized, ProtectCheck, SendTo,
};
pub use metadata::metadata;
pub(crate) use metadata::typed;
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
pub use sign_in::{
    PasskeyFlow, SignInCreate, SignInEmailCode, SignInEmailLink, SignInErrors, SignInMfa,
    SignInPassword, SignInPhoneCode, SignInResetPassword, SignInResource, SignInSso, SignInStatus,
    UserData,
};
pub use sign_up::{
    SignUpCreate, SignUpErrors, SignUpPassword, SignUpResource, SignUpSso, SignUpStatus,
    SignUpTicket, SignUpUpdate, SignUpVerifications, SignUpWeb3,
};
pub use user::{
    BackupCode, GetUserInvitations, GetUserSuggestions, Image, OrganizationSuggestion,
    PublicOrganizationData, Totp, UpdateUser, UpdateUserPassword, User, UserOrganizationInvitation,
};
pub use verification::{Verification, VerificationStatus};
pub use waitlist::{WaitlistErrors, WaitlistResource};
pub use web3_wallet::Web3Wallet;

pub(crate) use flow::navigation;
pub(crate) use page::Paged;
pub(crate) use value::{Read, ask};
