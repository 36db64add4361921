//! A page that greets who is signed in, and has something for administrators.
//!
//! In a browser: build it for `wasm32-unknown-unknown` with `CLERK_PUBLISHABLE_KEY` set. Without
//! one, `cargo run --example page` prints what it shows to whom, as an app's tests may ask.

use clerk_yew::{Condition, Show, SignInButton, SignedIn, SignedOut, UserButton, use_auth};
use yew::prelude::*;

#[component]
fn Greeting() -> Html {
    let auth = use_auth();
    html! { <p>{ "Hello, " }{ auth.user_id().unwrap_or_default() }{ "!" }</p> }
}

#[component]
fn Page() -> Html {
    html! {
        <>
            <SignedOut><SignInButton /></SignedOut>
            <SignedIn><UserButton /><Greeting /></SignedIn>
            <Show when={Condition::new().role("org:admin")}><p>{ "For administrators." }</p></Show>
        </>
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[component]
    fn App() -> Html {
        let key = option_env!("CLERK_PUBLISHABLE_KEY").unwrap_or("pk_test_…");
        html! {
            <clerk_yew::ClerkProvider publishable_key={key}><Page /></clerk_yew::ClerkProvider>
        }
    }
    yew::Renderer::<App>::new().render();
}

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main(flavor = "current_thread")]
async fn main() {
    use clerk_yew::Authorization;
    use clerk_yew::testing::{TestClerk, TestClerkProvider, TestClerkProviderProps};

    let mut administrator = Authorization::of_user("user_2");
    administrator.org_id = Some("org_1".into());
    administrator.org_role = Some("org:admin".into());
    for (who, clerk) in [
        ("nobody", TestClerk::signed_out()),
        (
            "somebody",
            TestClerk::signed_in(Authorization::of_user("user_1")),
        ),
        ("an administrator", TestClerk::signed_in(administrator)),
    ] {
        let page =
            yew::LocalServerRenderer::<TestClerkProvider>::with_props(TestClerkProviderProps {
                clerk,
                children: html! { <Page /> },
            });
        println!("{who}: {}", page.hydratable(false).render().await);
    }
}
