//! The page: sign-in by Clerk, and the person's own row, live.

mod api;
mod app;
mod components;
mod current_user;
mod draft;
mod idle;
mod live;
mod memory;
mod pages;
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
    yew::Renderer::<App>::with_props(AppProps::of(visitor::expected(), path)).render();
}
