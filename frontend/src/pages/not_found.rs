use yew::prelude::*;
use yew_router::prelude::*;

use crate::components::Notice;
use crate::route::Route;

/// For every path that is no page.
pub fn not_found() -> Html {
    html! {
        <Notice title="Page not found" text="There is no page at this address.">
            <Link<Route> to={Route::Home} classes="button primary">{ "Go home" }</Link<Route>>
        </Notice>
    }
}
