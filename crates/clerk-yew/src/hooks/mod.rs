//! Hooks: who is signed in, tokens, and Clerk itself. Each renders its component anew only when
//! what it answers has changed.

mod auth;
mod clerk;
mod selected;
mod session;
mod status;
mod user;

pub use auth::{Auth, use_auth};
pub use clerk::use_clerk;
pub(crate) use selected::use_selected;
pub use session::use_session;
pub use status::use_clerk_status;
pub use user::use_user;
