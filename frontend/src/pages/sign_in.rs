use clerk_yew::{SignIn, SignedIn, SignedOut};
use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;

/// Clerk's form for signing in.
#[component]
pub fn SignInPage() -> Html {
    html! {
        <div class="clerk">
            <SignedOut><SignIn path="/sign-in" /></SignedOut>
            <SignedIn><Redirect<Route> to={Route::Home} /></SignedIn>
        </div>
    }
}
