//! The pages, by their routes. A page that needs no state of its own is a plain function: each
//! component costs some kilobytes of wasm.

mod account;
mod goodbye;
mod home;
mod news;
mod not_found;
mod sign_in;

use shared::Visitor;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, window};
use yew::prelude::*;

use crate::chunk::{Part, Person};
use crate::components::spinner;
use crate::person::blank;
use crate::route::Route;
use crate::visitor::use_visitor;

/// What a [`Page`] takes.
#[derive(Properties, PartialEq)]
pub struct PageProps {
    /// Where the visit is
    pub route: Route,
    /// The JWT template to ask tokens for
    pub jwt_template: Option<AttrValue>,
}

/// A page, with its title, and what is to be said on all of them.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let route = props.route;
    let is_first = use_mut_ref(|| true);
    use_effect_with(route, move |route| {
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
    let visitor = use_visitor();
    let page = match (route, visitor) {
        (Route::Home, Visitor::SignedOut) => home::welcome(),
        (Route::Account, Visitor::SignedOut) => account::account(),
        (Route::Home | Route::Account, Visitor::SignedIn) => Html::default(),
        (Route::SignIn, _) => sign_in::sign_in(),
        (Route::SignUp, _) => sign_in::sign_up(),
        (Route::Goodbye, _) => goodbye::goodbye(visitor),
        (Route::NotFound, _) => not_found::not_found(),
    };
    let person = match visitor {
        Visitor::SignedOut => Html::default(),
        Visitor::SignedIn => {
            let waiting = match route {
                Route::Home => blank(),
                Route::Account => spinner("Initializing…"),
                _ => Html::default(),
            };
            html! {
                <Person part={Part::Page} {route}
                    jwt_template={props.jwt_template.clone()} {waiting} />
            }
        }
    };
    html! { <>{ news }{ page }{ person }</> }
}

/// Moves the focus there; the next Tab goes on from it.
fn begin_at(target: Element) {
    if let Ok(target) = target.dyn_into::<HtmlElement>() {
        let _ = target.set_attribute("tabindex", "-1");
        let _ = target.focus();
    }
}
