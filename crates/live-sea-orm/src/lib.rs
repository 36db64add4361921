//! Live queries over sea-orm: every commit to a watched table is told of, by whatever path it
//! came: this process, other replicas, SQL typed by hand.
//!
//! Triggers write what each transaction touched into a table, the log ([`schema`]). A round of live
//! queries begins a snapshot and reads in it what the log gained since the last one
//! ([`ChangeLog`]): so it knows exactly what has changed between the two, and nothing is lost with
//! a connection. That there is something to look at is told by a doorbell ([`Doorbell`]), which may
//! ring too often.

mod answers;
mod connect;
mod doorbell;
mod failure;
mod log;
mod reading;
pub mod schema;
mod withdrawn;
mod writes;
mod written;

pub use doorbell::Doorbell;
pub use failure::Failure;
pub use log::{ChangeLog, Position, Snapshot};
pub use reading::Reading;
pub use writes::Writes;
pub use written::{Unwritten, written};
