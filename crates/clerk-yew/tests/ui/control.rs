//! What is shown when.

use clerk_yew::{ClerkDegraded, ClerkProvider, Condition, Protect, Show, When};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::recorder::{before_loading, gone};
use crate::stand_in::{KEY, run, text, until_shown};

#[component]
fn Shown() -> Html {
    let fallback = html! { "-" };
    let admin = When::predicate(|session| {
        session.has(&Condition::new().role("admin")) && session.org_slug.as_deref() == Some("acme")
    });
    let fresh = Condition::new().reverification(clerk_yew::Reverification::Strict);
    html! {
        <ClerkProvider publishable_key={KEY}>
            <Show when={When::SignedIn} fallback={fallback.clone()}>{ "I" }</Show>
            <Show when={When::SignedOut} fallback={fallback.clone()}>{ "O" }</Show>
            <Show when={When::SignedIn} treat_pending_as_signed_out={false} fallback={fallback.clone()}>
                { "P" }
            </Show>
            <Show when={Condition::new().role("org:admin")} fallback={fallback.clone()}>{ "R" }</Show>
            <Show when={Condition::new().permission("posts:read")} fallback={fallback.clone()}>
                { "W" }
            </Show>
            <Show when={Condition::new().feature("reports")} fallback={fallback.clone()}>{ "F" }</Show>
            <Show when={Condition::new().plan("user:pro")} fallback={fallback.clone()}>{ "L" }</Show>
            <Show when={fresh} fallback={fallback.clone()}>{ "V" }</Show>
            <Show when={admin} fallback={fallback.clone()}>{ "A" }</Show>
            <Protect fallback={fallback.clone()}>{ "p" }</Protect>
            <Protect role="org:admin" plan="user:pro" {fallback}>{ "q" }</Protect>
            <ClerkDegraded>{ " degraded" }</ClerkDegraded>
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn it_shows_what_the_condition_says() {
    let (root, app) = before_loading::<Shown>().await;
    assert_eq!(text(&root), "", "nobody knows yet");
    run("window.finishLoad()");
    until_shown(&root, "-O---------").await;
    run("window.somebody('pending')");
    until_shown(&root, "-OP--------").await;
    run("window.somebody()");
    until_shown(&root, "I-P----V-p-").await;
    run(
        "window.inAnOrganization('org:member', ['org:posts:read'], {fea: 'o:reports', pla: 'u:free'})",
    );
    until_shown(&root, "I-P-WF-V-p-").await;
    run("window.inAnOrganization('org:admin', [], {pla: 'u:pro'})");
    until_shown(&root, "I-PR--LVApq").await;
    run("window.Clerk.become(null, null)");
    until_shown(&root, "-O---------").await;
    run("window.Clerk.turn('degraded')");
    until_shown(&root, "-O--------- degraded").await;
    gone(&root, app).await;
}
