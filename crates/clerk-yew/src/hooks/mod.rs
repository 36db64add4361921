//! Hooks: who is signed in, tokens, and Clerk itself. Each renders its component anew only when
//! what it answers has changed.

mod auth;
mod clerk;
mod email_link;
mod organization;
mod organization_list;
mod paged;
mod pages;
mod reverification;
mod selected;
mod session;
mod session_list;
mod sign_in;
mod sign_up;
mod signal;
mod status;
mod user;
mod waitlist;

pub use auth::{Auth, use_auth};
pub use clerk::use_clerk;
pub use email_link::{EmailLinkFlow, use_email_link};
pub use organization::{OrganizationLists, UseOrganization, use_organization};
pub use organization_list::{UseOrganizationList, UserLists, use_organization_list};
pub use paged::{PaginatedResources, Paging};
pub use reverification::{
    NeedsReverification, ReverificationHint, ReverificationRequest, UseReverification,
    use_reverification,
};
pub(crate) use selected::use_selected;
pub use session::use_session;
pub use session_list::use_session_list;
pub use sign_in::{UseSignIn, use_sign_in};
pub use sign_up::{UseSignUp, use_sign_up};
pub use status::use_clerk_status;
pub use user::use_user;
pub use waitlist::{UseWaitlist, use_waitlist};
