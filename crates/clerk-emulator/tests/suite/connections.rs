//! Connections: bounded in number and time.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::World;

/// Many more than the emulator serves at once.
const MANY: usize = 700;

#[tokio::test]
async fn half_sent_heads_are_ended_and_shut_nobody_out() {
    let world = World::new().await;
    let address = world.url().trim_start_matches("http://").to_owned();
    let mut half = Vec::new();
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let head = format!("GET /v1/health HTTP/1.1\r\nHost: {address}\r\nX-Slow: ");
        // Whoever waits for a place may be ended before a word.
        let _ = stream.write_all(head.as_bytes()).await;
        half.push(stream);
    }
    let ended = async {
        let health = world.http.get(format!("{}/v1/health", world.url())).send();
        assert_eq!(health.await.expect("an answer").status().as_u16(), 200);
        for mut stream in half {
            // An answer that says so, or the bare end.
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            assert!(!rest.starts_with(b"HTTP/1.1 200"));
        }
    };
    tokio::time::timeout(Duration::from_mins(2), ended)
        .await
        .expect("they are ended");
}

#[tokio::test]
async fn half_sent_bodies_are_ended_and_shut_nobody_out() {
    let world = World::new().await;
    let address = world.url().trim_start_matches("http://").to_owned();
    let mut half = Vec::new();
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let head = format!(
            "POST /v1/dev_browser HTTP/1.1\r\nHost: {address}\r\nContent-Length: 9\r\n\r\na"
        );
        let _ = stream.write_all(head.as_bytes()).await;
        half.push(stream);
    }
    let ended = async {
        let health = world.http.get(format!("{}/v1/health", world.url())).send();
        assert_eq!(health.await.expect("an answer").status().as_u16(), 200);
        for mut stream in half {
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            assert!(!rest.starts_with(b"HTTP/1.1 200"));
        }
    };
    tokio::time::timeout(Duration::from_mins(3), ended)
        .await
        .expect("they are ended");
}
