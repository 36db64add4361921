//! What stands around every page.

use shared::Visitor;
use yew::prelude::*;

use crate::chunk::{Part, Person};
use crate::components::theme_switch;
use crate::navigation::link;
use crate::route::Route;
use crate::visitor::use_visitor;

/// The page's name, the way to the account, and who is here. The links work before any script
/// has run.
#[component]
pub fn Header() -> Html {
    let (account, who) = match use_visitor() {
        Visitor::SignedOut => (
            Html::default(),
            html! {
                { link(Route::SignIn, "button", "Sign in") }
            },
        ),
        Visitor::SignedIn => (
            html! {
                { link(Route::Account, "link", "Account") }
            },
            html! {
                <Person part={Part::Menu} />
            },
        ),
    };
    html! {
        <>
            <a class="skip" href="#main">{ "Skip to content" }</a>
            <header>
                <nav aria-label="Main">
                    { link(Route::Home, "brand", "Yew + Clerk") }
                    { account }
                </nav>
                <div class="who">{ who }</div>
            </header>
        </>
    }
}

/// What is the same everywhere and nobody's first interest.
pub fn footer() -> Html {
    html! {
        <footer>
            <a class="link" href="/api/docs">{ "API" }</a>
            { theme_switch() }
        </footer>
    }
}
