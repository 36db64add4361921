//! Live queries over a real database: a bank of two tables, watched.

mod bank;
mod paths;
mod snapshots;
mod writes;
