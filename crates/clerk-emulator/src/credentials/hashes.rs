//! Hashes of passwords. Each takes a processor and 19 MiB for a while, so there are as many turns at
//! it as there are processors, and a turn's memory is kept for the next one: given back, it would
//! stay with the allocator in pieces.

use std::num::NonZero;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::thread::available_parallelism;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};

use crate::error::ClerkError;
use crate::id;

/// Turns, each with the memory of the ones before.
struct Turns {
    free: Mutex<Vec<Vec<Block>>>,
    freed: Condvar,
}

/// A turn; it ends when it is dropped.
struct Turn<'a> {
    turns: &'a Turns,
    memory: Vec<Block>,
}

impl Turns {
    fn new(most: usize) -> Self {
        Self {
            free: Mutex::new(vec![Vec::new(); most]),
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
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(memory) = free.pop() {
                return Turn {
                    turns: self,
                    memory,
                };
            }
            let freed = self.freed.wait(free);
            free = freed.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.memory);
        // A hash that was brought along may have asked for much more.
        if memory.len() > Params::DEFAULT.block_count() {
            memory = Vec::new();
        }
        let free = self.turns.free.lock();
        free.unwrap_or_else(PoisonError::into_inner).push(memory);
        self.turns.freed.notify_one();
    }
}

/// Argon2id at the crate's default cost, the first choice of OWASP's password storage cheat
/// sheet (19 MiB, two passes), as a PHC string.
///
/// # Errors
/// There is no memory for it.
pub fn hash(password: &str) -> Result<String, ClerkError> {
    let made = || -> Result<PasswordHash, argon2::password_hash::Error> {
        let salt = Salt::new(id::salt().as_slice())?;
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let argon2 = Argon2::default();
        argon2id(&argon2, password, &salt, &mut output)?;
        Ok(PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::default().into()),
            params: ParamsString::try_from(argon2.params())?,
            salt: Some(salt),
            hash: Some(Output::new(&output)?),
        })
    };
    Ok(made().map_err(ClerkError::internal)?.to_string())
}

/// Whether the password is the one that was hashed, by Argon2 or by bcrypt.
pub fn verify(password: &str, hash: &str) -> bool {
    if hash.starts_with("$2") {
        let _turn = Turns::of_process().take();
        return bcrypt::verify(password, hash).unwrap_or(false);
    }
    let verified = || -> Option<bool> {
        let hash = PasswordHash::new(hash).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash.version.map(Version::try_from).transpose().ok()?;
        let params = Params::try_from(&hash).ok()?;
        let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), params);
        let (salt, expected) = (hash.salt?, hash.hash?);
        let mut output = vec![0; expected.len()];
        argon2id(&argon2, password, &salt, &mut output).ok()?;
        // Compared in constant time.
        Some(Output::new(&output).ok()? == expected)
    };
    verified().unwrap_or(false)
}

/// Hashes in the memory of a turn.
fn argon2id(
    argon2: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    output: &mut [u8],
) -> Result<(), argon2::Error> {
    let mut turn = Turns::of_process().take();
    let blocks = argon2.params().block_count();
    turn.memory.resize(blocks, Block::new());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut turn.memory[..])
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn the_hash_knows_its_password_and_no_other() {
        let hashed = hash("correct horse").expect("a hash");
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", &hashed));
        assert!(!verify("correct horsf", &hashed));
        assert_ne!(hash("correct horse").expect("a hash"), hashed, "salted");
    }

    #[test]
    fn the_crates_own_functions_agree() {
        let hashed = hash("correct horse").expect("a hash");
        let parsed = PasswordHash::new(&hashed).expect("a PHC string");
        let known = Argon2::default().verify_password(b"correct horse", &parsed);
        assert!(known.is_ok());
        let theirs = Argon2::default().hash_password(b"correct horse");
        assert!(verify(
            "correct horse",
            &theirs.expect("a hash").to_string()
        ));
    }

    #[test]
    fn hashes_that_were_brought_along_are_known() {
        let by_bcrypt = bcrypt::hash("correct horse", 4).expect("a hash");
        let params = Params::new(32, 1, 1, None).expect("parameters");
        let by_argon2 = Argon2::new(Algorithm::Argon2i, Version::V0x10, params)
            .hash_password(b"correct horse")
            .expect("a hash");
        for hashed in [by_bcrypt, by_argon2.to_string()] {
            assert!(verify("correct horse", &hashed), "{hashed}");
            assert!(!verify("correct horsf", &hashed), "{hashed}");
        }
        assert!(!verify("correct horse", "no hash at all"));
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
        assert_eq!(turns.free.lock().expect("nobody panicked").len(), 2);
    }

    #[test]
    fn a_turns_memory_is_kept_unless_it_grew_beyond_our_own_hashes() {
        let turns = Turns::new(1);
        let usual = Params::DEFAULT.block_count();
        for (blocks, kept) in [(usual, usual), (usual + 1, 0)] {
            turns.take().memory.resize(blocks, Block::new());
            assert_eq!(turns.take().memory.len(), kept);
        }
    }
}
