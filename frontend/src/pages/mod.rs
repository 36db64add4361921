//! The pages, by their routes. A page that needs no state of its own is a plain function: each
//! component costs some kilobytes of wasm.

mod home;
mod not_found;
mod profile;
mod sign_in;

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
        Route::Home => home::home(),
        Route::SignIn | Route::SignInStep { .. } => sign_in::sign_in(),
        Route::SignUp | Route::SignUpStep { .. } => sign_in::sign_up(),
        Route::Profile => profile::profile(),
        Route::NotFound => not_found::not_found(),
    }
}
