//! In a real browser, with a `Clerk` object of the tests' own that notes what it is asked for: the
//! components, buttons and redirects ask for the right things, in place, and leave nothing behind.
#![cfg(target_arch = "wasm32")]

#[path = "../stand_in/mod.rs"]
mod stand_in;

mod buttons;
mod control;
mod own_items;
mod provider;
mod recorder;
mod redirects;
mod rendered;
mod sso_callback;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
