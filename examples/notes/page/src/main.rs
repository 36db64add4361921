//! Notes: a person's own, and those that an organization shares.

mod notes;

use clerk_yew::{
    ClerkFailed, ClerkLoading, ClerkProvider, OrganizationSwitcher, SignInButton, SignedIn,
    SignedOut, UserButton, use_auth, use_clerk_config,
};
use live_yew::{ClerkLiveProvider, Link, use_link};
use notes_shared::Space;
use yew::prelude::*;

use crate::notes::Notes;

fn main() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    let Some(config) = use_clerk_config("/api/config") else {
        return html! { <p>{ "Loading…" }</p> };
    };
    html! {
        <ClerkProvider publishable_key={config.publishable_key} proxy_url={config.proxy_url}>
            <ClerkLoading><p>{ "Loading…" }</p></ClerkLoading>
            <ClerkFailed><p>{ "The sign-in service could not be reached. Reload the page." }</p></ClerkFailed>
            <SignedOut><SignInButton /></SignedOut>
            <ClerkLiveProvider><Board /></ClerkLiveProvider>
        </ClerkProvider>
    }
}

#[component]
fn Board() -> Html {
    let has_organization = use_auth().org_id().is_some();
    html! {
        <SignedIn>
            <header><Status /><OrganizationSwitcher /><UserButton /></header>
            <main>
                <Notes title="My notes" space={Space::Mine} />
                if has_organization {
                    <Notes title="Shared notes" space={Space::Shared} />
                }
            </main>
        </SignedIn>
    }
}

#[component]
fn Status() -> Html {
    let text = match use_link() {
        Link::Up => "Live",
        Link::Opening => "Connecting…",
        Link::Down => "Offline: what you write is kept and sent later.",
    };
    html! { <p role="status">{ text }</p> }
}
