use clerk_yew::{SignInButton, SignedIn, SignedOut, UserProfile};
use yew::prelude::*;

use crate::components::{Connected, ProfileView};

/// The person's row, and Clerk's page for the account behind it.
pub fn profile() -> Html {
    html! {
        <>
            <SignedOut>
                <section class="card notice">
                    <h1>{ "You are signed out" }</h1>
                    <p>{ "Sign in to see your profile." }</p>
                    <SignInButton class="button primary" />
                </section>
            </SignedOut>
            <SignedIn>
                <h1>{ "Profile" }</h1>
                <Connected><ProfileView /></Connected>
                <section class="account" aria-label="Account">
                    <h2>{ "Account" }</h2>
                    <p class="hint">{ "Your name, email address and password, as stored by Clerk. Changes made here also reach your profile above." }</p>
                    <UserProfile />
                </section>
            </SignedIn>
        </>
    }
}
