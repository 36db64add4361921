//! The pages, by their routes. The paths are read by hand: a recognizer of patterns costs more than
//! all of them. A page that needs no state of its own is a plain function: each
//! component costs some kilobytes of wasm.

mod account;
mod goodbye;
mod home;
mod news;
mod not_found;
mod sign_in;

use std::collections::HashMap;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, window};
use yew::prelude::*;
use yew_router::prelude::*;

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
    fn title(&self) -> &'static str {
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

/// The page of a route.
pub fn switch(route: Route) -> Html {
    html! { <Page {route} /> }
}

#[derive(Properties, PartialEq)]
struct PageProps {
    route: Route,
}

/// A page, with its title, and what is to be said on all of them.
#[component]
fn Page(props: &PageProps) -> Html {
    let route = &props.route;
    let is_first = use_mut_ref(|| true);
    use_effect_with(route.clone(), move |route| {
        if let Some(document) = window().and_then(|it| it.document()) {
            document.set_title(route.title());
            // Whoever came by a link goes on from the page's beginning.
            let target = document.query_selector("main h1, main").ok().flatten();
            if let Some(target) = target.filter(|_| !is_first.replace(false)) {
                begin_at(target);
            }
        }
    });
    let news = news::use_news(route);
    let page = match route {
        Route::Home => html! { <home::Home /> },
        Route::SignIn => sign_in::sign_in(),
        Route::SignUp => sign_in::sign_up(),
        Route::Account => account::account(),
        Route::Goodbye => goodbye::goodbye(),
        Route::NotFound => not_found::not_found(),
    };
    html! { <>{ news }{ page }</> }
}
/// Moves the focus there; the next Tab goes on from it.
fn begin_at(target: Element) {
    if let Ok(target) = target.dyn_into::<HtmlElement>() {
        let _ = target.set_attribute("tabindex", "-1");
        let _ = target.focus();
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
