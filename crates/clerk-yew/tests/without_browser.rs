//! Clerk in states that a test chooses, on this machine: no browser, no WebAssembly.
#![cfg(not(target_arch = "wasm32"))]

use std::process::Command;

use clerk_yew::testing::{TestClerk, TestClerkProvider};
use clerk_yew::{
    Authorization, ClerkFailed, ClerkLoaded, ClerkLoading, ClerkProvider, Condition,
    Reverification, SignedIn, SignedOut, use_auth,
};
use yew::LocalServerRenderer;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
struct InState {
    clerk: TestClerk,
}

/// What an app shows in this state.
#[component]
fn App(props: &InState) -> Html {
    html! {
        <TestClerkProvider clerk={props.clerk.clone()}>
            <ClerkLoading>{ "loading " }</ClerkLoading>
            <ClerkLoaded>{ "loaded " }</ClerkLoaded>
            <ClerkFailed>{ "failed " }</ClerkFailed>
            <SignedOut>{ "nobody " }</SignedOut>
            <SignedIn>{ "somebody " }</SignedIn>
            <Who />
        </TestClerkProvider>
    }
}

#[component]
fn Who() -> Html {
    let auth = use_auth();
    let may = |condition| auth.has(&condition);
    html! {
        <>
            { auth.user_id().unwrap_or_default() }
            { auth.org_slug().map(|slug| format!(" at {slug}")).unwrap_or_default() }
            if may(Condition::new().role("org:admin")) { { " as admin" } }
            if may(Condition::new().plan("org:pro")) { { " who pays" } }
            if may(Condition::new().reverification(Reverification::Strict)) { { ", sure" } }
        </>
    }
}

async fn shown(clerk: TestClerk) -> String {
    LocalServerRenderer::<App>::with_props(InState { clerk })
        .hydratable(false)
        .render()
        .await
}

#[tokio::test(flavor = "current_thread")]
async fn every_state_shows_what_is_its_own() {
    assert_eq!(shown(TestClerk::loading()).await, "loading ");
    assert_eq!(shown(TestClerk::failed("no network")).await, "failed ");
    assert_eq!(shown(TestClerk::signed_out()).await, "loaded nobody ");
    let ada = || Authorization::of_user("user_1");
    assert_eq!(shown(TestClerk::pending(ada())).await, "loaded nobody ");
    assert_eq!(
        shown(TestClerk::signed_in(ada())).await,
        "loaded somebody user_1"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn what_the_session_may_do_is_the_tests_to_say() {
    let mut ada = Authorization::of_user("user_1");
    ada.org_id = Some("org_1".into());
    ada.org_slug = Some("analysts".into());
    ada.org_role = Some("org:admin".into());
    ada.plans = Some("o:pro".into());
    ada.factor_verification_age = Some((0, -1));
    assert_eq!(
        shown(TestClerk::signed_in(ada)).await,
        "loaded somebody user_1 at analysts as admin who pays, sure"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn who_must_still_do_something_is_there_for_those_who_ask() {
    #[component]
    fn Asks() -> Html {
        let auth = use_auth();
        let anyway = auth.clone().treat_pending_as_signed_out(false);
        html! { format!("{:?} {:?}", auth.user_id(), anyway.user_id()) }
    }
    #[component]
    fn Pending() -> Html {
        let clerk = TestClerk::pending(Authorization::of_user("user_1"));
        html! { <TestClerkProvider {clerk}><Asks /></TestClerkProvider> }
    }
    let shown = LocalServerRenderer::<Pending>::new()
        .hydratable(false)
        .render();
    assert_eq!(shown.await, "None Some(\"user_1\")");
}

#[tokio::test(flavor = "current_thread")]
async fn on_a_server_the_real_provider_shows_that_it_loads() {
    #[component]
    fn Real() -> Html {
        html! {
            <ClerkProvider publishable_key="pk_test_YS5iJA">
                <ClerkLoading>{ "loading" }</ClerkLoading>
            </ClerkProvider>
        }
    }
    let shown = LocalServerRenderer::<Real>::new()
        .hydratable(false)
        .render();
    assert_eq!(shown.await, "loading");
}

/// How an app renders is for the app to say: in a browser, on a server, or both.
#[test]
fn the_library_turns_on_no_renderer_of_yew() {
    let tree = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "tree",
            "--offline",
            "--edges=normal,features",
            "--prefix=none",
        ])
        .args(["--target=wasm32-unknown-unknown", "--invert=yew"])
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8(tree.stdout).expect("text");
    assert!(tree.contains("clerk-yew"), "{tree}");
    for renderer in ["csr", "ssr", "hydration"] {
        assert!(
            !tree.contains(&format!("yew feature \"{renderer}\"")),
            "{tree}"
        );
    }
}

/// They would not compile if a name were private.
#[test]
fn errors_are_errors_and_props_have_names() {
    fn is_an_error<E: std::error::Error + Send + Sync + 'static>() {}
    is_an_error::<clerk_yew::ClerkError>();
    let sizes = [
        size_of::<clerk_yew::ClerkProviderProps>(),
        size_of::<clerk_yew::Status>(),
        size_of::<clerk_yew::TokenOptions>(),
    ];
    assert!(sizes.iter().all(|size| *size > 0));
}
