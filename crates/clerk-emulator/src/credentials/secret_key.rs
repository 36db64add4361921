//! The secret key, by which servers and tests are known.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::id;

/// What it begins with, as that of a development instance does.
const PREFIX: &str = "sk_test";
/// Where it lies in the data folder.
const FILE: &str = "secret-key";
/// How long a key that others can try must be at least, without its prefix, and of how many
/// different characters.
const LENGTH_MIN: usize = 32;
const DIFFERENT_MIN: usize = 12;

/// One for a state that ends with the process.
pub fn random() -> String {
    id::secret(PREFIX)
}

/// The one kept in this folder; made when there is none.
///
/// # Errors
/// The file cannot be read or written.
pub fn kept_in(folder: &Path) -> io::Result<String> {
    let file = folder.join(FILE);
    let kept = match fs::read_to_string(&file) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    // A start that was cut short leaves it empty.
    if kept.is_empty() {
        let key = random();
        write_private(&file, &format!("{key}\n"))?;
        return Ok(key);
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    Ok(kept)
}

/// Writes a file that only its owner reads.
///
/// # Errors
/// It cannot be written.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    // What is no file, such as a terminal, has no content to hide.
    if file.metadata()?.is_file() {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.set_len(0)?;
    }
    file.write_all(text.as_bytes())
}

/// Whether somebody who can try it would find it: a word, or one of everybody's examples.
pub fn is_weak(key: &str) -> bool {
    let secret = key.rsplit('_').next().unwrap_or_default();
    let different: BTreeSet<char> = secret.chars().collect();
    secret.len() < LENGTH_MIN || different.len() < DIFFERENT_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_key_is_not_weak_and_a_word_is() {
        assert!(!is_weak(&random()));
        for weak in [
            "sk_test_emulator",
            "sk_test_",
            "sk_live_secret_key_secret_key_secret_key",
        ] {
            assert!(is_weak(weak), "{weak}");
        }
    }
}
