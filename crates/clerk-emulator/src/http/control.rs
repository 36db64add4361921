//! The routes of the emulator's own API; every call shows the secret key, which no other site can
//! send, and names a loopback host.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::control::{self, seed, sign_in, webhooks};
use crate::emulator::Emulator;

use super::guard;
use super::serving::{self, Route, delete, get, patch, post};

/// The emulator's own API.
pub fn router(emulator: &Emulator) -> Router<Emulator> {
    serving::backend(ROUTES).layer(from_fn_with_state(emulator.clone(), guard::control))
}

const ROUTES: &[Route] = &[
    get("/status", control::status),
    get("/settings", control::settings),
    patch("/settings", control::change_settings),
    post("/sign_in", sign_in::sign_in),
    get("/messages", control::messages),
    get("/messages/last", control::last_message),
    get("/clock", control::clock),
    post("/clock", control::move_clock),
    post("/keys/rotate", control::rotate_keys),
    get("/sessions", control::all_sessions),
    post("/sessions/{id}/expire", control::expire),
    get("/users/{id}", control::user),
    get("/faults", control::faults),
    post("/faults", control::add_fault),
    delete("/faults", control::clear_faults),
    delete("/faults/{id}", control::remove_fault),
    get("/requests", control::requests),
    get("/webhooks", webhooks::endpoints),
    post("/webhooks", webhooks::create_endpoint),
    delete("/webhooks/{id}", webhooks::delete_endpoint),
    get("/deliveries", webhooks::deliveries),
    post("/deliveries/{id}/resend", webhooks::resend),
    post("/seed", seed::plant),
    get("/export", seed::export),
    post("/import", seed::import),
    post("/reset", seed::reset),
];
