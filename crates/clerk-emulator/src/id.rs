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
