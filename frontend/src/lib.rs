//! The page: sign-in by Clerk, and the person's own row, live.

mod api;
mod app;
mod components;
mod current_user;
mod live;
mod memory;
mod pages;
mod retry;
mod sync;
mod task;
mod user_provider;

fn main() {
    yew::Renderer::<app::App>::new().render();
}
