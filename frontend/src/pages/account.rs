use clerk_yew::{SignedIn, SignedOut, UserProfile};
use yew::prelude::*;

use crate::components::{DeleteAccount, Notice};

/// Clerk's page for the account, and the way out.
pub fn account() -> Html {
    html! {
        <>
            <SignedOut>
                <Notice title="You are signed out" text="Sign in to see your account.">
                    <a class="button primary" href="/sign-in?redirect_url=/account">{ "Sign in" }</a>
                </Notice>
            </SignedOut>
            <SignedIn>
                <div class="heading">
                    <h1>{ "Your account" }</h1>
                    <p class="hint">
                        { "How you sign in, as stored by Clerk. A new name or email address also reaches your profile." }
                    </p>
                </div>
                <div class="account"><UserProfile path="/account" /></div>
                <DeleteAccount />
            </SignedIn>
        </>
    }
}
