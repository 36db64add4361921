use shared::Visitor;
use yew::prelude::*;

use crate::components::notice;
use crate::navigation::link;
use crate::route::Route;

/// Where the deletion of an account ends.
pub fn goodbye(visitor: Visitor) -> Html {
    let (title, text) = match visitor {
        Visitor::SignedOut => (
            "Goodbye",
            "Your account is deleted: your profile, and all ways to sign in.",
        ),
        Visitor::SignedIn => (
            "You are still here",
            "You are signed in. Nothing was deleted.",
        ),
    };
    notice(title, text, link(Route::Home, "button primary", "Go home"))
}
