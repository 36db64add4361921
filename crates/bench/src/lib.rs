//! What benchmarks and fault runs share: an issuer of tokens, servers as processes, load,
//! streams.
//!
//! They run the release binaries of `BENCH_BIN_DIR`; nothing here is part of what goes to
//! production.

pub mod issuer;
pub mod journal;
pub mod load;
pub mod rows;
pub mod server;
pub mod streams;
pub mod table;
pub mod tables;
pub mod wrk;

use std::path::PathBuf;

/// The folder of the release binaries.
pub fn binaries() -> PathBuf {
    std::env::var_os("BENCH_BIN_DIR").map_or_else(|| "target/release".into(), PathBuf::from)
}

/// Clerk's id of the person with this number.
pub fn clerk_id(number: usize) -> String {
    format!("user_{number}")
}
