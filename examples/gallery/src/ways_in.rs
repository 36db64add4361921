//! Forms for those who are not signed in.

use clerk_yew::{Appearance, GoogleOneTap, InitialValues, SignIn, SignUp, Waitlist};
use yew::prelude::*;

use crate::toggle::use_toggle;

/// Signing in. Its steps are pages below its path; its look may change while somebody types.
#[component]
pub fn In() -> Html {
    let (framed, onclick) = use_toggle();
    let appearance = framed.then(|| Appearance::new().elements([("card", "square")]));
    html! {
        <>
            <button {onclick}>{ "Another look" }</button>
            <SignIn path="/sign-in" fallback_redirect_url="/user-button" {appearance} />
        </>
    }
}

/// Signing up, with something in the form already.
#[component]
pub fn Up() -> Html {
    let initial_values = InitialValues::new().first_name("Ada");
    html! { <SignUp path="/sign-up" sign_in_url="/sign-in" {initial_values} /> }
}

/// Waiting to be let in.
#[component]
pub fn List() -> Html {
    html! { <Waitlist sign_in_url="/sign-in" after_join_waitlist_url="/" /> }
}

/// Google's own window, which comes when the instance has a Google client of its own.
#[component]
pub fn OneTap() -> Html {
    html! { <GoogleOneTap cancel_on_tap_outside=false sign_in_force_redirect_url="/user-button" /> }
}
