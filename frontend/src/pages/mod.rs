//! The pages, by their routes. The five paths are read by hand: a recognizer of patterns costs more
//! than all of them. A page that needs no state of its own is a plain function: each
//! component costs some kilobytes of wasm.

mod home;
mod not_found;
mod profile;
mod sign_in;

use std::collections::HashMap;

use yew::prelude::*;
use yew_router::prelude::*;

/// Where a person can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    SignIn,
    SignUp,
    Profile,
    NotFound,
}

impl Routable for Route {
    fn recognize(path: &str) -> Option<Self> {
        // Clerk's forms have steps below their paths.
        let is_form = |form| {
            path.strip_prefix(form)
                .is_some_and(|step| step.is_empty() || step.starts_with('/'))
        };
        Some(match path {
            "/" => Self::Home,
            "/profile" => Self::Profile,
            _ if is_form("/sign-in") => Self::SignIn,
            _ if is_form("/sign-up") => Self::SignUp,
            _ => Self::NotFound,
        })
    }

    fn to_path(&self) -> String {
        let path = match self {
            Self::Home => "/",
            Self::SignIn => "/sign-in",
            Self::SignUp => "/sign-up",
            Self::Profile => "/profile",
            Self::NotFound => "/404",
        };
        path.to_owned()
    }

    fn from_path(path: &str, _: &HashMap<&str, &str>) -> Option<Self> {
        Self::recognize(path)
    }

    fn routes() -> Vec<&'static str> {
        vec!["/", "/sign-in", "/sign-up", "/profile", "/404"]
    }

    fn not_found_route() -> Option<Self> {
        Some(Self::NotFound)
    }
}

/// The page of a route.
#[allow(
    clippy::needless_pass_by_value,
    reason = "yew-router hands the route over"
)]
pub fn switch(route: Route) -> Html {
    match route {
        Route::Home => html! { <home::Home /> },
        Route::SignIn => sign_in::sign_in(),
        Route::SignUp => sign_in::sign_up(),
        Route::Profile => profile::profile(),
        Route::NotFound => not_found::not_found(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_steps_below_the_forms_lead_to_their_pages() {
        for (path, route) in [
            ("/", Route::Home),
            ("/profile", Route::Profile),
            ("/sign-in", Route::SignIn),
            ("/sign-in/factor-one", Route::SignIn),
            ("/sign-up/verify-email-address", Route::SignUp),
            ("/sign-in-help", Route::NotFound),
            ("/profile/x", Route::NotFound),
            ("/404", Route::NotFound),
        ] {
            assert_eq!(Route::recognize(path), Some(route), "{path}");
        }
    }

    #[test]
    fn every_route_has_a_path_that_leads_to_it() {
        for path in Route::routes() {
            let route = Route::recognize(path).expect("a route");
            assert_eq!(route.to_path(), path);
        }
    }
}
