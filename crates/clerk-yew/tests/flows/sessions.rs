//! The sessions of a browser.

use clerk_yew::resources::*;
use clerk_yew::*;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::stand_in::{KEY, loading, run, settled, text, until_shown};
use crate::{rendered, renders};

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
