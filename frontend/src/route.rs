//! The page's paths. They are read by hand: a recognizer of patterns costs more than all of them.

/// Where a person can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub fn title(self) -> &'static str {
        match self {
            Self::Home => "Yew + Clerk",
            Self::SignIn => "Sign in – Yew + Clerk",
            Self::SignUp => "Sign up – Yew + Clerk",
            Self::Account => "Account – Yew + Clerk",
            Self::Goodbye => "Goodbye – Yew + Clerk",
            Self::NotFound => "Page not found – Yew + Clerk",
        }
    }

    /// The path that leads there.
    pub fn path(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::SignIn => "/sign-in",
            Self::SignUp => "/sign-up",
            Self::Account => "/account",
            Self::Goodbye => "/goodbye",
            Self::NotFound => "/404",
        }
    }

    /// What a path leads to.
    pub fn of_path(path: &str) -> Self {
        // What Clerk shows has steps below its path.
        let is_clerks = |own| {
            path.strip_prefix(own)
                .is_some_and(|step| step.is_empty() || step.starts_with('/'))
        };
        match path {
            "/" => Self::Home,
            "/goodbye" => Self::Goodbye,
            _ if is_clerks("/account") => Self::Account,
            _ if is_clerks("/sign-in") => Self::SignIn,
            _ if is_clerks("/sign-up") => Self::SignUp,
            _ => Self::NotFound,
        }
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
            assert_eq!(Route::of_path(path), route, "{path}");
        }
    }

    #[test]
    fn every_route_has_a_path_that_leads_to_it() {
        use Route::{Account, Goodbye, Home, NotFound, SignIn, SignUp};
        for route in [Home, SignIn, SignUp, Account, Goodbye, NotFound] {
            assert_eq!(Route::of_path(route.path()), route);
        }
    }
}
