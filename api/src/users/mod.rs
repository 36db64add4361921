//! The people and their rows.

pub mod entity;
mod reads;
pub mod snapshot;
mod store;
mod webhook;

pub use store::{OnlyIf, Precondition, Saved, Users, Writing};
pub use webhook::{ClerkEvent, ClerkProfile, Outcome};
