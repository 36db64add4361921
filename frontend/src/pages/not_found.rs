use yew::prelude::*;

use crate::components::notice;
use crate::navigation::link;
use crate::route::Route;

/// For every path that is no page.
pub fn not_found() -> Html {
    let home = link(Route::Home, "button primary", "Go home");
    notice("Page not found", "There is no page at this address.", home)
}
