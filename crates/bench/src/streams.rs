//! Live queries in great number.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many streams are opened at a time.
const AT_ONCE: usize = 100;

/// Lets this process, and those it starts, have as many files as it may.
pub fn raise_file_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    Ok(setrlimit(Resource::Nofile, raised)?)
}

/// An open live query.
pub struct Stream {
    connection: TcpStream,
    seen: Vec<u8>,
}

impl Stream {
    /// Opens one and reads its first event.
    pub async fn open(address: SocketAddr, token: &str) -> Result<Self> {
        let mut connection = TcpStream::connect(address).await?;
        let request = format!(
            "GET /api/users/me/events HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await?;
        let mut stream = Self {
            connection,
            seen: Vec::new(),
        };
        stream.until("data: ").await?;
        if !stream.seen.starts_with(b"HTTP/1.1 200") {
            bail!("{}", String::from_utf8_lossy(&stream.seen));
        }
        Ok(stream)
    }

    /// Opens a page's connection (RFC 6455), watches these paths and reads the first state of each.
    pub async fn page(address: SocketAddr, token: &str, paths: &[String]) -> Result<Self> {
        let mut connection = TcpStream::connect(address).await?;
        let request = format!(
            "GET /api/live HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await?;
        let watch: serde_json::Map<_, _> = paths
            .iter()
            .map(|path| (path.clone(), serde_json::Value::Null))
            .collect();
        for message in [json!({ "token": token }), json!({ "watch": watch })] {
            connection.write_all(&frame(&message.to_string())).await?;
        }
        let mut stream = Self {
            connection,
            seen: Vec::new(),
        };
        for path in paths {
            stream.until(&format!("\"{path}\":{{")).await?;
        }
        Ok(stream)
    }

    /// Reads until this text has come; answers when that was.
    pub async fn until(&mut self, text: &str) -> Result<Instant> {
        let mut buffer = [0; 2048];
        loop {
            if contains(&self.seen, text.as_bytes()) || self.seen.starts_with(b"HTTP/1.1 4") {
                return Ok(Instant::now());
            }
            let read = self.connection.read(&mut buffer).await?;
            if read == 0 {
                bail!("the stream has ended");
            }
            self.seen.extend_from_slice(&buffer[..read]);
        }
    }

    /// Forgets what was read so far.
    pub fn forget(&mut self) {
        self.seen = Vec::new();
    }
}

/// A text frame of a client (RFC 6455 § 5.2), masked with zeros.
fn frame(text: &str) -> Vec<u8> {
    const FINAL_TEXT: u8 = 0x81;
    const MASKED_LONG: u8 = 0xfe;
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut frame = vec![FINAL_TEXT, MASKED_LONG, length[0], length[1], 0, 0, 0, 0];
    frame.extend_from_slice(text.as_bytes());
    frame
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// Opens one stream for each token.
pub async fn open_all(address: SocketAddr, tokens: &[String]) -> Result<Vec<Stream>> {
    all(tokens, |token| Stream::open(address, token)).await
}

/// Opens one page's connection for each token, which watches three paths.
pub async fn pages(address: SocketAddr, tokens: &[String]) -> Result<Vec<Stream>> {
    let paths = ["", "?2", "?3"].map(|end| format!("/api/users/me{end}"));
    all(tokens, |token| Stream::page(address, token, &paths)).await
}

async fn all<'a, F: Future<Output = Result<Stream>>>(
    tokens: &'a [String],
    open: impl Fn(&'a str) -> F,
) -> Result<Vec<Stream>> {
    let mut streams = Vec::with_capacity(tokens.len());
    for chunk in tokens.chunks(AT_ONCE) {
        let opened = chunk.iter().map(|token| open(token));
        for stream in futures_util::future::join_all(opened).await {
            let mut stream = stream.context("a stream cannot be opened")?;
            stream.forget();
            streams.push(stream);
        }
    }
    Ok(streams)
}
