//! Identifiers and secrets, all from the operating system's random source.

use std::time::{SystemTime, UNIX_EPOCH};

use rand::RngExt;
use rand::distr::{Alphanumeric, SampleString, Uniform};

/// An id such as Clerk makes them: a prefix and 27 letters and digits (160 bits).
pub fn new(prefix: &str) -> String {
    format!(
        "{prefix}_{}",
        Alphanumeric.sample_string(&mut rand::rng(), 27)
    )
}

/// 32 hexadecimal digits.
pub fn hex() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

/// 128 bits for a password's hash.
pub fn salt() -> [u8; 16] {
    rand::rng().random()
}

/// A code of six digits.
pub fn code() -> String {
    let digits = Uniform::new(0, 1_000_000_u32).map(|range| rand::rng().sample(range));
    format!(
        "{:06}",
        digits.unwrap_or_else(|_| unreachable!("a range that is not empty"))
    )
}

/// Milliseconds since the Unix epoch.
pub fn now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// A secret: a prefix and 43 letters and digits (256 bits).
pub fn secret(prefix: &str) -> String {
    format!(
        "{prefix}_{}",
        Alphanumeric.sample_string(&mut rand::rng(), 43)
    )
}

/// SHA-256 in hexadecimal digits: by this a secret is kept, and a file known.
pub fn digest(bytes: impl AsRef<[u8]>) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.as_ref());
    digest
        .as_ref()
        .iter()
        .fold(String::new(), |mut text, byte| {
            use std::fmt::Write;
            let _ = write!(text, "{byte:02x}");
            text
        })
}
