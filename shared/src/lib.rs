//! What the page and the API agree on: the [`User`], the body that changes one
//! ([`PutUser`]) with its validation, the [`endpoints`], the page's configuration, the error document, and who
//! the page is probably opened by.
//!
//! The crate compiles natively and for wasm and knows nothing of HTTP servers or databases.

mod config;
pub mod endpoints;
mod problem;
mod user;
mod validation;
mod visitor;

pub use config::PageConfig;
pub use problem::Problem;
pub use user::{PutUser, User, UserUpdate};
pub use validation::{
    Code, EMAIL_MAX, Field, FieldError, NAME_MAX, nearest_name, validate_clerk_id, validate_email,
    validate_name,
};
pub use visitor::Visitor;
