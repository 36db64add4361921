//! By what people and servers prove who they are.

mod hashes;
pub mod keys;
pub mod password;
pub mod secret_key;
pub mod tokens;
pub mod totp;
pub mod verification;
pub mod webauthn;
