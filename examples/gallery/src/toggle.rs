//! A switch for an option, to see that Clerk's component follows it in place.

use yew::prelude::*;

/// Whether something is on, and how to change that.
#[hook]
pub fn use_toggle() -> (bool, Callback<MouseEvent>) {
    let on = use_state(|| false);
    let setter = on.setter();
    let is_on = *on;
    (is_on, Callback::from(move |_| setter.set(!is_on)))
}
