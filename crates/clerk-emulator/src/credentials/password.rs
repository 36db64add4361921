//! Passwords: their rules, and when they are hashed. Hashing takes long on purpose, so it is done
//! between transactions: a handler asks [`Proofs`], which notes what it does not know yet; what
//! that run did is taken back, the work is done, and the handler is run again.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::error::ClerkError;
use crate::settings::Settings;

use super::hashes::{hash, verify};

/// The longest password, in bytes.
pub const LENGTH_MAX: usize = 72;

/// Work that takes long.
#[derive(PartialEq, Eq, Hash)]
enum Work {
    /// Hash this password.
    Hash(String),
    /// Is this password the one that was hashed?
    Verify(String, String),
}

/// Results of work that was done for a call, and what is still to do.
#[derive(Default)]
pub struct Proofs {
    known: RefCell<HashMap<Work, Option<String>>>,
    wanted: RefCell<Vec<Work>>,
}

impl Proofs {
    /// Whether a run of the handler asked for what is not known yet: it counts for nothing.
    pub fn are_wanted(&self) -> bool {
        !self.wanted.borrow().is_empty()
    }

    /// Does the work that is wanted and keeps the results.
    pub fn work(&self) -> Result<(), ClerkError> {
        for work in self.wanted.take() {
            let result = match &work {
                Work::Hash(password) => Some(hash(password)?),
                Work::Verify(password, hash) => verify(password, hash).then(String::new),
            };
            self.known.borrow_mut().insert(work, result);
        }
        Ok(())
    }

    fn result(&self, work: Work) -> Option<String> {
        if let Some(known) = self.known.borrow().get(&work) {
            return known.clone();
        }
        self.wanted.borrow_mut().push(work);
        None
    }

    /// Checks a new password and hashes it.
    pub fn new_hash(
        &self,
        settings: &Settings,
        param: &str,
        password: &str,
    ) -> Result<String, ClerkError> {
        check(settings, param, password)?;
        let hash = self.result(Work::Hash(password.to_owned()));
        Ok(hash.unwrap_or_default())
    }

    /// Whether the password is the one that was hashed.
    pub fn verify(&self, password: &str, hash: &str) -> bool {
        let work = Work::Verify(password.to_owned(), hash.to_owned());
        self.result(work).is_some()
    }
}

/// The rules for a new password.
fn check(settings: &Settings, param: &str, password: &str) -> Result<(), ClerkError> {
    let least = settings.password_min_length;
    if password.chars().count() < least {
        return Err(ClerkError::at(
            param,
            "form_password_length_too_short",
            format!("Passwords must be {least} characters or more."),
        ));
    }
    if password.len() > LENGTH_MAX {
        return Err(ClerkError::at(
            param,
            "form_password_length_too_long",
            "Passwords must be 72 bytes or fewer.",
        ));
    }
    // Clerk refuses passwords found in data breaches; without a network these stand for them.
    if settings.refuse_pwned_passwords && PWNED.contains(&password) {
        return Err(ClerkError::at(
            param,
            "form_password_pwned",
            "Password has been found in an online data breach. For account safety, please use a \
             different password.",
        ));
    }
    Ok(())
}

/// The most common passwords of eight characters and more.
const PWNED: [&str; 10] = [
    "password",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "password1",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_neither_short_nor_endless() {
        let settings = Settings::default();
        assert!(check(&settings, "password", "1234567").is_err());
        assert!(check(&settings, "password", &"x".repeat(73)).is_err());
        assert!(check(&settings, "password", "correct horse").is_ok());
    }

    #[test]
    fn what_is_not_known_is_noted_and_there_after_the_work() {
        let (proofs, settings) = (Proofs::default(), Settings::default());
        let new_hash = || proofs.new_hash(&settings, "password", "correct horse");
        assert_eq!(new_hash().expect("a good password"), "");
        assert!(proofs.are_wanted());
        proofs.work().expect("it is done");
        let hash = new_hash().expect("a hash");
        assert!(hash.starts_with("$argon2id$"));
        assert!(!proofs.are_wanted());
        assert!(!proofs.verify("correct horse", &hash));
        proofs.work().expect("it is done");
        assert!(proofs.verify("correct horse", &hash));
    }
}
