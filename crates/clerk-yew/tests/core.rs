//! In a real browser, with a `Clerk` object of the tests' own that answers when it is told to:
//! what happens around promises in flight. The real clerk-js is in the browser tests of the app.
#![cfg(target_arch = "wasm32")]

mod stand_in;

use clerk_yew::{
    ClerkFailed, ClerkLoaded, ClerkLoading, ClerkProvider, SignIn, SignedIn, SignedOut,
    TokenOptions, use_auth, use_user,
};
use stand_in::{KEY, loading, run, seen, settled, signed_out, text, until, until_shown};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

#[component]
fn Who() -> Html {
    let user = use_user().signed_in();
    html! { <b>{ user.map(|user| user.full_name()) }</b> }
}

#[component]
fn AsksForAToken() -> Html {
    let auth = use_auth();
    let token = use_state(|| "none".to_owned());
    let setter = token.setter();
    use_effect_with((), move |()| {
        spawn_local(async move {
            if let Ok(token) = auth.get_token(&TokenOptions::new()).await {
                setter.set(token);
            }
        });
    });
    html! { <i>{ (*token).clone() }</i> }
}

#[component]
fn App() -> Html {
    html! {
        <ClerkProvider publishable_key={KEY}>
            <ClerkLoading>{ "loading" }</ClerkLoading>
            <ClerkFailed>{ "failed" }</ClerkFailed>
            <ClerkLoaded>{ "loaded" }</ClerkLoaded>
            <SignedOut>{ " nobody" }<SignIn /></SignedOut>
            <SignedIn>{ " somebody " }<Who /><AsksForAToken /></SignedIn>
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn components_follow_clerk() {
    let (root, app) = loading::<App>().await;
    assert_eq!(text(&root), "loading");

    run("window.finishLoad()");
    until_shown(&root, "loaded nobody").await;
    assert_eq!((seen("listeners"), seen("mounted")), (1.0, 1.0));

    // Clerk answers undefined in between: what was known stays.
    run("window.Clerk.become(undefined, undefined)");
    settled().await;
    assert_eq!(text(&root), "loaded nobody");

    // Who must still do something is nobody yet; the form stays, and shows what.
    run("window.ada(async () => 'a token too early', 'pending')");
    settled().await;
    assert_eq!(text(&root), "loaded nobody");
    assert_eq!((seen("mounted"), seen("tokens")), (1.0, 0.0));

    // Right after sign-in there may be no token yet.
    run("let asked = 0; window.ada(async () => (asked += 1) > 2 ? 'the token' : null)");
    until_shown(&root, "loaded somebody Adathe token").await;
    assert_eq!(seen("mounted"), 0.0, "the form is gone");

    app.destroy();
    run("window.Clerk.become(null, null)");
}

#[wasm_bindgen_test]
async fn a_sign_in_in_another_tab_is_followed_here() {
    let (root, app) = signed_out::<App>().await;
    run("
        window.other = new BroadcastChannel('clerk-yew pk_test_YS5iJA');
        window.other.onmessage = () => { window.told = true; };
        window.Clerk.client = {
            lastActiveSessionId: null,
            async reload() { this.lastActiveSessionId = 'sess_1'; },
        };
        window.Clerk.setActive = async ({session}) => window.ada(async () => session);
        window.other.postMessage('signed in');
    ");
    until_shown(&root, "loaded somebody Adasess_1").await;
    // Whoever signs in here is told of in turn.
    until("the other tab to be told", || {
        stand_in::holds("window.told")
    })
    .await;
    app.destroy();
    run("window.other.close()");
}

#[wasm_bindgen_test]
async fn a_component_that_goes_while_a_promise_is_in_flight_does_no_harm() {
    let (root, app) = signed_out::<App>().await;
    run("window.ada(() => new Promise((resolve) => { window.late = resolve; }))");
    until("a token to be asked for", || seen("tokens") == 1.0).await;
    run("window.Clerk.become(null, null)");
    until_shown(&root, "loaded nobody").await;
    run("window.late('too late')");
    settled().await;
    assert_eq!(text(&root), "loaded nobody");
    app.destroy();
}

#[wasm_bindgen_test]
async fn clerk_that_fails_to_load_is_the_failed_state() {
    let (root, app) = loading::<App>().await;
    run("window.failLoad('no such instance')");
    until_shown(&root, "failed").await;
    app.destroy();
}
