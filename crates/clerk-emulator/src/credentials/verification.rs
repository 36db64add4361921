//! Codes and links sent by e-mail: how they are made, how long they live, how often one may
//! guess. Pure but for the random code: the time is an argument.

use crate::error::ClerkError;
use crate::id;
use crate::model::{Verification, VerificationStatus};

/// How long a code or link lives, in milliseconds: 10 minutes.
pub const LIFETIME: i64 = 10 * 60 * 1000;
/// How many wrong guesses a code survives.
pub const ATTEMPTS_MAX: u32 = 5;
/// The code of test addresses
/// (<https://clerk.com/docs/guides/development/testing/test-emails-and-phones>).
const TEST_CODE: &str = "424242";

/// Whether Clerk sends nothing to this address and takes the code 424242 for it.
pub fn is_test_address(email: &str) -> bool {
    let local = email.split('@').next();
    local.is_some_and(|local| local.contains("+clerk_test"))
}

/// A new code for this address.
pub fn email_code(strategy: &str, email: &str, test_mode: bool, now: i64) -> Verification {
    let code = if test_mode && is_test_address(email) {
        TEST_CODE.to_owned()
    } else {
        id::code()
    };
    Verification {
        strategy: strategy.to_owned(),
        code: Some(code),
        expire_at: now + LIFETIME,
        ..Verification::default()
    }
}

/// A new link.
pub fn email_link(redirect_url: &str, now: i64) -> Verification {
    Verification {
        strategy: "email_link".to_owned(),
        token: Some(id::secret("lnk")),
        redirect_url: Some(redirect_url.to_owned()),
        expire_at: now + LIFETIME,
        ..Verification::default()
    }
}

/// Checks a guess and counts it. The error says that it counts: the caller keeps the
/// verification first.
pub fn attempt(verification: &mut Verification, guess: &str, now: i64) -> Result<(), ClerkError> {
    if verification.status == VerificationStatus::Verified {
        return Err(ClerkError::bad(
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
        )
        .counts());
    }
    if verification.attempts >= ATTEMPTS_MAX {
        verification.status = VerificationStatus::Failed;
        return Err(ClerkError::at(
            "code",
            "verification_failed",
            "Too many failed attempts. You have to try again with the same or another method.",
        )
        .counts());
    }
    verification.attempts += 1;
    if verification.code.as_deref() == Some(guess.trim()) {
        verification.status = VerificationStatus::Verified;
        Ok(())
    } else {
        Err(ClerkError::at("code", "form_code_incorrect", "Incorrect code").counts())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn sent() -> Verification {
        let mut verification = email_code("email_code", "ada@example.com", true, NOW);
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
            let error = attempt(&mut verification, "000000", NOW).expect_err("a wrong guess");
            assert!(error.does_count());
        }
        assert!(
            attempt(&mut verification, "123456", NOW).is_err(),
            "the right code is too late"
        );
        assert_eq!(verification.status, VerificationStatus::Failed);
    }

    #[test]
    fn only_test_addresses_take_the_test_code() {
        let code = |email, test_mode| email_code("email_code", email, test_mode, NOW).code;
        assert_eq!(
            code("ada+clerk_test@example.com", true).as_deref(),
            Some("424242")
        );
        assert_ne!(
            code("ada+clerk_test@example.com", false),
            code("ada+clerk_test@example.com", false)
        );
        assert!(!is_test_address("ada@clerk_test.com"));
        assert!(!is_test_address("clerk_test@example.com"));
    }
}
