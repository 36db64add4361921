use yew::prelude::*;

use crate::navigation::link;
use crate::route::Route;

/// Two tabs of a browser: what changes in one changes in the other.
const TABS: &str = include_str!("tabs.svg");

const FACTS: [(&str, &str); 3] = [
    (
        "Real sign-in",
        "Email, verification codes, passwords and sessions by Clerk, from the first run.",
    ),
    (
        "Live data",
        "A change shows up in every open tab at once, without a reload.",
    ),
    (
        "All Rust",
        "Yew in the browser, axum and SeaORM on the server, one crate that validates for both.",
    ),
];

/// For strangers: what this is, and how to begin. The links work before any script has run.
pub fn welcome() -> Html {
    html! {
        <section class="welcome">
            <div class="pitch">
                <h1>{ "Sign‑up, sign‑in and live user data, in Rust" }</h1>
                <p class="lead">{ "A starter to clone on day one and to keep: your profile is a row in the database, and this page always shows its current state." }</p>
                <div class="actions">
                    { link(Route::SignUp, "button primary", "Sign up") }
                    { link(Route::SignIn, "button", "Sign in") }
                </div>
            </div>
            <div class="tabs" role="img"
                aria-label="Two browser tabs: a name changed in one changes in the other at once">
                { Html::from_html_unchecked(AttrValue::Static(TABS)) }
            </div>
            <ul class="facts">
                { for FACTS.map(|(title, text)| html! {
                    <li><h2>{ title }</h2><p>{ text }</p></li>
                }) }
            </ul>
        </section>
    }
}
