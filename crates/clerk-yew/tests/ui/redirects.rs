//! Components that lead elsewhere.

use clerk_yew::{
    AuthenticateWithRedirectCallback, ClerkProvider, RedirectToCreateOrganization,
    RedirectToOrganizationProfile, RedirectToSignIn, RedirectToSignUp, RedirectToTasks,
    RedirectToUserProfile,
};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::recorder::{before_loading, calls, gone, step, use_step};
use crate::stand_in::{KEY, run, said, settled, until_shown};

/// Tests that a component leads elsewhere, once, when Clerk is loaded.
macro_rules! redirected {
    ($($test:ident: { $($html:tt)* } to $expected:literal;)*) => {$(
        #[wasm_bindgen_test]
        async fn $test() {
            #[component]
            fn App() -> Html {
                let step = use_step();
                html! { <ClerkProvider publishable_key={KEY}>$($html)*{ step }</ClerkProvider> }
            }
            let (root, app) = before_loading::<App>().await;
            assert_eq!(calls(), "[]");
            run("window.finishLoad()");
            settled().await;
            step(1).await;
            assert_eq!(calls(), $expected);
            gone(&root, app).await;
        }
    )*};
}

redirected! {
    it_leads_to_signing_in: { <RedirectToSignIn redirect_url="/back" /> } to r#"[["redirectToSignIn",{"redirectUrl":"/back"}]]"#;
    it_leads_to_signing_up: { <RedirectToSignUp sign_up_force_redirect_url="/new" /> } to r#"[["redirectToSignUp",{"signUpForceRedirectUrl":"/new"}]]"#;
    it_leads_to_tasks: { <RedirectToTasks redirect_url="/home" /> } to r#"[["redirectToTasks",{"redirectUrl":"/home"}]]"#;
    it_leads_to_the_profile: { <RedirectToUserProfile /> } to r#"[["redirectToUserProfile",{}]]"#;
    it_leads_to_the_organization: { <RedirectToOrganizationProfile /> } to r#"[["redirectToOrganizationProfile",{}]]"#;
    it_leads_to_a_new_organization: { <RedirectToCreateOrganization /> } to r#"[["redirectToCreateOrganization",{}]]"#;
    it_goes_on_after_a_redirect: { <AuthenticateWithRedirectCallback sign_up_url="/sign-up" /> } to r#"[["handleRedirectCallback",{"signUpUrl":"/sign-up"}]]"#;
}

#[wasm_bindgen_test]
async fn where_other_sessions_are_left_it_leads_where_signing_out_does() {
    #[component]
    fn App() -> Html {
        html! { <ClerkProvider publishable_key={KEY}><RedirectToSignIn /></ClerkProvider> }
    }
    let (root, app) = before_loading::<App>().await;
    run("
        const load = window.finishLoad;
        window.Clerk.on('status', () => { window.Clerk.client.signedInSessions = [{}]; });
        const followers = [...window.Clerk.followers].reverse();
        window.Clerk.followers = new Set(followers);
        load();
    ");
    settled().await;
    assert_eq!(said("window.calls[0][0]"), "redirectToAfterSignOut");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn a_callback_that_fails_is_reported() {
    #[component]
    fn App() -> Html {
        let message = use_state(String::new);
        let setter = message.setter();
        let on_error = move |error: clerk_yew::ClerkError| setter.set(error.to_string());
        html! {
            <ClerkProvider publishable_key={KEY}>
                <AuthenticateWithRedirectCallback {on_error} />
                { &*message }
            </ClerkProvider>
        }
    }
    let (root, app) = before_loading::<App>().await;
    run("window.refuse = true; window.finishLoad();");
    until_shown(&root, "no sign-in is under way").await;
    gone(&root, app).await;
}
