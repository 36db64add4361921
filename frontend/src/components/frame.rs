//! What stands around every page.

use clerk_yew::{ProfileMode, UserButton};
use shared::Visitor;
use yew::prelude::*;
use yew_router::prelude::*;

use super::theme::theme_switch;
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
                <Link<Route> to={Route::SignIn} classes="button">{ "Sign in" }</Link<Route>>
            },
        ),
        Visitor::SignedIn => (
            html! {
                <Link<Route> to={Route::Account} classes="link">{ "Account" }</Link<Route>>
            },
            html! {
                <UserButton user_profile_mode={ProfileMode::Navigation} user_profile_url="/account" />
            },
        ),
    };
    html! {
        <>
            <a class="skip" href="#main">{ "Skip to content" }</a>
            <header>
                <nav aria-label="Main">
                    <Link<Route> to={Route::Home} classes="brand">{ "Yew + Clerk" }</Link<Route>>
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
