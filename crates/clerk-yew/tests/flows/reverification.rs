//! Proving once more that it is the person.

use std::cell::{Cell, RefCell};

use clerk_yew::resources::*;
use clerk_yew::*;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::AppHandle;
use yew::prelude::*;

use crate::stand_in::{KEY, run, said, signed_out};
use crate::{keep, kept};

thread_local! {
    static REVERIFICATION: RefCell<Option<UseReverification>> = const { RefCell::new(None) };
}

#[component]
fn Sensitive() -> Html {
    keep(&REVERIFICATION, use_reverification());
    html! {}
}

app!(SensitiveApp, Sensitive);

/// An app's own error: the body of a 403, or one of Clerk's.
#[derive(Debug, PartialEq)]
enum ApiError {
    Forbidden(&'static str),
    Clerk(ClerkError),
}

impl From<ClerkError> for ApiError {
    fn from(error: ClerkError) -> Self {
        Self::Clerk(error)
    }
}

impl NeedsReverification for ApiError {
    fn reverification(&self) -> Option<ReverificationHint> {
        match self {
            Self::Forbidden(body) => ReverificationHint::in_body(body),
            Self::Clerk(error) => error.reverification(),
        }
    }
}

const HINT: &str = r#"{"clerk_error": {"type": "forbidden", "reason": "reverification-error",
    "metadata": {"reverification": {"level": "second_factor", "afterMinutes": 5}}}}"#;

/// An answer that is refused the first time.
async fn refused_once(body: &'static str, asked: &Cell<u32>) -> Result<&'static str, ApiError> {
    asked.set(asked.get() + 1);
    if asked.get() == 1 {
        Err(ApiError::Forbidden(body))
    } else {
        Ok("done")
    }
}

/// Clerk's window opens, and the person does this there.
async fn sensitive(then: &str) -> (UseReverification, AppHandle<SensitiveApp>) {
    let (_, app) = signed_out::<SensitiveApp>().await;
    run(&format!(
        "window.opened = [];
         window.Clerk.__internal_openReverification = (props) => {{
             window.opened.push(String(props.level)); setTimeout(props.{then}); }}"
    ));
    (kept(&REVERIFICATION), app)
}

#[wasm_bindgen_test]
async fn what_asks_for_reverification_is_run_again_after_it() {
    let (reverification, app) = sensitive("afterVerification").await;
    let asked = Cell::new(0);
    let answer = reverification.run(|| refused_once(HINT, &asked)).await;
    assert_eq!((answer, asked.get()), (Ok("done"), 2));
    assert_eq!(said("window.opened"), "second_factor");

    // The same when clerk-js itself is refused.
    let user = User::new(run("let asked = 0; return {async update() {
        if ((asked += 1) === 1) throw {status: 403, errors: [{code: 'session_reverification_required'}]};
        return this; }}"));
    let answer = reverification
        .run(async || user.update(&UpdateUser::new()).await)
        .await;
    assert!(answer.is_ok());
    assert_eq!(said("window.opened"), "second_factor,undefined");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_person_who_closes_the_window_is_told_apart() {
    let (reverification, app) = sensitive("afterVerificationCancelled").await;
    let asked = Cell::new(0);
    let answer = reverification.run(|| refused_once(HINT, &asked)).await;
    let Err(ApiError::Clerk(error)) = answer else {
        panic!("it is cancelled")
    };
    assert_eq!(
        (error.kind(), asked.get()),
        (ErrorKind::ReverificationCancelled, 1)
    );
    app.destroy();
}

#[wasm_bindgen_test]
async fn another_refusal_opens_no_window() {
    let (reverification, app) = sensitive("afterVerification").await;
    for body in [
        "{}",
        "not JSON",
        r#"{"clerk_error": {"type": "forbidden", "reason": "other"}}"#,
    ] {
        let answer = reverification
            .run(async || refused_once(body, &Cell::new(0)).await)
            .await;
        assert_eq!(answer, Err(ApiError::Forbidden(body)));
    }
    assert_eq!(said("window.opened.length"), "0");
    app.destroy();
}

#[wasm_bindgen_test]
async fn an_own_form_may_ask_instead_of_clerk_s_window() {
    let (reverification, app) = sensitive("afterVerification").await;
    let asked = Cell::new(0);
    let ask = |request: ReverificationRequest| {
        assert_eq!(request.level.map(|it| it.as_str()), Some("second_factor"));
        request.complete();
        Ok(())
    };
    let answer = reverification
        .run_with(|| refused_once(HINT, &asked), ask)
        .await;
    assert_eq!(answer, Ok("done"));
    assert_eq!(said("window.opened.length"), "0");
    app.destroy();
}
