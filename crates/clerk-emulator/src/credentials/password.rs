//! Passwords: their rules and their hashes. Hashing takes long on purpose, so it is done
//! between transactions: a handler asks [`Proofs`], which notes what it does not know yet; what
//! that run did is taken back, the work is done, and the handler is run again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::thread::available_parallelism;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::error::ClerkError;
use crate::settings::Settings;

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

/// Turns at hashing: each takes 19 MiB and a processor for a while.
struct Turns {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A turn; it ends when it is dropped.
struct Turn<'a>(&'a Turns);

impl Turns {
    const fn new(most: usize) -> Self {
        Self {
            free: Mutex::new(most),
            freed: Condvar::new(),
        }
    }

    /// As many as there are processors.
    fn of_process() -> &'static Self {
        static TURNS: LazyLock<Turns> =
            LazyLock::new(|| Turns::new(available_parallelism().map_or(1, NonZero::get)));
        &TURNS
    }

    /// Waits for a turn.
    fn take(&self) -> Turn<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.freed.wait_while(free, |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
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
            let _turn = Turns::of_process().take();
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

/// Argon2id at the crate's default cost, the first choice of OWASP's password storage cheat
/// sheet (19 MiB, two passes).
fn hash(password: &str) -> Result<String, ClerkError> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(ClerkError::internal)?
        .to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    if hash.starts_with("$2") {
        return bcrypt::verify(password, hash).unwrap_or(false);
    }
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_hash_knows_its_password_and_no_other() {
        let hashed = hash("correct horse").expect("a hash");
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("correct horse", &hashed));
        assert!(!verify("correct horsf", &hashed));
    }

    #[test]
    fn a_bcrypt_hash_that_was_brought_along_is_known() {
        let hashed = bcrypt::hash("correct horse", 4).expect("a hash");
        assert!(verify("correct horse", &hashed));
        assert!(!verify("correct horsf", &hashed));
    }

    #[test]
    fn no_more_hashes_are_made_at_once_than_there_are_turns() {
        let turns = Turns::new(2);
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _turn = turns.take();
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert_eq!(*turns.free.lock().expect("nobody panicked"), 2);
    }

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
