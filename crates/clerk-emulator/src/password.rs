//! Passwords: their rules and their hashes.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::error::ClerkError;

/// The shortest password, in characters, as Clerk's default has it.
pub const LENGTH_MIN: usize = 8;
/// The longest password, in bytes.
pub const LENGTH_MAX: usize = 72;

/// Checks a new password and hashes it with Argon2id at the crate's default cost, the first
/// choice of OWASP's password storage cheat sheet (19 MiB, two passes).
pub fn hash(password: &str) -> Result<String, ClerkError> {
    if password.chars().count() < LENGTH_MIN {
        return Err(ClerkError::at(
            "password",
            "form_password_length_too_short",
            "Passwords must be 8 characters or more.",
        ));
    }
    if password.len() > LENGTH_MAX {
        return Err(ClerkError::at(
            "password",
            "form_password_length_too_long",
            "Passwords must be 72 bytes or fewer.",
        ));
    }
    Ok(Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(ClerkError::internal)?
        .to_string())
}

/// Whether the password is the one that was hashed.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_knows_its_password_and_no_other() {
        let hashed = hash("correct horse").expect("a good password");
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("correct horse", &hashed));
        assert!(!verify("correct horsf", &hashed));
    }

    #[test]
    fn passwords_are_neither_short_nor_endless() {
        assert!(hash("1234567").is_err());
        assert!(hash(&"x".repeat(73)).is_err());
    }
}
