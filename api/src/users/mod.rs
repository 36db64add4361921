//! The people: their rows, and everybody who watches one.

mod changes;
pub mod entity;
pub mod live;
mod reads;
pub mod snapshot;
mod store;
mod webhook;

pub use changes::follow;
pub use store::{OnlyIf, Precondition, Saved, Users};
pub use webhook::{ClerkEvent, ClerkProfile, Outcome};
