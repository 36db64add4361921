#![doc = include_str!("../README.md")]

mod authorization;
mod billing;
mod claims;
mod condition;

pub use authorization::Authorization;
pub use claims::{AuthorizationClaims, OrganizationClaim};
pub use condition::{Condition, Level, Reverification};
