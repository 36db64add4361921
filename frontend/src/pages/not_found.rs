use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;

/// For every path that is no page.
pub fn not_found() -> Html {
    html! {
        <section class="card notice">
            <h1>{ "Page not found" }</h1>
            <p>{ "There is no page at this address." }</p>
            <Link<Route> to={Route::Home} classes="button primary">{ "Go home" }</Link<Route>>
        </section>
    }
}
