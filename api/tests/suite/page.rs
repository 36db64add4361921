//! The built page.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use reqwest::{Method, StatusCode};
use tokio::net::TcpListener;

use crate::world::{World, send};

const FILES: [(&str, &str); 4] = [
    ("index.html", "<p>the page</p>"),
    ("index.html.br", "compressed"),
    ("frontend-0123456789abcdef.js", "the script"),
    ("robots.txt", "all welcome"),
];

/// An upstream that answers what it was asked.
pub async fn echo() -> SocketAddr {
    let router = Router::new().fallback(async |request: Request| {
        let mut names: Vec<_> = request.headers().keys().map(ToString::to_string).collect();
        names.sort();
        let through = request.headers().get("clerk-proxy-url");
        let through = through.map_or_else(String::new, |url| {
            format!(" through {}", url.to_str().expect("text"))
        });
        let names = names.join(",");
        let head = format!("{} {} {names}{through}", request.method(), request.uri());
        let body = axum::body::to_bytes(request.into_body(), 1024)
            .await
            .expect("a body");
        format!("{head} {}", String::from_utf8_lossy(&body))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An address where nobody listens.
pub async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("its address")
}

#[tokio::test]
async fn page_paths_get_the_page_and_missing_files_do_not() {
    let world = World::with_page(echo().await, &FILES).await;
    for path in ["/", "/account", "/sign-in/factor-one", "/no/such/page"] {
        let answer = send(world.request(Method::GET, path), StatusCode::OK).await;
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert_eq!(answer.text().await.expect("a body"), "<p>the page</p>");
    }
    for path in [
        "/missing.js",
        "/assets/missing.wasm",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
    ] {
        let answer = send(world.request(Method::GET, path), StatusCode::NOT_FOUND).await;
        assert_eq!(answer.headers()["cache-control"], "no-cache", "{path}");
    }
}

#[tokio::test]
async fn files_come_compressed_and_are_cached_by_their_names() {
    let world = World::with_page(echo().await, &FILES).await;
    let brotli = world
        .request(Method::GET, "/")
        .header("Accept-Encoding", "br");
    let answer = send(brotli, StatusCode::OK).await;
    assert_eq!(answer.headers()["content-encoding"], "br");
    let cache = async |path| {
        let answer = send(world.request(Method::GET, path), StatusCode::OK).await;
        answer.headers()["cache-control"]
            .to_str()
            .expect("text")
            .to_owned()
    };
    assert_eq!(
        cache("/frontend-0123456789abcdef.js").await,
        "public, max-age=31536000, immutable"
    );
    assert_eq!(cache("/robots.txt").await, "no-cache");
}

#[tokio::test]
async fn a_name_that_no_file_can_have_leads_nowhere() {
    let world = World::with_page(echo().await, &FILES).await;
    let long = "a".repeat(300);
    let deep = "a/".repeat(3_000);
    for path in [
        format!("/{long}"),
        format!("/{long}.js"),
        // Fits by itself, but not with the ending of its compressed form.
        format!("/{}.js", "a".repeat(251)),
        format!("/{deep}x.js"),
        "/a%00b.js".to_owned(),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let request = world.request(method, &path).header("Accept-Encoding", "br");
            let answer = send(request, StatusCode::NOT_FOUND).await;
            assert!(answer.headers().contains_key("x-request-id"));
        }
    }
}

/// The page as a release has it.
const DOCUMENTS: [(&str, &str); 4] = [
    ("index.html", "no first bytes"),
    ("welcome.html", "<script>a()</script>welcome"),
    ("signed-out.html", "<script>a()</script>signed out"),
    ("signed-in.html", "<script>a()</script>signed in"),
];

#[tokio::test]
async fn the_first_bytes_fit_the_visitor() {
    let world = World::with_page(echo().await, &DOCUMENTS).await;
    let was_here = "a=b; __client_uat_x1=1764000000";
    for (path, cookie, expected, wants_clerk) in [
        ("/", None, "welcome", false),
        ("/", Some("__client_uat=0"), "welcome", false),
        ("/", Some(was_here), "signed in", true),
        ("/sign-in", None, "signed out", true),
        ("/account", Some(was_here), "signed in", true),
        ("/", Some("n=é; __client_uat=1764000000"), "signed in", true),
    ] {
        let mut request = world.request(Method::GET, path);
        if let Some(cookie) = cookie {
            request = request.header("Cookie", cookie);
        }
        let answer = send(request, StatusCode::OK).await;
        // A visitor at the front door is shown it before Clerk is loaded.
        let link = answer.headers().get("link").map(|it| it.to_str());
        let wants = link.is_some_and(|it| {
            it.expect("text")
                .contains("</__clerk/npm/@clerk/clerk-js@6/dist/clerk.browser.js>")
        });
        assert_eq!(wants, wants_clerk, "{path} {cookie:?}");
        let policy = answer.headers()["content-security-policy"].to_str();
        assert!(policy.expect("text").contains("'sha256-"));
        let text = answer.text().await.expect("a body");
        assert!(text.ends_with(expected), "{path} {cookie:?}: {text}");
    }
}

/// Clerk's script that knows which files its forms are in, after an address that leads to it.
async fn with_forms() -> SocketAddr {
    const SCRIPT: &str = r#"a={SignIn:()=>Promise.all([r.e(26),r.e(8010)]).then(b),
        SignUp:()=>Promise.all([r.e(26),r.e(472)]).then(b)};
        i.u=e=>""+(({472:"signup",26:"framework",8010:"signin"})[e]||e)+"_ui_"+i.h().slice(0,6)+"_1.36.0.js",
        i.h=()=>"58d0c711908d2399""#;
    let exact = axum::routing::get(async || SCRIPT);
    let newest =
        async || axum::response::Redirect::temporary("/npm/@clerk/ui@1.36.0/dist/ui.browser.js");
    let router = Router::new()
        .route(
            "/npm/@clerk/ui@1/dist/ui.browser.js",
            axum::routing::get(newest),
        )
        .route("/npm/@clerk/ui@1.36.0/dist/ui.browser.js", exact);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_form_s_files_are_named_with_the_first_bytes_once_they_are_known() {
    let world = World::with_page(with_forms().await, &DOCUMENTS).await;
    let links = async |path, cookie| {
        let request = world.request(Method::GET, path).header("Cookie", cookie);
        let answer = send(request, StatusCode::OK).await;
        let links = answer.headers().get("link").map(|it| it.to_str());
        links.map_or_else(String::new, |it| it.expect("text").to_owned())
    };
    let stranger = "__client_uat=0";
    let file = |name| {
        format!(
            "</__clerk/npm/@clerk/ui@1.36.0/dist/{name}_ui_58d0c7_1.36.0.js>; rel=preload; as=script; fetchpriority=low"
        )
    };
    // They are learnt in the background.
    while !links("/sign-in", stranger).await.contains("_ui_") {
        tokio::task::yield_now().await;
    }
    for (path, cookie, expected) in [
        ("/sign-in", stranger, &["framework", "signin"][..]),
        ("/sign-in/factor-one", stranger, &["framework", "signin"]),
        ("/sign-up", stranger, &["framework", "signup"]),
        ("/", stranger, &[]),
        ("/sign-in", "__client_uat=1764000000", &[]),
    ] {
        let links = links(path, cookie).await;
        let named: Vec<_> = links.split(", ").filter(|it| it.contains("_ui_")).collect();
        let expected: Vec<_> = expected.iter().map(file).collect();
        assert_eq!(named, expected, "{path} {cookie}");
    }
}

#[tokio::test]
async fn a_document_that_is_known_is_not_sent_again_and_no_other_is_taken_for_it() {
    let world = World::with_page(echo().await, &DOCUMENTS).await;
    let first = send(world.request(Method::GET, "/"), StatusCode::OK).await;
    let etag = first.headers()["etag"].clone();
    assert!(!first.headers().contains_key("last-modified"));
    assert!(
        first.headers()["vary"]
            .to_str()
            .expect("text")
            .contains("cookie")
    );
    let again = || {
        world
            .request(Method::GET, "/")
            .header("If-None-Match", &etag)
            .header("If-Modified-Since", "Fri, 27 Nov 2099 00:00:00 GMT")
    };
    let known = send(again(), StatusCode::NOT_MODIFIED).await;
    assert_eq!(
        known.headers()["content-security-policy"],
        first.headers()["content-security-policy"]
    );
    let signed_in = again().header("Cookie", "__client_uat=1764000000");
    let answer = send(signed_in, StatusCode::OK).await;
    assert!(answer.text().await.expect("a body").ends_with("signed in"));
}
