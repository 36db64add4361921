use clerk_yew::{SignedIn, SignedOut};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::components::Notice;
use crate::route::Route;

/// Where the deletion of an account ends.
pub fn goodbye() -> Html {
    html! {
        <>
            <SignedOut>
                <Notice title="Goodbye" text="Your account is deleted: your profile, and all ways to sign in.">
                    <Link<Route> to={Route::Home} classes="button primary">{ "Go home" }</Link<Route>>
                </Notice>
            </SignedOut>
            <SignedIn>
                <Notice title="You are still here" text="You are signed in. Nothing was deleted.">
                    <Link<Route> to={Route::Home} classes="button primary">{ "Go home" }</Link<Route>>
                </Notice>
            </SignedIn>
        </>
    }
}
