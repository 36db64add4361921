//! What leaves the emulator by itself: e-mails and webhooks.

pub mod mail;
pub mod webhooks;
