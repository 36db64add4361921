//! The names in a request: one well-formed `Host`, and beside the emulator an own one only.

use reqwest::{Method, StatusCode};

use crate::page::echo;
use crate::world::{Kind, World, raw, send};

/// The first line of the answer to a request with these lines in its head.
async fn status(world: &World, path: &str, lines: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n");
    let answer = raw(world, &head).await;
    assert!(
        answer.to_lowercase().contains("x-request-id: "),
        "{answer:.200}"
    );
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn no_two_or_a_malformed_host_is_a_bad_request() {
    let world = World::new(Kind::Sqlite).await;
    for lines in [
        "",
        "Host: a\r\nHost: a\r\n",
        "Host:\r\n",
        "Host: a b\r\n",
        "Host: a/b\r\n",
        "Host: user@a\r\n",
        "Host: a:port\r\n",
        "Host: a:65536\r\n",
    ] {
        for path in ["/healthz", "/api/config", "/"] {
            let status = status(&world, path, lines).await;
            assert_eq!(status, "HTTP/1.1 400 Bad Request", "{lines:?}");
        }
    }
    let ok = status(&world, "/healthz", "Host: anything.example:8080\r\n").await;
    assert_eq!(ok, "HTTP/1.1 200 OK");
    // HTTP/1.0 has no such rule; health checks are that old.
    let old = raw(&world, "GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(old.starts_with("HTTP/1.0 200"), "{old:.200}");
}

#[tokio::test]
async fn beside_the_emulator_a_page_with_a_name_of_its_own_gets_nothing() {
    let world = World::with_page(echo().await, &[("index.html", "<p>the page</p>")]).await;
    for path in [
        "/",
        "/api/config",
        "/__clerk/v1/client",
        "/__clerk/dashboard",
    ] {
        for (host, forwarded) in [
            ("evil.example", None),
            ("evil.example:3000", None),
            ("localhost.evil.example", None),
            // By way of `trunk serve`, which says what it was called.
            ("127.0.0.1", Some("evil.example:8080")),
            ("127.0.0.1", Some("localhost:8080, evil.example")),
        ] {
            let mut request = world.request(Method::GET, path).header("Host", host);
            if let Some(forwarded) = forwarded {
                request = request.header("X-Forwarded-Host", forwarded);
            }
            send(request, StatusCode::MISDIRECTED_REQUEST).await;
        }
    }
    for host in [
        "localhost:3000",
        "127.0.0.1:3000",
        "[::1]:3000",
        "LOCALHOST",
    ] {
        let request = world.request(Method::GET, "/").header("Host", host);
        send(request, StatusCode::OK).await;
    }
}
