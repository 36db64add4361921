//! Codes sent by e-mail: how they are made, how long they live, how often one may guess.
//! Pure but for the random code: the time is an argument.

use crate::error::ClerkError;
use crate::id;
use crate::model::{Verification, VerificationStatus};

/// How long a code lives, in milliseconds: 10 minutes.
pub const LIFETIME: i64 = 10 * 60 * 1000;
/// How many wrong guesses a code survives.
pub const ATTEMPTS_MAX: u32 = 5;
/// The code of test addresses
/// (<https://clerk.com/docs/guides/development/testing/test-emails-and-phones>).
const TEST_CODE: &str = "424242";

/// Whether Clerk sends nothing to this address and takes the code 424242 for it.
pub fn is_test_address(email: &str) -> bool {
    email
        .split('@')
        .next()
        .is_some_and(|local| local.ends_with("+clerk_test"))
}

/// A new code for this address.
pub fn email_code(email: &str, now: i64) -> Verification {
    let code = if is_test_address(email) {
        TEST_CODE.to_owned()
    } else {
        id::code()
    };
    Verification {
        strategy: "email_code".to_owned(),
        status: VerificationStatus::Unverified,
        code: Some(code),
        attempts: 0,
        expire_at: now + LIFETIME,
    }
}

/// Checks a guess and counts it.
pub fn attempt(verification: &mut Verification, guess: &str, now: i64) -> Result<(), ClerkError> {
    if verification.status == VerificationStatus::Verified {
        return Err(ClerkError::new(
            axum::http::StatusCode::BAD_REQUEST,
            "verification_already_verified",
            "This verification has already been verified.",
        ));
    }
    if now >= verification.expire_at {
        verification.status = VerificationStatus::Expired;
        return Err(ClerkError::at(
            "code",
            "verification_expired",
            "This verification has expired. You must create a new one.",
        ));
    }
    if verification.attempts >= ATTEMPTS_MAX {
        verification.status = VerificationStatus::Failed;
        return Err(ClerkError::at(
            "code",
            "verification_failed",
            "Too many failed attempts. Ask for a new code.",
        ));
    }
    verification.attempts += 1;
    if verification.code.as_deref() == Some(guess.trim()) {
        verification.status = VerificationStatus::Verified;
        Ok(())
    } else {
        Err(ClerkError::at(
            "code",
            "form_code_incorrect",
            "Incorrect code",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn sent() -> Verification {
        let mut verification = email_code("ada@example.com", NOW);
        verification.code = Some("123456".to_owned());
        verification
    }

    #[test]
    fn the_right_code_verifies_after_a_wrong_one() {
        let mut verification = sent();
        assert!(attempt(&mut verification, "000000", NOW).is_err());
        assert!(attempt(&mut verification, " 123456 ", NOW).is_ok());
        assert_eq!(verification.status, VerificationStatus::Verified);
    }

    #[test]
    fn a_code_works_once() {
        let mut verification = sent();
        assert!(attempt(&mut verification, "123456", NOW).is_ok());
        assert!(attempt(&mut verification, "123456", NOW).is_err());
    }

    #[test]
    fn a_code_expires_after_ten_minutes() {
        let mut verification = sent();
        assert!(attempt(&mut verification, "123456", NOW + LIFETIME).is_err());
        assert_eq!(verification.status, VerificationStatus::Expired);
    }

    #[test]
    fn guessing_ends_after_a_few_attempts() {
        let mut verification = sent();
        for _ in 0..ATTEMPTS_MAX {
            assert!(attempt(&mut verification, "000000", NOW).is_err());
        }
        assert!(
            attempt(&mut verification, "123456", NOW).is_err(),
            "the right code is too late"
        );
        assert_eq!(verification.status, VerificationStatus::Failed);
    }

    #[test]
    fn only_test_addresses_take_the_test_code() {
        assert_eq!(
            email_code("ada+clerk_test@example.com", NOW)
                .code
                .as_deref(),
            Some("424242")
        );
        assert!(!is_test_address("ada@clerk_test.com"));
        assert!(!is_test_address("clerk_test@example.com"));
    }
}
