//! The pages, by their routes. A page that needs no state of its own is a plain function: each
//! component costs some kilobytes of wasm.

mod account;
mod goodbye;
mod home;
mod news;
mod not_found;
mod sign_in;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, window};
use yew::prelude::*;

use crate::route::Route;

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
