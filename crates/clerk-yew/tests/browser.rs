//! In a real browser, with a `Clerk` object of the tests' own that answers when it is told to:
//! what happens around promises in flight. The real clerk-js is in the browser tests of the app.
#![cfg(target_arch = "wasm32")]

use clerk_yew::{
    ClerkFailed, ClerkLoaded, ClerkLoading, ClerkProvider, SignIn, SignedIn, SignedOut, Task,
    TokenOptions, use_auth, use_user,
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, window};
use yew::AppHandle;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// A stand-in for clerk-js that notes what is asked of it.
const STAND_IN: &str = "
    window.__internal_ClerkUICtor = function () {};
    delete window.finishLoad;
    delete window.failLoad;
    window.seen = {listeners: 0, mounted: 0, tokens: 0};
    window.Clerk = {
        loaded: false, user: undefined, session: undefined, listeners: new Set(),
        load() { return new Promise((resolve, reject) => {
            window.finishLoad = () => { this.loaded = true; this.user = null; this.session = null; resolve(); };
            window.failLoad = (message) => reject(new Error(message));
        }); },
        addListener(listener) {
            this.listeners.add(listener); window.seen.listeners = this.listeners.size;
            return () => { this.listeners.delete(listener); window.seen.listeners = this.listeners.size; };
        },
        become(user, session) {
            this.user = user; this.session = session;
            for (const listener of this.listeners) listener({});
        },
        mountSignIn() { window.seen.mounted += 1; }, unmountSignIn() { window.seen.mounted -= 1; },
    };
    window.ada = (token, status = 'active') => window.Clerk.become(
        {id: 'user_1', firstName: 'Ada', lastName: null, imageUrl: '',
         primaryEmailAddress: {emailAddress: 'ada@example.com'}},
        {id: 'sess_1', status, getToken: () => { window.seen.tokens += 1; return token(); }});
";

fn run(script: &str) -> JsValue {
    Function::new_no_args(script)
        .call0(&JsValue::NULL)
        .expect("the script runs")
}

fn seen(what: &str) -> f64 {
    let seen =
        Reflect::get(&window().expect("a window").into(), &"seen".into()).expect("it is set");
    Reflect::get(&seen, &what.into())
        .ok()
        .and_then(|it| it.as_f64())
        .expect("a number")
}

/// An element of its own for a test's app.
fn root() -> Element {
    let document = window().and_then(|it| it.document()).expect("a document");
    let root = document.create_element("div").expect("an element");
    document
        .body()
        .expect("a body")
        .append_child(&root)
        .expect("appended");
    root
}

async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("waited in vain for {what}");
}

#[component]
fn Who() -> Html {
    let user = use_user();
    html! { <b>{ user.map(|user| user.full_name()) }</b> }
}

#[component]
fn AsksForAToken() -> Html {
    let auth = use_auth();
    let token = use_state(|| "none".to_owned());
    let setter = token.setter();
    use_effect_with((), move |()| {
        let task = Task::spawn(async move {
            if let Ok(token) = auth.get_token(&TokenOptions::default()).await {
                setter.set(token);
            }
        });
        move || drop(task)
    });
    html! { <i>{ (*token).clone() }</i> }
}

#[component]
fn App() -> Html {
    html! {
        <ClerkProvider publishable_key="pk_test_YS5iJA">
            <ClerkLoading>{ "loading" }</ClerkLoading>
            <ClerkFailed>{ "failed" }</ClerkFailed>
            <ClerkLoaded>{ "loaded" }</ClerkLoaded>
            <SignedOut>{ " nobody" }<SignIn /></SignedOut>
            <SignedIn>{ " somebody " }<Who /><AsksForAToken /></SignedIn>
        </ClerkProvider>
    }
}

fn text(root: &Element) -> String {
    root.text_content().unwrap_or_default()
}

/// The app, while Clerk loads.
async fn loading() -> (Element, AppHandle<App>) {
    run(STAND_IN);
    let root = root();
    let app = yew::Renderer::<App>::with_root(root.clone()).render();
    until("Clerk to be asked to load", || {
        run("return !!window.finishLoad").is_truthy()
    })
    .await;
    (root, app)
}

/// The app, loaded, with nobody signed in.
async fn signed_out() -> (Element, AppHandle<App>) {
    let (root, app) = loading().await;
    run("window.finishLoad()");
    until("the page to know nobody", || text(&root) == "loaded nobody").await;
    (root, app)
}

#[wasm_bindgen_test]
async fn components_follow_clerk_and_leave_nothing_behind() {
    let (root, app) = loading().await;
    assert_eq!(text(&root), "loading");

    run("window.finishLoad()");
    until("the page to know nobody", || text(&root) == "loaded nobody").await;
    assert_eq!((seen("listeners"), seen("mounted")), (1.0, 1.0));

    // Clerk answers undefined in between: what was known stays.
    run("window.Clerk.become(undefined, undefined)");
    TimeoutFuture::new(50).await;
    assert_eq!(text(&root), "loaded nobody");

    // Who must still do something is nobody yet; the form stays, and shows what.
    run("window.ada(async () => 'a token too early', 'pending')");
    TimeoutFuture::new(50).await;
    assert_eq!(text(&root), "loaded nobody");
    assert_eq!((seen("mounted"), seen("tokens")), (1.0, 0.0));

    // Right after sign-in there may be no token yet.
    run("let asked = 0; window.ada(async () => (asked += 1) > 2 ? 'the token' : null)");
    until("the token", || {
        text(&root) == "loaded somebody Adathe token"
    })
    .await;
    assert_eq!(seen("mounted"), 0.0, "the form is gone");

    app.destroy();
    until("the listener to be removed", || seen("listeners") == 0.0).await;
    run("window.Clerk.become(null, null)");
}

#[wasm_bindgen_test]
async fn a_sign_in_in_another_tab_is_followed_here() {
    let (root, app) = signed_out().await;
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
    until("the session", || text(&root) == "loaded somebody Adasess_1").await;
    // Whoever signs in here is told of in turn.
    until("the other tab to be told", || {
        run("return !!window.told").is_truthy()
    })
    .await;
    app.destroy();
    run("window.other.close()");
}

#[wasm_bindgen_test]
async fn a_component_that_goes_while_a_promise_is_in_flight_does_no_harm() {
    let (root, app) = signed_out().await;
    run("window.ada(() => new Promise((resolve) => { window.late = resolve; }))");
    until("a token to be asked for", || seen("tokens") == 1.0).await;
    run("window.Clerk.become(null, null)");
    until("the component to go", || text(&root) == "loaded nobody").await;
    run("window.late('too late')");
    TimeoutFuture::new(50).await;
    assert_eq!(text(&root), "loaded nobody");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_provider_that_goes_while_clerk_loads_never_listens() {
    let (_, app) = loading().await;
    app.destroy();
    run("window.finishLoad()");
    TimeoutFuture::new(50).await;
    assert_eq!(seen("listeners"), 0.0);
}

#[wasm_bindgen_test]
async fn clerk_that_fails_to_load_is_the_failed_state() {
    let (root, app) = loading().await;
    run("window.failLoad('no such instance')");
    until("the failed state", || text(&root) == "failed").await;
    app.destroy();
}
