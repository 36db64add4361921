use shared::Visitor;
use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;
use crate::components::{Connected, Greeting, ProfileView};
use crate::visitor::use_visitor;

/// Signed out: what this is. Signed in: a greeting and the profile.
#[component]
pub fn Home() -> Html {
    match use_visitor() {
        Visitor::SignedOut => welcome(),
        Visitor::SignedIn => html! { <Connected><Greeting /><ProfileView /></Connected> },
    }
}

fn welcome() -> Html {
    let facts = [
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
    html! {
        <section class="welcome">
            <h1>{ "Sign-up, sign-in and live user data, in Rust" }</h1>
            <p class="lead">{ "A starter to clone on day one and to keep: your profile is a row in the database, and this page always shows its current state." }</p>
            <div class="actions">
                <Link<Route> to={Route::SignUp} classes="button primary">{ "Create an account" }</Link<Route>>
                <Link<Route> to={Route::SignIn} classes="button">{ "Sign in" }</Link<Route>>
            </div>
            <ul class="facts">
                { for facts.map(|(title, text)| html! {
                    <li><h2>{ title }</h2><p>{ text }</p></li>
                }) }
            </ul>
        </section>
    }
}
