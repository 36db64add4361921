//! By what people and servers prove who they are.

pub mod keys;
pub mod password;
pub mod tokens;
pub mod totp;
pub mod verification;
pub mod webauthn;
