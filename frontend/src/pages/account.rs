use yew::prelude::*;

use crate::components::notice;

/// For strangers; everybody else sees their account, which is loaded only then.
pub fn account() -> Html {
    let sign_in = html! {
        <a class="button primary" href="/sign-in?redirect_url=/account">{ "Sign in" }</a>
    };
    notice(
        "You are signed out",
        "Sign in to see your account.",
        sign_in,
    )
}
