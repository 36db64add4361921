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

mod email_address;
mod external_account;
mod metadata;
mod passkey;
mod phone_number;
mod revision;
mod session;
mod user;
mod value;
mod verification;
mod web3_wallet;

pub use email_address::{EmailAddress, IdentificationLink};
pub use external_account::{CreateExternalAccount, ExternalAccount, ReauthorizeExternalAccount};
pub use metadata::metadata;
pub use passkey::Passkey;
pub use phone_number::{PhoneCodeChannel, PhoneNumber};
pub use session::{
    Factor, FirstFactor, FirstFactorAttempt, PublicUserData, SecondFactor, SecondFactorAttempt,
    Session, SessionActivity, SessionStatus, SessionTask, SessionVerification,
    SessionVerificationStatus, SessionWithActivities, TaskKey, VerificationLevel,
};
pub use user::{BackupCode, Image, Totp, UpdateUser, UpdateUserPassword, User};
pub use verification::{Verification, VerificationStatus};
pub use web3_wallet::Web3Wallet;
