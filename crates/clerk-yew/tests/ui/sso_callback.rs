//! Back from another service.

use clerk_yew::{ClerkProvider, HandleSSOCallback};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::recorder::{before_loading, gone};
use crate::stand_in::{KEY, run, said, settled};

/// A sign-in and a sign-up as clerk-js has them when another service has sent the person back.
const CAME_BACK: &str = "
    window.went = [];
    window.signIn = {status: 'needs_identifier', supportedFirstFactors: [], isTransferable: false,
        async create(params) { window.went.push('create ' + JSON.stringify(params));
            if (window.completes) this.status = 'complete'; return {error: null}; },
        async finalize({navigate}) { window.went.push('finalize');
            navigate({session: {id: 'sess_1'}, decorateUrl: (url) => url + '?decorated'});
            return {error: null}; }};
    window.signUp = {...window.signIn, status: 'missing_requirements'};
    window.Clerk.__internal_state = {
        signInSignal: () => ({signIn: window.signIn}), signUpSignal: () => ({signUp: window.signUp})};
    window.Clerk.setActive = async ({session, navigate}) => { window.went.push('setActive ' + session);
        navigate({session: {id: session}, decorateUrl: (url) => url}); };
    delete window.completes;
    delete window.Clerk.__internal_resolvePendingProtectCheck;
";

#[component]
fn CameBack() -> Html {
    fn went(to: &str) {
        run(&format!("window.went.push('{to}')"));
    }
    html! {
        <ClerkProvider publishable_key={KEY}>
            <HandleSSOCallback
                navigate_to_app={|done: clerk_yew::resources::Finalized| {
                    went(&format!("{} to {}", done.session.id(), done.decorate_url("/home")));
                }}
                navigate_to_sign_in={|()| went("/sign-in")}
                navigate_to_sign_up={|()| went("/sign-up")}
            />
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn who_comes_back_from_another_service_goes_on_where_they_must() {
    for (state, went) in [
        (
            "signIn.status = 'complete'",
            "finalize,sess_1 to /home?decorated",
        ),
        (
            "signUp.status = 'complete'",
            "finalize,sess_1 to /home?decorated",
        ),
        (
            "signUp.isTransferable = true; window.completes = true",
            r#"create {"transfer":true},finalize,sess_1 to /home?decorated"#,
        ),
        (
            "signUp.isTransferable = true",
            r#"create {"transfer":true},/sign-in"#,
        ),
        (
            "signIn.isTransferable = true; window.completes = true",
            r#"create {"transfer":true},finalize,sess_1 to /home?decorated"#,
        ),
        (
            "signIn.isTransferable = true",
            r#"create {"transfer":true},/sign-up"#,
        ),
        (
            "signIn.status = 'needs_first_factor'; signIn.supportedFirstFactors = [{strategy: 'password'}]",
            "/sign-in",
        ),
        (
            "signIn.status = 'needs_first_factor'; signIn.supportedFirstFactors = [{strategy: 'enterprise_sso'}]",
            "",
        ),
        ("signIn.status = 'needs_second_factor'", "/sign-in"),
        ("signIn.status = 'needs_new_password'", "/sign-in"),
        (
            "signUp.existingSession = {sessionId: 'sess_2'}",
            "setActive sess_2,sess_2 to /home",
        ),
        (
            "Clerk.__internal_resolvePendingProtectCheck = async () => { throw new Error('no'); }; \
             signUp.protectCheck = {}",
            "/sign-up",
        ),
        ("0", ""),
    ] {
        let (root, app) = before_loading::<CameBack>().await;
        run(CAME_BACK);
        run(state);
        run("window.finishLoad()");
        settled().await;
        assert_eq!(said("window.went"), went, "{state}");
        gone(&root, app).await;
    }
}
