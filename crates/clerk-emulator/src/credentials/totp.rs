//! Codes of authenticator apps (RFC 6238) and their backup codes.

use totp_rs::{Algorithm, Secret, TOTP};

use crate::error::ClerkError;
use crate::id;
use crate::model::{Totp, User};

/// Seconds that a code lives.
const STEP: u64 = 30;
/// The shortest secret that is taken, in bytes: 16 characters of Base32, as many apps make them,
/// though RFC 4226 (§ 4) asks for 128 bits.
const SECRET_MIN: usize = 10;
/// How many backup codes a person gets.
const BACKUP_CODES: usize = 10;

/// A new secret, not yet proven to be in an app.
pub fn new(now: i64) -> Totp {
    Totp {
        id: id::new("totp"),
        secret: Secret::generate_secret().to_encoded().to_string(),
        verified: false,
        last_step: 0,
        created_at: now,
        updated_at: now,
    }
}

fn parameters(secret: &str, issuer: &str, account: &str) -> Result<TOTP, ClerkError> {
    let secret = Secret::Encoded(secret.to_owned())
        .to_bytes()
        .map_err(|_| ClerkError::invalid("totp_secret", "The secret is not Base32."))?;
    if secret.len() < SECRET_MIN {
        return Err(ClerkError::invalid(
            "totp_secret",
            "The secret is too short.",
        ));
    }
    // A colon would end the label.
    let clean = |text: &str| text.replace(':', " ");
    Ok(TOTP::new_unchecked(
        Algorithm::SHA1,
        6,
        1,
        STEP,
        secret,
        Some(clean(issuer)),
        clean(account),
    ))
}

/// The `otpauth://` address that authenticator apps scan.
pub fn uri(totp: &Totp, issuer: &str, account: &str) -> Result<String, ClerkError> {
    Ok(parameters(&totp.secret, issuer, account)?.get_url())
}

/// The code at this time, in milliseconds since the Unix epoch.
pub fn code(secret: &str, now: i64) -> Result<String, ClerkError> {
    let seconds = u64::try_from(now / 1000).unwrap_or(0);
    Ok(parameters(secret, "", "")?.generate(seconds))
}

/// Checks a code, and remembers its time step: no code works twice (RFC 6238 § 5.2). One step
/// of skew is allowed either way.
pub fn attempt(totp: &mut Totp, guess: &str, now: i64) -> Result<bool, ClerkError> {
    let step = u64::try_from(now / 1000).unwrap_or(0) / STEP;
    let parameters = parameters(&totp.secret, "", "")?;
    for candidate in step.saturating_sub(1)..=step + 1 {
        if candidate > totp.last_step && parameters.generate(candidate * STEP) == guess.trim() {
            totp.last_step = candidate;
            return Ok(true);
        }
    }
    Ok(false)
}

/// New backup codes: what the person is shown, and the digests to keep.
pub fn backup_codes() -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..BACKUP_CODES)
        .map(|_| id::hex()[..10].to_owned())
        .collect();
    let digests = codes.iter().map(id::digest).collect();
    (codes, digests)
}

/// Uses up a backup code.
pub fn use_backup_code(user: &mut User, guess: &str) -> bool {
    let digest = id::digest(guess.trim());
    let before = user.backup_codes.len();
    user.backup_codes.retain(|kept| *kept != digest);
    user.backup_codes.len() < before
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the ASCII secret 12345678901234567890 at 59 s gives 94287082, whose
    /// last six digits are the code of six digits.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        assert_eq!(code(SECRET, 59_000).expect("a code"), "287082");
    }

    #[test]
    fn a_code_works_once_and_for_its_time() {
        let mut totp = Totp {
            secret: SECRET.to_owned(),
            ..Totp::default()
        };
        assert!(
            attempt(&mut totp, "287082", 70_000).expect("checked"),
            "one step late"
        );
        assert!(
            !attempt(&mut totp, "287082", 70_000).expect("checked"),
            "used up"
        );
        let mut totp = Totp {
            secret: SECRET.to_owned(),
            ..Totp::default()
        };
        assert!(
            !attempt(&mut totp, "287082", 120_000).expect("checked"),
            "too late"
        );
    }

    #[test]
    fn a_backup_code_works_once() {
        let (codes, digests) = backup_codes();
        let mut user = User {
            backup_codes: digests,
            ..User::default()
        };
        assert!(use_backup_code(&mut user, &codes[3]));
        assert!(!use_backup_code(&mut user, &codes[3]));
        assert_eq!(user.backup_codes.len(), 9);
    }
}
