use clerk_yew::{SignInButton, SignUpButton, SignedIn, SignedOut};
use yew::prelude::*;

use crate::components::{Connected, Greeting, ProfileView};

/// Signed out: what this is. Signed in: a greeting and the profile.
pub fn home() -> Html {
    html! {
        <>
            <SignedOut>{ welcome() }</SignedOut>
            <SignedIn><Connected><Greeting /><ProfileView /></Connected></SignedIn>
        </>
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
                <SignUpButton class="button primary">{ "Create an account" }</SignUpButton>
                <SignInButton class="button">{ "Sign in" }</SignInButton>
            </div>
            <ul class="facts">
                { for facts.map(|(title, text)| html! {
                    <li><h2>{ title }</h2><p>{ text }</p></li>
                }) }
            </ul>
        </section>
    }
}
