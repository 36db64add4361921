use clerk_yew::{SignIn, SignUp, SignedIn, SignedOut};
use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;

/// Clerk's form for signing in.
pub fn sign_in() -> Html {
    form(html! { <SignIn path="/sign-in" /> })
}

/// Clerk's form for signing up.
pub fn sign_up() -> Html {
    form(html! { <SignUp path="/sign-up" /> })
}

/// A form for those who are not signed in; everybody else goes home.
fn form(form: Html) -> Html {
    html! {
        <div class="clerk">
            <SignedOut>{ form }</SignedOut>
            <SignedIn><Redirect<Route> to={Route::Home} /></SignedIn>
        </div>
    }
}
