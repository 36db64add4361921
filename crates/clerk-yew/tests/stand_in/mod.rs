//! A stand-in for clerk-js that notes what is asked of it and answers when it is told to, and what
//! the tests in a browser need besides.
#![allow(dead_code, reason = "each test file uses some of it")]

use gloo_timers::future::TimeoutFuture;
use js_sys::Function;
use wasm_bindgen::JsValue;
use web_sys::{Element, window};
use yew::AppHandle;
use yew::html::BaseComponent;

/// A publishable key of the host `a.b`.
pub const KEY: &str = "pk_test_YS5iJA";

/// `window.Clerk` and what a test tells it: `finishLoad()`, `failLoad(message)`,
/// `Clerk.become(user, session)`, `ada(token, status)`. What it is asked for is counted in `seen`,
/// what it is given is in `given`.
const STAND_IN: &str = "
    window.__internal_ClerkUICtor = function () {};
    delete window.finishLoad;
    delete window.failLoad;
    window.seen = {loads: 0, listeners: 0, mounted: 0, tokens: 0};
    window.given = {props: []};
    window.setTimeout = window.unhurried ??= window.setTimeout;
    const error = window.error ??= console.error;
    window.reported = [];
    console.error = (...words) => { window.reported.push(words.join(' ')); error(...words); };
    window.Clerk = {
        publishableKey: 'pk_test_YS5iJA', loaded: false, status: 'loading',
        user: undefined, session: undefined, organization: undefined, client: undefined,
        listeners: new Set(), followers: new Set(),
        on(event, follower) { if (event === 'status') this.followers.add(follower); },
        load(options) { window.seen.loads += 1; window.given.load = options;
            return new Promise((resolve, reject) => {
                window.finishLoad = () => {
                    Object.assign(this, {loaded: true, user: null, session: null, organization: null,
                        client: {sessions: [], async reload() {}}});
                    this.turn('ready');
                    resolve();
                };
                window.failLoad = (message) => { this.turn('error'); reject(new Error(message)); };
            });
        },
        turn(status) { this.status = status; for (const it of this.followers) it(status); },
        addListener(listener) {
            this.listeners.add(listener); window.seen.listeners = this.listeners.size;
            return () => { this.listeners.delete(listener); window.seen.listeners = this.listeners.size; };
        },
        become(user, session, organization = null) {
            Object.assign(this, {user, session, organization});
            for (const listener of [...this.listeners]) listener({});
        },
        __internal_updateProps(props) { window.given.props.push(props); },
    };
    for (const name of ['SignIn', 'SignUp', 'UserButton', 'UserProfile']) {
        window.Clerk['mount' + name] = () => { window.seen.mounted += 1; };
        window.Clerk['unmount' + name] = () => { window.seen.mounted -= 1; };
    }
    window.person = (more = {}) => ({id: 'user_1', firstName: 'Ada', lastName: null, fullName: 'Ada',
        imageUrl: '', primaryEmailAddress: {emailAddress: 'ada@example.com'}, ...more});
    window.ada = (token, status = 'active') => window.Clerk.become(window.person(),
        {id: 'sess_1', status, getToken: (options) => {
            window.seen.tokens += 1; window.given.token = options; return token(); }});
";

/// A page that was just opened, with the stand-in in it.
pub fn fresh_page() {
    clerk_yew::testing::new_page();
    run(STAND_IN);
}

/// Runs a script as the body of a function.
pub fn run(script: &str) -> JsValue {
    Function::new_no_args(script)
        .call0(&JsValue::NULL)
        .expect("the script runs")
}

/// From now on, until the next fresh page, time passes a hundred times as fast for whoever waits.
pub fn hurry() {
    run(
        "window.setTimeout = (then, pause, ...rest) => window.unhurried(then, pause / 100, ...rest)",
    );
}

/// Whether an expression holds.
pub fn holds(expression: &str) -> bool {
    run(&format!("return !!({expression})")).is_truthy()
}

/// What an expression says, as text.
pub fn said(expression: &str) -> String {
    let text = run(&format!("return String({expression})"));
    text.as_string().expect("a text")
}

/// How often the stand-in was asked for this.
pub fn seen(what: &str) -> f64 {
    run(&format!("return window.seen.{what}"))
        .as_f64()
        .expect("a number")
}

/// Whether the console was told of this.
pub fn reported(what: &str) -> bool {
    said("window.reported.join()").contains(what)
}

/// An app in an element of its own.
pub fn show<C>() -> (Element, AppHandle<C>)
where
    C: BaseComponent,
    C::Properties: Default,
{
    show_with(C::Properties::default())
}

/// An app with these properties, in an element of its own.
pub fn show_with<C: BaseComponent>(properties: C::Properties) -> (Element, AppHandle<C>) {
    let document = window().and_then(|it| it.document()).expect("a document");
    let root = document.create_element("div").expect("an element");
    let body = document.body().expect("a body");
    body.append_child(&root).expect("appended");
    let app = yew::Renderer::<C>::with_root_and_props(root.clone(), properties).render();
    (root, app)
}

/// What an element shows.
pub fn text(root: &Element) -> String {
    root.text_content().unwrap_or_default()
}

/// Waits for a condition, some seconds.
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("waited in vain for {what}");
}

/// Waits until an element shows this.
pub async fn until_shown(root: &Element, expected: &str) {
    for _ in 0..500 {
        if text(root) == expected {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("waited in vain for {expected:?}; it shows {:?}", text(root));
}

/// Long enough for everything that is under way to have happened.
pub async fn settled() {
    TimeoutFuture::new(50).await;
}

/// An app, while Clerk loads.
pub async fn loading<C>() -> (Element, AppHandle<C>)
where
    C: BaseComponent,
    C::Properties: Default,
{
    loading_with(C::Properties::default()).await
}

/// An app with these properties, while Clerk loads.
pub async fn loading_with<C: BaseComponent>(properties: C::Properties) -> (Element, AppHandle<C>) {
    fresh_page();
    let shown = show_with(properties);
    until("Clerk to be asked to load", || holds("window.finishLoad")).await;
    shown
}

/// Clerk has loaded, and nobody is signed in.
pub async fn finish_loading() {
    run("window.finishLoad()");
    until("Clerk to be listened to", || seen("listeners") == 1.0).await;
    settled().await;
}

/// An app, loaded, with nobody signed in.
pub async fn signed_out<C>() -> (Element, AppHandle<C>)
where
    C: BaseComponent,
    C::Properties: Default,
{
    let shown = loading().await;
    finish_loading().await;
    shown
}
