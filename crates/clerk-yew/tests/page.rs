//! The page and its one Clerk, in a real browser with a `Clerk` object of the tests' own.
#![cfg(target_arch = "wasm32")]

mod stand_in;

use clerk_yew::{Clerk, ClerkProvider, Status, UserButton, use_clerk_status};
use stand_in::{
    KEY, finish_loading, fresh_page, holds, hurry, loading, loading_with, reported, run, said,
    seen, settled, show_with, signed_out, text, until, until_shown,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// An app as a test wants it.
#[derive(Clone, PartialEq, Properties)]
struct Wanted {
    publishable_key: AttrValue,
    sign_in_url: Option<AttrValue>,
    router: Option<(Callback<String>, Callback<String>)>,
    color: AttrValue,
    defer: bool,
    providers: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            publishable_key: KEY.into(),
            sign_in_url: None,
            router: None,
            color: "red".into(),
            defer: false,
            providers: 1,
        }
    }
}

impl Wanted {
    /// With a router that writes to `window.gone` where it went, under this name.
    fn with_router(name: &'static str) -> Self {
        let goes = |how: &'static str| {
            Callback::from(move |to| {
                run(&format!("(window.gone ??= []).push('{name} {how} {to}')"));
            })
        };
        Self {
            router: Some((goes("pushes"), goes("replaces"))),
            ..Self::default()
        }
    }

    fn without_provider() -> Self {
        Self {
            providers: 0,
            ..Self::default()
        }
    }
}

#[component]
fn App(wanted: &Wanted) -> Html {
    let (push, replace) = wanted.router.clone().unzip();
    let provider = |index: usize| {
        html! {
            <ClerkProvider
                key={index}
                publishable_key={&wanted.publishable_key}
                sign_in_url={wanted.sign_in_url.clone()}
                router_push={push.clone()}
                router_replace={replace.clone()}
                appearance={look(&wanted.color)}
                defer={wanted.defer}
            >
                <How />
            </ClerkProvider>
        }
    };
    (0..wanted.providers).map(provider).collect()
}

fn look(color: &str) -> clerk_yew::Appearance {
    let color = if color == "red" { "red" } else { "blue" };
    clerk_yew::Appearance::new().variables([("colorPrimary", color)])
}

#[component]
fn How() -> Html {
    match use_clerk_status() {
        Status::Loading => html! { "loading" },
        Status::Ready => html! { "ready" },
        Status::Degraded => html! { "degraded" },
        Status::Failed(error) => html! { error.code() },
        _ => html! { "another state" },
    }
}

#[wasm_bindgen_test]
async fn without_a_router_clerk_is_given_none() {
    let (_, app) = signed_out::<App>().await;
    assert!(!holds("'routerPush' in window.given.load"));
    assert!(!holds("'routerReplace' in window.given.load"));
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_router_pushes_and_replaces() {
    let (_, app) = loading_with::<App>(Wanted::with_router("the app")).await;
    run(
        "window.gone = []; window.given.load.routerPush('/a'); window.given.load.routerReplace('/b')",
    );
    assert_eq!(said("window.gone"), "the app pushes /a,the app replaces /b");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_provider_that_defers_loads_nothing_until_it_stops() {
    fresh_page();
    let (root, mut app) = show_with::<App>(Wanted {
        defer: true,
        ..Wanted::default()
    });
    settled().await;
    assert_eq!((seen("loads"), text(&root).as_str()), (0.0, "loading"));
    app.update(Wanted::default());
    settled().await;
    finish_loading().await;
    until_shown(&root, "ready").await;
    assert_eq!(seen("loads"), 1.0);
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_provider_that_comes_back_while_clerk_loads_waits_for_the_same_load() {
    let (root, mut app) = loading::<App>().await;
    app.update(Wanted::without_provider());
    settled().await;
    app.update(Wanted::default());
    settled().await;
    finish_loading().await;
    until_shown(&root, "ready").await;
    assert_eq!(seen("loads"), 1.0);
    app.destroy();
}

#[wasm_bindgen_test]
async fn the_router_of_the_newest_provider_counts_and_none_is_lost() {
    let (_, mut app) = loading_with::<App>(Wanted::with_router("the first")).await;
    run("window.gone = []");
    app.update(Wanted::without_provider());
    settled().await;
    // Nobody is there to route: it is done as without a router.
    run(
        "window.given.load.routerPush('/a', {windowNavigate: (to) => window.gone.push('alone ' + to)})",
    );
    app.update(Wanted::with_router("the second"));
    settled().await;
    run("window.given.load.routerPush('/b')");
    let gone = said("window.gone");
    assert!(gone.ends_with("the second pushes /b"), "{gone}");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_provider_that_comes_and_goes_leaves_nothing_behind() {
    let (root, mut app) = signed_out::<App>().await;
    for _ in 0..10 {
        app.update(Wanted::without_provider());
        settled().await;
        app.update(Wanted::default());
        until_shown(&root, "ready").await;
    }
    assert_eq!((seen("loads"), seen("listeners")), (1.0, 1.0));
    assert_eq!(said("window.Clerk.followers.size"), "1");
    app.destroy();
}

#[wasm_bindgen_test]
async fn clerk_that_does_not_finish_loading_fails_in_time_and_is_welcome_later() {
    fresh_page();
    hurry();
    let (root, app) = show_with::<App>(Wanted::default());
    until_shown(&root, "failed_to_load_clerk_js_timeout").await;
    run("window.finishLoad()");
    until_shown(&root, "ready").await;
    assert_eq!(seen("loads"), 1.0);
    app.destroy();
}

#[wasm_bindgen_test]
async fn urls_that_the_app_does_not_give_are_not_sent() {
    let (_, app) = signed_out::<App>().await;
    for name in ["signInUrl", "signUpUrl", "afterSignOutUrl"] {
        assert!(!holds(&format!("'{name}' in window.given.load")), "{name}");
    }
    app.destroy();
}

#[wasm_bindgen_test]
async fn clerk_is_told_which_sdk_loads_it() {
    let (_, app) = signed_out::<App>().await;
    assert_eq!(
        said(
            "window.given.load.sdkMetadata.name + ' ' + window.given.load.sdkMetadata.environment"
        ),
        "clerk-yew development"
    );
    app.destroy();
}

#[wasm_bindgen_test]
async fn another_look_and_other_urls_reach_clerk_at_once() {
    let (_, mut app) = signed_out::<App>().await;
    app.update(Wanted {
        color: "blue".into(),
        sign_in_url: Some("/enter".into()),
        ..Wanted::default()
    });
    until("Clerk to be told", || holds("window.given.props.length")).await;
    assert_eq!(
        said("window.given.props.at(-1).appearance.variables.colorPrimary"),
        "blue"
    );
    assert_eq!(
        said("window.given.props.at(-1).options.signInUrl"),
        "/enter"
    );
    assert!(!holds("window.given.props.length > 1"));
    app.destroy();
}

#[wasm_bindgen_test]
async fn callbacks_made_anew_are_nothing_to_tell_clerk_of() {
    let (_, mut app) = loading_with::<App>(Wanted::with_router("one")).await;
    finish_loading().await;
    app.update(Wanted::with_router("another"));
    settled().await;
    assert_eq!(said("window.given.props.length"), "0");
    app.destroy();
}

#[component]
fn WithAttributes() -> Html {
    html! {
        <ClerkProvider publishable_key={KEY} proxy_url="/__clerk" domain="b.c" nonce="n0nce">
            <How />
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn the_scripts_carry_what_clerk_reads_off_them_and_are_taken_out_when_they_fail() {
    fresh_page();
    // Where a proxy would be, this test's own server has nothing.
    run("
        delete window.Clerk;
        delete window.__internal_ClerkUICtor;
        window.put = [];
        document.head.appendChild = (node) => {
            window.put.push(node);
            return Node.prototype.appendChild.call(document.head, node);
        };
    ");
    let (root, app) = show_with::<WithAttributes>(());
    until("two scripts", || holds("window.put.length === 2")).await;
    for (attribute, value) in [
        ("data-clerk-publishable-key", KEY),
        ("data-clerk-proxy-url", "/__clerk"),
        ("data-clerk-domain", "b.c"),
        ("nonce", "n0nce"),
        ("crossorigin", "anonymous"),
    ] {
        let said = said(&format!(
            "window.put.map((it) => it.getAttribute('{attribute}')).join(' ')"
        ));
        assert_eq!(said, format!("{value} {value}"), "{attribute}");
    }
    until_shown(&root, "failed_to_load_clerk_js").await;
    assert!(!holds("window.put.some((it) => it.isConnected)"));
    run("delete document.head.appendChild");
    app.destroy();
}

#[wasm_bindgen_test]
async fn another_key_after_loading_is_refused_loudly() {
    let (root, mut app) = signed_out::<App>().await;
    app.update(Wanted {
        publishable_key: "pk_test_Yy5kJA".into(),
        ..Wanted::default()
    });
    until_shown(&root, "publishable_key_changed").await;
    assert!(reported("publishable key"));
    // A change at the old Clerk does not bring it back; the old key does.
    run("window.Clerk.become(null, null)");
    settled().await;
    assert_eq!(text(&root), "publishable_key_changed");
    app.update(Wanted::default());
    until_shown(&root, "ready").await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_foreign_clerk_is_called_by_its_name() {
    fresh_page();
    run("window.Clerk = {name: 'somebody else'}");
    let (root, app) = show_with::<App>(Wanted::default());
    until_shown(&root, "foreign_clerk").await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_getter_that_throws_harms_nobody() {
    let (root, app) = signed_out::<App>().await;
    run("
        Object.defineProperty(window.Clerk, 'user', {get() { throw new Error('not now'); }});
        for (const listener of window.Clerk.listeners) listener({});
    ");
    settled().await;
    assert_eq!(text(&root), "ready");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_second_provider_is_noticed() {
    let (_, mut app) = signed_out::<App>().await;
    settled().await;
    assert!(!reported("several <ClerkProvider>s"));
    app.update(Wanted {
        providers: 2,
        ..Wanted::default()
    });
    until("the console to be told", || {
        reported("several <ClerkProvider>s")
    })
    .await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn clerk_that_gets_worse_is_degraded_until_it_is_well() {
    let (root, app) = signed_out::<App>().await;
    run("window.Clerk.turn('degraded')");
    until_shown(&root, "degraded").await;
    run("window.Clerk.turn('ready')");
    until_shown(&root, "ready").await;
    app.destroy();
}

#[component]
fn WithAButton() -> Html {
    html! { <ClerkProvider publishable_key={KEY}><UserButton /></ClerkProvider> }
}

#[wasm_bindgen_test]
async fn a_mount_that_throws_is_reported() {
    let (_, app) = loading::<WithAButton>().await;
    run("window.Clerk.mountUserButton = () => { throw new Error('no such element'); }");
    finish_loading().await;
    until("the console to be told", || reported("no such element")).await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_load_that_failed_is_tried_again_when_asked() {
    #[component]
    fn Retries() -> Html {
        let clerk: Clerk = clerk_yew::use_clerk();
        html! { <><How /><button onclick={move |_| clerk.retry()} /></> }
    }
    #[component]
    fn Retrying() -> Html {
        html! { <ClerkProvider publishable_key={KEY}><Retries /></ClerkProvider> }
    }
    let (root, app) = loading::<Retrying>().await;
    run("window.failLoad('no such instance')");
    until_shown(&root, "unknown").await;
    run("document.querySelectorAll('button').forEach((it) => it.click())");
    until("the second load", || seen("loads") == 2.0).await;
    finish_loading().await;
    until_shown(&root, "ready").await;
    app.destroy();
}
