//! The pages, by their routes.

mod home;
mod not_found;
mod profile;
mod sign_in;
mod sign_up;

use yew::prelude::*;
use yew_router::prelude::*;

/// Where a person can be. Clerk's forms have steps below their paths.
#[derive(Clone, Debug, PartialEq, Eq, Routable)]
pub enum Route {
    #[at("/")]
    Home,
    #[at("/sign-in")]
    SignIn,
    #[at("/sign-in/*step")]
    SignInStep { step: String },
    #[at("/sign-up")]
    SignUp,
    #[at("/sign-up/*step")]
    SignUpStep { step: String },
    #[at("/profile")]
    Profile,
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// The page of a route.
#[allow(
    clippy::needless_pass_by_value,
    reason = "yew-router hands the route over"
)]
pub fn switch(route: Route) -> Html {
    match route {
        Route::Home => html! { <home::Home /> },
        Route::SignIn | Route::SignInStep { .. } => html! { <sign_in::SignInPage /> },
        Route::SignUp | Route::SignUpStep { .. } => html! { <sign_up::SignUpPage /> },
        Route::Profile => html! { <profile::Profile /> },
        Route::NotFound => html! { <not_found::NotFound /> },
    }
}
