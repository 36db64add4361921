//! The Backend API (<https://clerk.com/docs/reference/backend-api>), one file for each resource.

pub mod waitlist;

use axum::Router;

use crate::Emulator;

/// The Backend API below `/v1`.
pub fn router(_emulator: &Emulator) -> Router<Emulator> {
    Router::new()
}
