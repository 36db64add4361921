use clerk_yew::{SignUp, SignedIn, SignedOut};
use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;

/// Clerk's form for signing up.
#[component]
pub fn SignUpPage() -> Html {
    html! {
        <div class="clerk">
            <SignedOut><SignUp path="/sign-up" /></SignedOut>
            <SignedIn><Redirect<Route> to={Route::Home} /></SignedIn>
        </div>
    }
}
