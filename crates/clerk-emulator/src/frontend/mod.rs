//! The Frontend API (<https://clerk.com/docs/reference/frontend-api>), one file for each
//! resource.

pub mod client;
pub mod email_addresses;
pub mod links;
pub mod me;
pub mod oauth;
pub mod organizations;
pub mod passkeys;
pub mod second_factors;
pub mod sessions;
pub mod sign_ins;
pub mod sign_ups;
pub mod waitlist;
