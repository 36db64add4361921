#![doc = include_str!("../README.md")]

mod auth;
mod body;
mod claims;
mod credentials;
mod error;
mod keys;
mod layer;
#[cfg(feature = "live")]
mod live;
mod members;
mod options;
mod page;
mod payload;
pub mod proxy;
mod secret;
mod settings;
#[cfg(feature = "test")]
pub mod test;
mod time;
mod token;
mod verifier;
pub mod webhook;

pub use auth::Auth;
pub use body::{BodyError, Budget, Held, Permit, read_body};
pub use claims::{Claims, NoExtra};
pub use clerk_claims::{Authorization, Condition, Level, Reverification};
pub use environment::{ConfigError, Env};
pub use error::{AuthError, MachineToken, reverification_required};
pub use keys::{KeySource, Keys, PublicKey};
pub use layer::{AuthLayer, AuthService};
pub use options::{Parties, VerifierOptions};
pub use payload::Actor;
pub use secret::Secret;
pub use settings::{Defaults, Settings};
pub use verifier::{SetupError, Verifier};
