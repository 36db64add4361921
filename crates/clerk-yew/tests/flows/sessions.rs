//! The sessions of a browser, and which one is taken up.

use std::cell::RefCell;

use clerk_yew::resources::*;
use clerk_yew::*;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::stand_in::{KEY, loading, run, said, settled, signed_out, text, until_shown};
use crate::{keep, kept, rendered, renders};

thread_local! {
    static CLERK: RefCell<Option<Clerk>> = const { RefCell::new(None) };
}

#[component]
fn Accounts() -> Html {
    renders();
    let ids = use_session_list().map(|list| list.iter().map(Session::id).collect::<Vec<_>>());
    html! { ids.map_or("loading".to_owned(), |ids| ids.join(" ")) }
}

app!(AccountsApp, Accounts);

#[wasm_bindgen_test]
async fn the_sessions_of_the_browser_are_listed() {
    let (root, app) = loading::<AccountsApp>().await;
    assert_eq!(text(&root), "loading");
    run("window.finishLoad()");
    until_shown(&root, "").await;
    run("window.Clerk.client.sessions = [{id: 'sess_1', lastActiveAt: new Date(1)}, {id: 'sess_2'}];
         window.ada(async () => 'token')");
    until_shown(&root, "sess_1 sess_2").await;
    rendered();
    run("window.Clerk.client.sessions = [{id: 'sess_1', lastActiveAt: new Date(2)}, {id: 'sess_2'}];
         window.ada(async () => 'token')");
    settled().await;
    assert_eq!(rendered(), 0);
    app.destroy();
}

#[component]
fn Chooser() -> Html {
    keep(&CLERK, use_clerk());
    Html::default()
}

app!(ChooserApp, Chooser);

#[wasm_bindgen_test]
async fn what_is_none_is_told_apart_from_what_is_left_out() {
    let (_, app) = signed_out::<ChooserApp>().await;
    run(
        "window.Clerk.setActive = async (params) => { window.given.active = JSON.stringify(params); }",
    );
    for (params, given) in [
        (
            SetActive::new().session("sess_2"),
            r#"{"session":"sess_2"}"#,
        ),
        (
            SetActive::new().no_session().redirect_url("/bye"),
            r#"{"session":null,"redirectUrl":"/bye"}"#,
        ),
        (
            SetActive::new().organization("acme"),
            r#"{"organization":"acme"}"#,
        ),
        (
            SetActive::new().session("sess_2").no_organization(),
            r#"{"session":"sess_2","organization":null}"#,
        ),
    ] {
        kept(&CLERK).try_set_active(params).await.expect("taken up");
        assert_eq!(said("window.given.active"), given);
    }
    app.destroy();
}
