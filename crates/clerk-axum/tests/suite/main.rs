//! What clerk-axum promises, seen from a bare axum app.

mod layer;
mod proxy;
mod sessions;
mod tokens;
mod webhooks;
mod world;
