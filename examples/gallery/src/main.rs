//! Each component of Clerk's prebuilt UI on a page of its own.
//!
//! Any server will do that answers `/api/config`, such as the starter's, here with the emulator:
//!
//! ```sh
//! trunk build --config examples/gallery/Trunk.toml
//! cargo run -p clerk-emulator &
//! DIST_DIR=examples/gallery/dist cargo run -p api
//! ```

mod account;
mod billing;
mod config;
mod organizations;
mod renders;
mod route;
mod tasks;
mod toggle;
mod ways_in;

use clerk_yew::{ClerkFailed, ClerkLoading, ClerkProvider, TaskUrls};
use yew::prelude::*;
use yew_router::history::{BrowserHistory, History};
use yew_router::prelude::*;

use crate::config::Config;
use crate::route::{Route, switch};

fn main() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    let config = use_state(|| None);
    let setter = config.setter();
    use_effect_with((), move |()| {
        wasm_bindgen_futures::spawn_local(async move { setter.set(Some(Config::fetch().await)) });
    });
    match &*config {
        None => html! { <p>{ "Loading…" }</p> },
        Some(Err(error)) => html! { <p class="error">{ error.to_string() }</p> },
        Some(Ok(config)) => html! { <BrowserRouter>{ shell(config) }</BrowserRouter> },
    }
}

/// Clerk around all pages. Its own pages and steps have URLs of the app's.
fn shell(config: &Config) -> Html {
    let task_urls = TaskUrls::new()
        .choose_organization("/tasks/choose-organization")
        .reset_password("/tasks/reset-password")
        .setup_mfa("/tasks/setup-mfa");
    html! {
        <ClerkProvider
            publishable_key={config.publishable_key.clone()}
            proxy_url={config.proxy_url.clone().map(AttrValue::from)}
            sign_in_url="/sign-in"
            sign_up_url="/sign-up"
            waitlist_url="/waitlist"
            {task_urls}
            telemetry=false
            router_push={Callback::from(|to: String| BrowserHistory::new().push(to))}
            router_replace={Callback::from(|to: String| BrowserHistory::new().replace(to))}
        >
            <nav aria-label="Components">
                { for Route::ALL.iter().map(|(route, name)| html! {
                    <Link<Route> to={route.clone()}>{ *name }</Link<Route>>
                }) }
            </nav>
            <main>
                <ClerkLoading><p>{ "Clerk is loading…" }</p></ClerkLoading>
                <ClerkFailed><p class="error">{ "Clerk could not be loaded." }</p></ClerkFailed>
                <Switch<Route> render={switch} />
            </main>
        </ClerkProvider>
    }
}
