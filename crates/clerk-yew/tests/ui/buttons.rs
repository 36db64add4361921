//! Buttons.

use clerk_yew::{
    ButtonMode, ClerkProvider, InviteMembersButton, Raw, SignInButton, SignInWithMetamaskButton,
    SignOutButton, SignUpButton,
};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::recorder::{before_loading, calls, click, gone, recorded, step, use_step};
use crate::stand_in::{KEY, holds, run, said, settled, until};

#[component]
fn Buttons() -> Html {
    let step = use_step();
    let first = Callback::from(move |event: MouseEvent| {
        if step == 1 {
            event.prevent_default();
        }
    });
    html! {
        <ClerkProvider publishable_key={KEY}>
            <SignInButton
                id="in"
                class="button"
                attributes={[("aria-label", "Come in")]}
                onclick={first}
                force_redirect_url="/forced"
                fallback_redirect_url="/home"
            />
            <SignInButton mode={ButtonMode::Modal} with_sign_up={true}>
                <a id="over">{ "Over the page" }</a>
            </SignInButton>
            <SignUpButton id="up" sign_in_force_redirect_url="/x" fallback_redirect_url="/new">
                { "Join" }
            </SignUpButton>
            <SignUpButton
                id="up-over"
                mode={ButtonMode::Modal}
                unsafe_metadata={Raw::json(r#"{"a":1}"#)}
            >
                <b>{ "Join" }</b>{ " here" }
            </SignUpButton>
            <SignOutButton id="out" />
            <SignOutButton id="out-one" session_id="sess_1" redirect_url="/bye" />
            <InviteMembersButton id="invite" />
            <SignInWithMetamaskButton id="wallet" redirect_url="/home" />
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn buttons_ask_for_what_they_say() {
    let (root, app) = recorded::<Buttons>().await;
    for (selector, expected) in [
        (
            "#in",
            r#"[["redirectToSignIn",{"forceRedirectUrl":"/forced","fallbackRedirectUrl":"/home","signInForceRedirectUrl":"/forced","signInFallbackRedirectUrl":"/home"}]]"#,
        ),
        ("#over", r#"[["openSignIn",{"withSignUp":true}]]"#),
        (
            "#up",
            r#"[["redirectToSignUp",{"signInForceRedirectUrl":"/x","fallbackRedirectUrl":"/new","signUpFallbackRedirectUrl":"/new"}]]"#,
        ),
        ("#up-over", r#"[["openSignUp",{"unsafeMetadata":{"a":1}}]]"#),
        ("#out", r#"[["signOut",{}]]"#),
        (
            "#out-one",
            r#"[["signOut",{"sessionId":"sess_1","redirectUrl":"/bye"}]]"#,
        ),
        ("#invite", r#"[["openInviteMembers",{}]]"#),
        (
            "#wallet",
            r#"[["authenticateWithMetamask",{"redirectUrl":"/home"}]]"#,
        ),
    ] {
        run("window.calls = []");
        click(&root, selector);
        settled().await;
        assert_eq!(calls(), expected, "{selector}");
    }
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn a_button_looks_as_the_app_wants() {
    let (root, app) = recorded::<Buttons>().await;
    let html = |selector: &str| {
        let found = root.query_selector(selector).expect("a selector");
        found.expect("it is there").outer_html()
    };
    assert_eq!(
        html("#in"),
        r#"<button type="button" id="in" class="button" aria-label="Come in">Sign in</button>"#
    );
    assert_eq!(html("#over"), r#"<a id="over">Over the page</a>"#);
    assert_eq!(
        html("#up-over"),
        r#"<button type="button" id="up-over"><b>Join</b> here</button>"#
    );
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn an_own_click_comes_first_and_may_end_it() {
    let (root, app) = recorded::<Buttons>().await;
    step(1).await;
    click(&root, "#in");
    settled().await;
    assert_eq!(calls(), "[]");
    step(2).await;
    click(&root, "#in");
    settled().await;
    assert_eq!(said("window.calls[0][0]"), "redirectToSignIn");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn a_click_before_clerk_is_loaded_waits_for_it() {
    let (root, app) = before_loading::<Buttons>().await;
    click(&root, "#out");
    settled().await;
    assert_eq!(calls(), "[]");
    run("window.finishLoad()");
    until("the sign-out", || holds("window.calls.length === 1")).await;
    gone(&root, app).await;
}
