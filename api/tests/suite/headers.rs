//! Headers that protect: what answers carry, and whom scripts of other origins may reach.

use reqwest::{Method, StatusCode};

use crate::page::echo;
use crate::world::{Kind, World, send, token};

const PAGE: &str = "<script type=\"module\">start()</script><p>the page</p>";

#[tokio::test]
async fn every_answer_is_protected() {
    let world = World::with_page(echo().await, &[("index.html", PAGE)]).await;
    let cases = [
        ("/", StatusCode::OK),
        ("/api/config", StatusCode::OK),
        ("/api/nothing", StatusCode::NOT_FOUND),
        ("/api/users/me", StatusCode::UNAUTHORIZED),
        ("/api/docs/", StatusCode::OK),
        ("/healthz", StatusCode::OK),
        ("/missing.js", StatusCode::NOT_FOUND),
    ];
    for (path, status) in cases {
        let answer = send(world.request(Method::GET, path), status).await;
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "strict-origin-when-cross-origin");
        assert_eq!(header("x-request-id").len(), 32, "{path}");
        assert!(!answer.headers().contains_key("strict-transport-security"));
        if path != "/missing.js" {
            let policy = header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'"), "{path}");
            assert!(!policy.contains("script-src 'unsafe") && !policy.contains("'unsafe-eval'"));
        }
    }
}

#[tokio::test]
async fn the_page_runs_its_own_scripts_and_no_others() {
    let world = World::with_page(echo().await, &[("index.html", PAGE)]).await;
    let answer = send(world.request(Method::GET, "/"), StatusCode::OK).await;
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("text");
    let scripts = policy
        .split("; ")
        .find(|directive| directive.starts_with("script-src"))
        .expect("a directive");
    // printf 'start()' | openssl dgst -sha256 -binary | base64
    assert!(
        scripts.contains("'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='"),
        "{scripts}"
    );
    assert!(!scripts.contains("'unsafe-inline'"));
}

#[tokio::test]
async fn only_a_trusted_proxy_says_that_tls_was_used() {
    for (trusted, secure) in [("", false), ("127.0.0.1", true)] {
        let world = World::with(Kind::Sqlite, &[("TRUSTED_PROXIES", trusted)]).await;
        let request = world
            .request(Method::GET, "/api/config")
            .header("X-Forwarded-Proto", "https");
        let answer = send(request, StatusCode::OK).await;
        let said = answer.headers().contains_key("strict-transport-security");
        assert_eq!(said, secure);
    }
}

#[tokio::test]
async fn scripts_of_other_origins_reach_the_api_when_they_are_named_only() {
    const FRIEND: &str = "https://friend.example";
    let named = World::with(Kind::Sqlite, &[("CORS_ALLOWED_ORIGINS", FRIEND)]).await;
    let unnamed = World::new(Kind::Sqlite).await;
    let preflight = |world: &World, origin: &str| {
        world
            .request(Method::OPTIONS, "/api/users/user_ada")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "PUT")
            .header(
                "Access-Control-Request-Headers",
                "authorization,content-type",
            )
    };
    let allowed = send(preflight(&named, FRIEND), StatusCode::OK).await;
    assert_eq!(allowed.headers()["access-control-allow-origin"], FRIEND);
    assert!(
        !allowed
            .headers()
            .contains_key("access-control-allow-credentials")
    );
    for (world, origin) in [
        (&named, "https://friend.example.evil.example"),
        (&named, "http://friend.example"),
        (&named, "null"),
        (&unnamed, FRIEND),
    ] {
        let answer = preflight(world, origin).send().await.expect("an answer");
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
        let get = world.request(Method::GET, "/api/config");
        let answer = send(get.header("Origin", origin), StatusCode::OK).await;
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
    // An error can be read, too.
    let get = named.request(Method::GET, "/api/users/me");
    let answer = send(get.header("Origin", FRIEND), StatusCode::UNAUTHORIZED).await;
    assert_eq!(answer.headers()["access-control-allow-origin"], FRIEND);
    // The page and the proxy are nobody's business.
    let get = named
        .request(Method::GET, "/healthz")
        .header("Origin", FRIEND);
    let answer = send(get, StatusCode::OK).await;
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn rows_are_not_kept_by_caches() {
    let world = World::new(Kind::Sqlite).await;
    let request = world.request(Method::POST, "/api/users");
    let answer = send(request.bearer_auth(token("user_ada")), StatusCode::CREATED).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn a_request_keeps_the_id_that_a_trusted_proxy_gave() {
    for (trusted, id, kept) in [
        ("127.0.0.1", "abc-123", true),
        ("127.0.0.1", "a b", false),
        ("", "abc-123", false),
    ] {
        let world = World::with(Kind::Sqlite, &[("TRUSTED_PROXIES", trusted)]).await;
        let request = world.request(Method::GET, "/healthz");
        let answer = send(request.header("X-Request-Id", id), StatusCode::OK).await;
        assert_eq!(answer.headers()["x-request-id"] == id, kept, "{id}");
    }
}
