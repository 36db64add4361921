//! The people: their rows, and everybody who watches one.

pub mod entity;
pub mod live;
mod store;

pub use store::{Saved, Users};
