//! The provider sends what is set.

use clerk_yew::{ClerkProvider, Raw, TaskUrls};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::recorder::{gone, recorded, step, use_step};
use crate::stand_in::{KEY, holds, run, said};

#[wasm_bindgen_test]
async fn the_provider_sends_the_options_that_are_set() {
    #[component]
    fn App() -> Html {
        let step = use_step();
        html! {
            <ClerkProvider
                publishable_key={KEY}
                sign_in_url="/in"
                after_sign_out_url="/bye"
                allowed_redirect_origins={vec!["https://a.b".into()]}
                task_urls={TaskUrls::new().setup_mfa("/mfa")}
                localization={(step == 0).then(|| Raw::json(r#"{"locale":"de-DE"}"#))}
                touch_session={false}
                telemetry={false}
                extra={Raw::json(r#"{"signInUrl":"/other","brandNew":1}"#)}
            />
        }
    }
    let (root, app) = recorded::<App>().await;
    run("const {ui, sdkMetadata, ...rest} = window.given.load; window.rest = rest;");
    assert_eq!(
        said("JSON.stringify(window.rest)"),
        r#"{"signInUrl":"/in","brandNew":1,"publishableKey":"pk_test_YS5iJA","afterSignOutUrl":"/bye","allowedRedirectOrigins":["https://a.b"],"taskUrls":{"setup-mfa":"/mfa"},"localization":{"locale":"de-DE"},"touchSession":false,"telemetry":false}"#
    );
    assert_eq!(said("window.given.load.sdkMetadata.name"), "clerk-yew");

    // What is taken back is taken back.
    step(1).await;
    assert!(holds(
        "'localization' in window.calls[0][1].options && \
         window.calls[0][1].options.localization === undefined"
    ));
    gone(&root, app).await;
}
