//! The page's paths. They are read by hand: a recognizer of patterns costs more than all of them.

use std::collections::HashMap;

use yew_router::Routable;

/// Where a person can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    SignIn,
    SignUp,
    Account,
    Goodbye,
    NotFound,
}

impl Route {
    /// The title of the page.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Home => "Yew + Clerk",
            Self::SignIn => "Sign in – Yew + Clerk",
            Self::SignUp => "Create an account – Yew + Clerk",
            Self::Account => "Account – Yew + Clerk",
            Self::Goodbye => "Goodbye – Yew + Clerk",
            Self::NotFound => "Page not found – Yew + Clerk",
        }
    }
}

impl Routable for Route {
    fn recognize(path: &str) -> Option<Self> {
        // What Clerk shows has steps below its path.
        let is_clerks = |own| {
            path.strip_prefix(own)
                .is_some_and(|step| step.is_empty() || step.starts_with('/'))
        };
        Some(match path {
            "/" => Self::Home,
            "/goodbye" => Self::Goodbye,
            _ if is_clerks("/account") => Self::Account,
            _ if is_clerks("/sign-in") => Self::SignIn,
            _ if is_clerks("/sign-up") => Self::SignUp,
            _ => Self::NotFound,
        })
    }

    fn to_path(&self) -> String {
        let path = match self {
            Self::Home => "/",
            Self::SignIn => "/sign-in",
            Self::SignUp => "/sign-up",
            Self::Account => "/account",
            Self::Goodbye => "/goodbye",
            Self::NotFound => "/404",
        };
        path.to_owned()
    }

    fn from_path(path: &str, _: &HashMap<&str, &str>) -> Option<Self> {
        Self::recognize(path)
    }

    fn routes() -> Vec<&'static str> {
        vec!["/", "/sign-in", "/sign-up", "/account", "/goodbye", "/404"]
    }

    fn not_found_route() -> Option<Self> {
        Some(Self::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_steps_below_the_forms_lead_to_their_pages() {
        for (path, route) in [
            ("/", Route::Home),
            ("/account", Route::Account),
            ("/account/security", Route::Account),
            ("/sign-in", Route::SignIn),
            ("/sign-in/factor-one", Route::SignIn),
            ("/sign-up/verify-email-address", Route::SignUp),
            ("/sign-in-help", Route::NotFound),
            ("/goodbye", Route::Goodbye),
            ("/goodbye/x", Route::NotFound),
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
