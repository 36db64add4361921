//! Connections: bounded in number and time.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::World;

/// Many more than the emulator serves at once.
const MANY: usize = 700;

#[tokio::test]
async fn half_sent_heads_are_ended_and_shut_nobody_out() {
    let half = "GET /v1/health HTTP/1.1\r\nHost: {host}\r\nX-Slow: ";
    are_ended_and_shut_nobody_out(half, Duration::from_mins(2)).await;
}

#[tokio::test]
async fn half_sent_bodies_are_ended_and_shut_nobody_out() {
    let half = "POST /v1/dev_browser HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\na";
    are_ended_and_shut_nobody_out(half, Duration::from_mins(3)).await;
}

/// Sends many such halves of a request: somebody else is served, and they are ended in time.
async fn are_ended_and_shut_nobody_out(half: &str, within: Duration) {
    let world = World::new().await;
    let address = world.url().trim_start_matches("http://").to_owned();
    let half = half.replace("{host}", &address);
    let mut sent = Vec::new();
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        // Whoever waits for a place may be ended before a word.
        let _ = stream.write_all(half.as_bytes()).await;
        sent.push(stream);
    }
    let ended = async {
        let health = world.http.get(format!("{}/v1/health", world.url())).send();
        assert_eq!(health.await.expect("an answer").status().as_u16(), 200);
        for mut stream in sent {
            // An answer that says so, or the bare end.
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            assert!(!rest.starts_with(b"HTTP/1.1 200"));
        }
    };
    tokio::time::timeout(within, ended)
        .await
        .expect("they are ended");
}
