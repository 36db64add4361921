//! The page: sign-in by Clerk, and the person's own row, live.

mod api;
mod app;
mod chunk;
mod components;
mod current_user;
mod draft;
mod frame;
mod idle;
mod memory;
mod navigation;
mod pages;
mod person;
mod remembered;
mod retry;
mod route;
mod sync;
mod task;
mod user_provider;
mod visitor;

pub use app::{App, AppProps};

/// Shows the page in the browser, in the place of its first bytes.
pub fn show() {
    visitor::recheck_when_brought_back();
    let path = web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default();
    let visitor = visitor::expected();
    wasm_bindgen_futures::spawn_local(async move {
        if visitor == shared::Visitor::SignedIn {
            // It came with the first bytes: there is no other state before what it shows. Where it
            // did not come, the page says so.
            let _ = chunk::load().await;
        }
        yew::Renderer::<App>::with_props(AppProps::of(visitor, path)).render();
    });
}
