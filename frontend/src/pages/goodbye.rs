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
            "Your account and your profile were deleted. You can sign up again at any time.",
        ),
        Visitor::SignedIn => (
            "Your account is still here",
            "You are signed in, and nothing was deleted.",
        ),
    };
    notice(title, text, link(Route::Home, "button primary", "Go home"))
}
