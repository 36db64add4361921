//! Limits: how often, how much, how slowly.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::page::echo;
use crate::stream::Events;
use crate::world::{Kind, World, address, expect, raw, send, token};

const ADA: &str = "user_ada";

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let world = World::with(Kind::Sqlite, &[("RATE_LIMIT_IDENTITY", "1")]).await;
    let me = |person: &str| {
        let request = world.request(Method::GET, "/api/users/me");
        request.bearer_auth(token(person))
    };
    // Ten at once are a burst.
    for _ in 0..10 {
        send(me(ADA), StatusCode::NOT_FOUND).await;
    }
    let refused = send(me(ADA), StatusCode::TOO_MANY_REQUESTS).await;
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((1..=2).contains(&wait));
    // Another person, from the same address, is not concerned.
    send(me("user_bob"), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_refused_whatever_it_says() {
    let world = World::with(Kind::Sqlite, &[("RATE_LIMIT_ADDRESS", "1")]).await;
    let ask = |forwarded: u8| {
        world
            .request(Method::GET, "/api/config")
            .header("X-Forwarded-For", format!("198.51.100.{forwarded}"))
    };
    let mut statuses = Vec::new();
    for number in 0..12 {
        statuses.push(ask(number).send().await.expect("an answer").status());
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
    // What watches over the process is never refused.
    for path in ["/healthz", "/readyz", "/metrics"] {
        send(world.request(Method::GET, path), StatusCode::OK).await;
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_counts_by_itself() {
    let world = World::with(
        Kind::Sqlite,
        &[
            ("RATE_LIMIT_ADDRESS", "1"),
            ("TRUSTED_PROXIES", "127.0.0.0/8, ::1"),
        ],
    )
    .await;
    let ask = |client: &str| {
        world
            .request(Method::GET, "/api/config")
            .header("X-Forwarded-For", client)
    };
    for number in 0..30 {
        expect(ask(&format!("198.51.100.{number}")), StatusCode::OK).await;
    }
    let mut statuses = Vec::new();
    for number in 0..12 {
        // What the client itself claims stands on the left.
        let claimed = format!("6.6.6.{number}, 198.51.100.77");
        statuses.push(ask(&claimed).send().await.expect("an answer").status());
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let world = World::new(Kind::Sqlite).await;
    let large = format!(
        "GET /healthz HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(70_000)
    );
    let many = format!(
        "GET /healthz HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: x\r\n".repeat(200)
    );
    for head in [large, many] {
        let answer = raw(&world, &head).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer:.80}");
    }
    send(world.request(Method::GET, "/healthz"), StatusCode::OK).await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let world = World::new(Kind::Sqlite).await;
    for bytes in [
        "hello\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: nonsense\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nBad Name: a\r\n\r\n",
    ] {
        let answer = raw(&world, bytes).await;
        assert!(
            answer.starts_with("HTTP/1.1 400"),
            "{bytes:?}: {answer:.80}"
        );
    }
}

#[tokio::test]
async fn who_sends_too_slowly_is_let_go() {
    let world = World::new(Kind::Sqlite).await;
    // The head never ends.
    let half = raw(&world, "GET /healthz HTTP/1.1\r\nHost: a\r\n");
    // Nor does the body.
    let body = format!(
        "PUT /api/users/{ADA} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        token(ADA)
    );
    let slow = raw(&world, &body);
    let (half, slow) = tokio::join!(half, slow);
    assert!(
        half.is_empty() || half.starts_with("HTTP/1.1 408"),
        "{half}"
    );
    assert!(slow.starts_with("HTTP/1.1 408"), "{slow:.80}");
}

/// A connection on which these bytes were sent.
async fn half(world: &World, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address(world)).await.expect("connected");
    // The server may have closed it.
    let _ = stream.write_all(text.as_bytes()).await;
    stream
}

/// The first line that comes on this connection; empty when it is closed.
async fn first_line(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.unwrap_or_default();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_no_more() {
    let limit = [("CONNECTION_LIMIT_ADDRESS", "4")];
    let world = World::with(Kind::Sqlite, &limit).await;
    let half_head = "GET /healthz HTTP/1.1\r\nHost: a\r\n";
    let mut held = Vec::new();
    // The story's own client may keep one beside these.
    for _ in 0..4 {
        held.push(half(&world, half_head).await);
    }
    let mut refused = half(&world, half_head).await;
    assert_eq!(first_line(&mut refused).await, "", "it is closed at once");
    // Those who are there are served.
    let first = held.first_mut().expect("a connection");
    first.write_all(b"\r\n").await.expect("sent");
    assert_eq!(first_line(first).await, "HTTP/1.1 200 OK");
    // Who leaves makes room.
    drop(held);
    let again = async {
        let whole = format!("{half_head}\r\n");
        while first_line(&mut half(&world, &whole).await).await.is_empty() {}
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), again)
        .await
        .expect("there is room again");
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_connections_as_it_likes() {
    let limits = [
        ("CONNECTION_LIMIT_ADDRESS", "2"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let world = World::with(Kind::Sqlite, &limits).await;
    let half_head = "GET /healthz HTTP/1.1\r\nHost: a\r\n";
    let mut held = Vec::new();
    for _ in 0..10 {
        held.push(half(&world, half_head).await);
    }
    for stream in &mut held {
        stream.write_all(b"\r\n").await.expect("sent");
        assert_eq!(first_line(stream).await, "HTTP/1.1 200 OK");
    }
}

#[tokio::test]
async fn bodies_from_one_address_take_so_much_memory_and_no_more() {
    let world = World::with_page(echo().await, &[]).await;
    // Ten MiB of the sixteen that one address has, and never all of them.
    let upload = "POST /__clerk/v1/me/profile_image HTTP/1.1\r\nHost: localhost\r\n\
                  Content-Length: 10485760\r\n\r\nabc";
    let mut held = half(&world, upload).await;
    let small = || {
        let request = world.request(Method::POST, "/__clerk/v1/client");
        request.body("a")
    };
    let mut other = half(&world, upload).await;
    let refused = tokio::select! {
        line = first_line(&mut held) => line,
        line = first_line(&mut other) => line,
    };
    assert_eq!(refused, "HTTP/1.1 503 Service Unavailable");
    send(small(), StatusCode::OK).await;
    // Who gives up gives it back.
    drop((held, other));
    let again = async {
        loop {
            let body = vec![b'a'; 10 * 1024 * 1024];
            let request = world.request(Method::POST, "/__clerk/v1/client").body(body);
            if request.send().await.expect("an answer").status() != 503 {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), again)
        .await
        .expect("there is room again");
}

#[tokio::test]
async fn a_body_of_unknown_length_has_the_same_limit() {
    let world = World::new(Kind::Sqlite).await;
    let chunks = (0..40).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024]));
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let request = world
        .request(Method::PUT, "/api/users/user_ada")
        .bearer_auth(token(ADA))
        .header("Content-Type", "application/json")
        .body(body);
    expect(request, StatusCode::PAYLOAD_TOO_LARGE).await;
}

#[tokio::test]
async fn requests_in_flight_end_when_the_process_stops() {
    let world = World::new(Kind::Sqlite).await;
    let mut events = Events::open(&world, &token(ADA)).await;
    events.next().await;
    let body = json!({"clerkId": ADA, "email": "a@b.co", "name": "Ada"}).to_string();
    let (head, rest) = body.split_at(10);
    let mut slow = TcpStream::connect(address(&world))
        .await
        .expect("connected");
    let request = format!(
        "PUT /api/users/{ADA} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{head}",
        token(ADA),
        body.len()
    );
    slow.write_all(request.as_bytes()).await.expect("sent");
    // A request on another connection was answered: the slow one was accepted before it.
    send(world.request(Method::GET, "/healthz"), StatusCode::OK).await;
    world.stop();
    assert_eq!(events.next().await, None, "the stream is told");
    slow.write_all(rest.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer:.80}");
}
