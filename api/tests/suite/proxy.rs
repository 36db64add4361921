//! The way to Clerk's Frontend API beside the page: what passes, and what does not.

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::page::{echo, nobody};
use crate::world::{Kind, ORIGIN, World, expect, raw, send};

async fn text(request: reqwest::RequestBuilder) -> String {
    let answer = send(request, StatusCode::OK).await;
    answer.text().await.expect("a body")
}

#[tokio::test]
async fn calls_of_clerk_js_reach_the_frontend_api() {
    let world = World::with_page(echo().await, &[]).await;
    let get = world
        .request(Method::GET, "/__clerk/v1/client?a=b%20c")
        .header("Connection", "close, x-secret")
        .header("Clerk-Secret-Key", "sk_test_forged")
        .header("Clerk-Proxy-Url", "https://evil.example")
        .header("X-Forwarded-For", "6.6.6.6")
        .header("X-Whatever", "x")
        .header("Content-Length", "0");
    let passed = "accept,clerk-proxy-url,host,x-forwarded-for,x-forwarded-host";
    assert_eq!(
        text(get).await,
        format!("GET /v1/client?a=b%20c {passed} through {ORIGIN}/__clerk ")
    );
    let post = world
        .request(Method::POST, "/__clerk/v1/client/sign_ins")
        .body("identifier=a");
    let answer = text(post).await;
    assert!(answer.starts_with("POST /v1/client/sign_ins ") && answer.ends_with(" identifier=a"));
}

#[tokio::test]
async fn only_the_frontend_api_is_passed_on() {
    let world = World::with_page(echo().await, &[("index.html", "<p>the page</p>")]).await;
    for path in [
        "/dashboard",
        "/emulator/settings",
        "/v1/users",
        "/v1/../dashboard",
        "/v1/client/../../dashboard",
        "/v1/%2e%2e/dashboard",
        "/%2e%2e/dashboard",
        "/v1%2f..%2fdashboard",
        "/v1/client%5c..%5c..%5cdashboard",
        "//dashboard",
        "//evil.example/x",
        "/http://evil.example/",
        "/@evil.example",
    ] {
        // As it stands: a client would mend it.
        let head = format!("GET /__clerk{path} HTTP/1.1\r\nHost: localhost\r\n");
        let answer = raw(&world, &format!("{head}Connection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer:.200}");
    }
    for method in [Method::PUT, Method::DELETE, Method::CONNECT, Method::TRACE] {
        let refused = world.request(method, "/__clerk/v1/client");
        send(refused, StatusCode::METHOD_NOT_ALLOWED).await;
    }
}

#[tokio::test]
async fn a_secret_key_does_not_pass_and_a_session_token_does() {
    let world = World::with_page(echo().await, &[]).await;
    let call = |key: &str| {
        let request = world.request(Method::GET, "/__clerk/v1/client");
        request.header("Authorization", key)
    };
    for key in ["Bearer sk_test_a", "bearer  sk_live_a", "sk_test_a"] {
        send(call(key), StatusCode::NOT_FOUND).await;
    }
    assert!(text(call("Bearer eyJ.a.b")).await.contains("authorization"));
}

#[tokio::test]
async fn the_proxys_own_address_is_one_that_the_configuration_names() {
    let parties = [(
        "CLERK_AUTHORIZED_PARTIES",
        "https://app.example.com, http://localhost:8080",
    )];
    let world = World::with_emulator(echo().await, &parties).await;
    for (host, forwarded, origin) in [
        ("app.example.com", None, "https://app.example.com"),
        ("localhost:8080", None, "http://localhost:8080"),
        // As `trunk serve` passes it on.
        ("127.0.0.1", Some("localhost:8080"), "http://localhost:8080"),
        // An own name, but none of a page.
        ("localhost:1", None, "https://app.example.com"),
    ] {
        let mut request = world
            .request(Method::GET, "/__clerk/v1/client")
            .header("Host", host);
        if let Some(forwarded) = forwarded {
            request = request.header("X-Forwarded-Host", forwarded);
        }
        let answer = text(request).await;
        assert!(
            answer.contains(&format!(" through {origin}/__clerk ")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn headers_of_one_connection_stay_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let upstream = listener.local_addr().expect("its address");
    let asked = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut head = vec![0; 4096];
        let read = connection.read(&mut head).await.expect("a request");
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=9\r\n\
                      X-Hop: a\r\nX-End: b\r\nConnection: x-hop, keep-alive\r\n\r\nok";
        connection.write_all(answer.as_bytes()).await.expect("sent");
        String::from_utf8_lossy(&head[..read]).to_lowercase()
    });
    let world = World::with_page(upstream, &[]).await;
    let request = world
        .request(Method::GET, "/__clerk/v1/client")
        .header("Connection", "X-Clerk-Hop, cookie")
        .header("Cookie", "a=b")
        .header("X-Clerk-Hop", "a")
        .header("X-Clerk-End", "b");
    let answer = send(request, StatusCode::OK).await;
    assert!(answer.headers().contains_key("x-end"));
    for name in ["x-hop", "keep-alive"] {
        assert!(!answer.headers().contains_key(name), "{name}");
    }
    let asked = asked.await.expect("asked");
    assert!(asked.contains("x-clerk-end: b"), "{asked}");
    assert!(
        !asked.contains("x-clerk-hop") && !asked.contains("cookie"),
        "{asked}"
    );
}

#[tokio::test]
async fn what_is_larger_than_any_picture_does_not_pass() {
    let world = World::with_page(echo().await, &[]).await;
    let upload = |size: usize| {
        let request = world.request(Method::POST, "/__clerk/v1/me/profile_image");
        request.body(vec![b'a'; size])
    };
    send(upload(12 * 1024 * 1024), StatusCode::PAYLOAD_TOO_LARGE).await;
    send(upload(1000), StatusCode::OK).await;
}

#[tokio::test]
async fn an_answer_without_end_is_broken_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let upstream = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        connection.write_all(head).await.expect("sent");
        let chunk = [b"1000\r\n".as_slice(), &[b'a'; 0x1000], b"\r\n"].concat();
        while connection.write_all(&chunk).await.is_ok() {}
    });
    let world = World::with_page(upstream, &[]).await;
    let request = world.request(Method::GET, "/__clerk/v1/client");
    let answer = send(request, StatusCode::OK).await;
    assert!(answer.bytes().await.is_err(), "it ends as an error");
}

#[tokio::test]
async fn a_frontend_api_that_is_away_is_a_bad_gateway() {
    let world = World::with_page(nobody().await, &[]).await;
    let problem = expect(
        world.request(Method::GET, "/__clerk/v1/client"),
        StatusCode::BAD_GATEWAY,
    )
    .await;
    assert_eq!(problem["status"], 502);
}

#[tokio::test]
async fn without_a_path_of_its_own_there_is_no_proxy() {
    let world = World::new(Kind::Sqlite).await;
    let request = world.request(Method::GET, "/__clerk/v1/client");
    send(request, StatusCode::NOT_FOUND).await;
}
