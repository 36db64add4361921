//! Notes that the members of an organization share.
//!
//! The sign-in form is the page's own, the organization and the account are Clerk's components, the
//! account has a page of the app's own, and only an admin finds the way to `/admin`; the server
//! lets nobody else in.

mod account;
mod admin;
mod api;
mod notes;
mod sign_in;

use clerk_yew::{
    ClerkFailed, ClerkLoaded, ClerkLoading, ClerkProvider, Condition, OrganizationSwitcher, Show,
    SignInButton, SignedIn, SignedOut, UserButton, use_clerk, use_clerk_config,
};
use yew::prelude::*;
use yew_router::history::{BrowserHistory, History};
use yew_router::prelude::*;

use crate::account::Account;
use crate::admin::Admin;
use crate::notes::Notes;
use crate::sign_in::SignInForm;

/// Where a person can be.
#[derive(Clone, Debug, PartialEq, Eq, Routable)]
enum Route {
    #[at("/")]
    Home,
    #[at("/sign-in")]
    SignIn,
    #[at("/account")]
    Account,
    #[at("/account/*page")]
    AccountPage { page: String },
    #[at("/admin")]
    Admin,
    #[not_found]
    #[at("/404")]
    NotFound,
}

fn main() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    let Some(config) = use_clerk_config("/api/config") else {
        return html! { <p>{ "Loading…" }</p> };
    };
    html! {
        <BrowserRouter>
            <ClerkProvider
                publishable_key={config.publishable_key}
                proxy_url={config.proxy_url}
                sign_in_url="/sign-in"
                router_push={Callback::from(|to: String| BrowserHistory::new().push(to))}
                router_replace={Callback::from(|to: String| BrowserHistory::new().replace(to))}
            >
                { header() }
                <main>
                    <ClerkLoading><p>{ "Loading…" }</p></ClerkLoading>
                    <ClerkFailed><Failed /></ClerkFailed>
                    <ClerkLoaded><Switch<Route> render={switch} /></ClerkLoaded>
                </main>
            </ClerkProvider>
        </BrowserRouter>
    }
}

fn is_admin() -> Condition {
    Condition::new().role("org:admin")
}

fn header() -> Html {
    html! {
        <header>
            <nav aria-label="Main">
                <Link<Route> to={Route::Home}>{ "Notes" }</Link<Route>>
                <Show when={is_admin()}>
                    <Link<Route> to={Route::Admin}>{ "Admin" }</Link<Route>>
                </Show>
            </nav>
            <SignedIn>
                <OrganizationSwitcher hide_personal=true />
                <UserButton user_profile_url="/account" />
            </SignedIn>
            <SignedOut><SignInButton /></SignedOut>
        </header>
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "yew-router hands the route over"
)]
fn switch(route: Route) -> Html {
    match route {
        Route::Home => html! {
            <>
                <SignedIn><Notes /></SignedIn>
                <SignedOut><p>{ "Sign in to see the notes of your organization." }</p></SignedOut>
            </>
        },
        Route::SignIn => html! {
            <>
                <SignedOut><SignInForm /></SignedOut>
                <SignedIn><Redirect<Route> to={Route::Home} /></SignedIn>
            </>
        },
        Route::Account | Route::AccountPage { .. } => html! { <Account /> },
        Route::Admin => {
            let fallback = html! { <p>{ "Only an admin of the organization may see this." }</p> };
            html! { <Show when={is_admin()} {fallback}><Admin /></Show> }
        }
        Route::NotFound => html! { <p>{ "There is no page at this address." }</p> },
    }
}

/// Clerk could not be loaded.
#[component]
fn Failed() -> Html {
    let clerk = use_clerk();
    html! {
        <>
            <p class="error">{ "The sign-in service could not be reached." }</p>
            <button onclick={move |_| clerk.retry()}>{ "Retry" }</button>
        </>
    }
}
