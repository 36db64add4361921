//! The routes of the emulator's own API; every call shows the secret key, which no other site can
//! send, and names a loopback host.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::control::{self, seed, webhooks};
use crate::emulator::Emulator;

use super::guard;
use super::serving::backend::{delete, get, patch, post};

/// The emulator's own API.
pub fn router(emulator: &Emulator) -> Router<Emulator> {
    Router::new()
        .route("/status", get(control::status))
        .route(
            "/settings",
            get(control::settings).merge(patch(control::change_settings)),
        )
        .route("/sign_in", post(control::sign_in))
        .route("/messages", get(control::messages))
        .route("/messages/last", get(control::last_message))
        .route(
            "/clock",
            get(control::clock).merge(post(control::move_clock)),
        )
        .route("/keys/rotate", post(control::rotate_keys))
        .route("/sessions", get(control::all_sessions))
        .route("/sessions/{id}/expire", post(control::expire))
        .route("/users/{id}", get(control::user))
        .route(
            "/faults",
            get(control::faults)
                .merge(post(control::add_fault))
                .merge(delete(control::clear_faults)),
        )
        .route("/faults/{id}", delete(control::remove_fault))
        .route("/requests", get(control::requests))
        .route(
            "/webhooks",
            get(webhooks::endpoints).merge(post(webhooks::create_endpoint)),
        )
        .route("/webhooks/{id}", delete(webhooks::delete_endpoint))
        .route("/deliveries", get(webhooks::deliveries))
        .route("/deliveries/{id}/resend", post(webhooks::resend))
        .route("/seed", post(seed::plant))
        .route("/export", get(seed::export))
        .route("/import", post(seed::import))
        .route("/reset", post(seed::reset))
        .layer(from_fn_with_state(emulator.clone(), guard::control))
}
