//! In a real browser, with a `Clerk` object of the tests' own that answers when it is told to:
//! what happens around promises in flight. The real clerk-js is in the browser tests of the app.
#![cfg(target_arch = "wasm32")]

mod stand_in;

use std::cell::{Cell, RefCell};

use clerk_yew::{
    Clerk, ClerkFailed, ClerkLoaded, ClerkLoading, ClerkProvider, SignIn, SignOutOptions, SignedIn,
    SignedOut, TokenOptions, get_token, use_auth, use_clerk, use_session, use_user,
};
use gloo_timers::future::TimeoutFuture;
use stand_in::{
    KEY, holds, hurry, loading, reported, run, said, seen, settled, signed_out, text, until,
    until_shown,
};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

#[component]
fn Who() -> Html {
    let user = use_user().signed_in();
    html! { <b>{ user.map(|user| user.full_name()) }</b> }
}

#[component]
fn AsksForAToken() -> Html {
    let auth = use_auth();
    let token = use_state(|| "none".to_owned());
    let setter = token.setter();
    use_effect_with((), move |()| {
        spawn_local(async move {
            if let Ok(token) = auth.get_token(&TokenOptions::new()).await {
                setter.set(token);
            }
        });
    });
    html! { <i>{ (*token).clone() }</i> }
}

#[component]
fn App() -> Html {
    html! {
        <ClerkProvider publishable_key={KEY}>
            <ClerkLoading>{ "loading" }</ClerkLoading>
            <ClerkFailed>{ "failed" }</ClerkFailed>
            <ClerkLoaded>{ "loaded" }</ClerkLoaded>
            <SignedOut>{ " nobody" }<SignIn /></SignedOut>
            <SignedIn>{ " somebody " }<Who /><AsksForAToken /></SignedIn>
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn components_follow_clerk() {
    let (root, app) = loading::<App>().await;
    assert_eq!(text(&root), "loading");

    run("window.finishLoad()");
    until_shown(&root, "loaded nobody").await;
    assert_eq!((seen("listeners"), seen("mounted")), (1.0, 1.0));

    // Clerk answers undefined in between: what was known stays.
    run("window.Clerk.become(undefined, undefined)");
    settled().await;
    assert_eq!(text(&root), "loaded nobody");

    // Who must still do something is nobody yet; the form stays, and shows what.
    run("window.ada(async () => 'a token too early', 'pending')");
    settled().await;
    assert_eq!(text(&root), "loaded nobody");
    assert_eq!((seen("mounted"), seen("tokens")), (1.0, 0.0));

    // Right after sign-in there may be no token yet.
    run("let asked = 0; window.ada(async () => (asked += 1) > 2 ? 'the token' : null)");
    until_shown(&root, "loaded somebody Adathe token").await;
    assert_eq!(seen("mounted"), 0.0, "the form is gone");

    app.destroy();
    run("window.Clerk.become(null, null)");
}

#[wasm_bindgen_test]
async fn a_sign_in_in_another_tab_is_followed_here() {
    let (root, app) = signed_out::<App>().await;
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
    until_shown(&root, "loaded somebody Adasess_1").await;
    // Whoever signs in here is told of in turn.
    until("the other tab to be told", || {
        stand_in::holds("window.told")
    })
    .await;
    app.destroy();
    run("window.other.close()");
}

#[wasm_bindgen_test]
async fn a_component_that_goes_while_a_promise_is_in_flight_does_no_harm() {
    let (root, app) = signed_out::<App>().await;
    run("window.ada(() => new Promise((resolve) => { window.late = resolve; }))");
    until("a token to be asked for", || seen("tokens") == 1.0).await;
    run("window.Clerk.become(null, null)");
    until_shown(&root, "loaded nobody").await;
    run("window.late('too late')");
    settled().await;
    assert_eq!(text(&root), "loaded nobody");
    app.destroy();
}

#[wasm_bindgen_test]
async fn clerk_that_fails_to_load_is_the_failed_state() {
    let (root, app) = loading::<App>().await;
    run("window.failLoad('no such instance')");
    until_shown(&root, "failed").await;
    app.destroy();
}

thread_local! {
    /// What a component has had from [`use_clerk`].
    static CLERK: RefCell<Option<Clerk>> = const { RefCell::new(None) };
}

#[component]
fn Leaves() -> Html {
    let clerk = use_clerk();
    CLERK.set(Some(clerk.clone()));
    use_effect_with((), move |()| {
        clerk.sign_out(SignOutOptions::new().redirect_url("/bye"));
    });
    Html::default()
}

#[component]
fn AsksEarly() -> Html {
    html! {
        <ClerkProvider publishable_key={KEY}>
            <SignedIn>{ "somebody" }</SignedIn>
            <SignedOut>{ "nobody" }</SignedOut>
            <Leaves />
        </ClerkProvider>
    }
}

/// What asking for a token outside components comes to, in `window.outcome`.
fn ask_outside(options: TokenOptions) {
    run("delete window.outcome");
    spawn_local(async move {
        let outcome = match get_token(&options).await {
            Ok(token) => token,
            Err(error) => format!("{:?}: {error}", error.kind()),
        };
        run(&format!("window.outcome = {outcome:?}"));
    });
}

async fn outcome() -> String {
    until("an outcome", || holds("window.outcome")).await;
    said("window.outcome")
}

#[wasm_bindgen_test]
async fn a_token_asked_for_before_clerk_is_loaded_is_waited_for() {
    let (_, app) = loading::<Nothing>().await;
    ask_outside(TokenOptions::new().template("supabase"));
    settled().await;
    assert!(!holds("window.outcome"), "{}", said("window.outcome"));
    run("
        window.finishLoad();
        window.ada(async () => 'the token');
    ");
    assert_eq!(outcome().await, "the token");
    assert!(holds("window.given.token.template === 'supabase'"));
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_token_for_nobody_and_one_of_no_template_are_told_apart() {
    let (_, app) = signed_out::<App>().await;
    ask_outside(TokenOptions::new());
    assert_eq!(outcome().await, "SignedOut: You are signed out.");
    run(
        "window.ada(async () => { throw Object.assign(new Error('Not Found'), {status: 404,
        errors: [{code: 'resource_not_found', message: 'not found'}]}); })",
    );
    ask_outside(TokenOptions::new().template("supabase"));
    let told = outcome().await;
    assert!(
        told.starts_with("NoSuchTemplate") && told.contains("supabase"),
        "{told}"
    );
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_token_that_never_comes_is_waited_for_by_time_and_not_asked_for_a_hundred_times() {
    let (_, app) = signed_out::<Nothing>().await;
    run("window.ada(async () => null)");
    ask_outside(TokenOptions::new());
    for _ in 0..2 {
        TimeoutFuture::new(2_000).await;
        assert!(!holds("window.outcome"));
    }
    let told = outcome().await;
    assert!(told.starts_with("Offline"), "{told}");
    assert!(seen("tokens") <= 12.0, "{} requests", seen("tokens"));

    // Also when Clerk does not answer at all.
    hurry();
    run("window.ada(() => new Promise(() => {}))");
    ask_outside(TokenOptions::new());
    assert!(outcome().await.starts_with("Offline"));
    app.destroy();
}

#[component]
fn Nothing() -> Html {
    html! { <ClerkProvider publishable_key={KEY}>{ "" }</ClerkProvider> }
}

#[wasm_bindgen_test]
async fn an_action_before_clerk_is_loaded_is_done_when_it_is() {
    let (_, app) = loading::<AsksEarly>().await;
    run("window.Clerk.signOut = async (options) => { window.given.signOut = options; }");
    settled().await;
    assert!(!holds("window.given.signOut"));
    run("window.finishLoad()");
    until("the sign-out", || holds("window.given.signOut")).await;
    assert_eq!(said("window.given.signOut.redirectUrl"), "/bye");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_failed_sign_out_is_reported_and_the_state_is_what_clerk_says() {
    let (root, app) = loading::<AsksEarly>().await;
    // Clerk forgets who is there, and its server then says no.
    run("
        window.Clerk.signOut = async () => {
            window.Clerk.become(undefined, undefined);
            throw new Error('the server says no');
        };
        window.Clerk.setActive = async ({session}) => window.ada(async () => session);
        window.finishLoad();
        window.ada(async () => 'the token');
    ");
    until("the console to be told", || reported("the server says no")).await;
    until_shown(&root, "somebody").await;
    until("the session to be back", || holds("window.Clerk.session")).await;

    // Or it had signed out all the same, and told nobody.
    run("window.Clerk.signOut = async () => {
        Object.assign(window.Clerk, {user: null, session: null});
        throw new Error('too late');
    }");
    let outcome = CLERK
        .take()
        .expect("a handle")
        .try_sign_out(SignOutOptions::new())
        .await;
    assert_eq!(outcome.map_err(|it| it.to_string()), Err("too late".into()));
    until_shown(&root, "nobody").await;
    app.destroy();
}

thread_local! {
    static RENDERED: Cell<[u32; 3]> = const { Cell::new([0; 3]) };
}

fn rendered(index: usize) {
    let mut counts = RENDERED.get();
    counts[index] += 1;
    RENDERED.set(counts);
}

#[component]
fn ShowsTheName() -> Html {
    rendered(0);
    let user = use_user().signed_in();
    html! { <b>{ user.map(|user| user.full_name()) }</b> }
}

#[component]
fn ShowsTheId() -> Html {
    rendered(1);
    let auth = use_auth();
    html! { <b>{ auth.user_id().map(str::to_owned) }</b> }
}

#[component]
fn ShowsWhetherSomebodyIsThere() -> Html {
    rendered(2);
    html! { <SignedIn>{ "!" }</SignedIn> }
}

#[component]
fn Counted() -> Html {
    html! {
        <ClerkProvider publishable_key={KEY}>
            <ShowsTheName /><ShowsTheId /><ShowsWhetherSomebodyIsThere />
        </ClerkProvider>
    }
}

/// Ada's state at Clerk with this name, and with all that clerk-js changes whenever it asks for a
/// token.
fn refreshed(name: &str, at: u32) {
    run(&format!(
        "window.Clerk.become(window.person({{firstName: '{name}'}}), {{id: 'sess_1', status: 'active',
            expireAt: new Date({at}), abandonAt: new Date({at}), lastActiveAt: new Date({at}),
            updatedAt: new Date({at}), factorVerificationAge: [{at}, -1],
            lastActiveToken: {{jwt: {{claims: {{iat: {at}, __raw: 'token {at}'}}}}}}}})"
    ));
}

#[wasm_bindgen_test]
async fn a_token_refresh_renders_nothing_and_a_rename_what_shows_the_name() {
    let (root, app) = signed_out::<Counted>().await;
    refreshed("Ada", 1);
    until_shown(&root, "Adauser_1!").await;
    RENDERED.set([0; 3]);

    for at in 2..5 {
        refreshed("Ada", at);
        settled().await;
    }
    assert_eq!(RENDERED.get(), [0, 0, 0]);

    refreshed("Augusta", 5);
    until_shown(&root, "Augustauser_1!").await;
    assert_eq!(RENDERED.get(), [1, 0, 0]);
    app.destroy();
}

#[component]
fn HasASession() -> Html {
    rendered(0);
    let session = use_session().signed_in();
    html! { <b>{ session.map(|session| session.id()) }</b> }
}

#[component]
fn WithASession() -> Html {
    html! { <ClerkProvider publishable_key={KEY}><HasASession /></ClerkProvider> }
}

#[wasm_bindgen_test]
async fn a_token_refresh_is_no_new_session() {
    let (root, app) = signed_out::<WithASession>().await;
    refreshed("Ada", 1);
    until_shown(&root, "sess_1").await;
    RENDERED.set([0; 3]);
    refreshed("Ada", 2);
    settled().await;
    assert_eq!(RENDERED.get(), [0, 0, 0]);
    app.destroy();
}

#[wasm_bindgen_test]
async fn two_calls_from_other_tabs_are_followed_once() {
    let (_, app) = signed_out::<Nothing>().await;
    run("
        window.followed = 0;
        window.Clerk.client = {
            lastActiveSessionId: 'sess_1',
            async reload() { window.followed += 1; await new Promise((it) => { window.go = it; }); },
        };
        window.Clerk.setActive = async ({session}) => window.ada(async () => session);
        window.other = new BroadcastChannel('clerk-yew pk_test_YS5iJA');
        window.other.postMessage('signed in');
        window.other.postMessage('signed in');
    ");
    until("the first to be followed", || holds("window.go")).await;
    settled().await;
    run("window.go()");
    until("somebody to be here", || holds("window.Clerk.user")).await;
    settled().await;
    assert_eq!(said("window.followed"), "1");
    run("window.other.close()");
    app.destroy();
}
