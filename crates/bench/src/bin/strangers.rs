//! The table of what strangers can take: memory, while they are there and a minute after they
//! left, and how long `/healthz` takes meanwhile for somebody else. On Linux, where this machine
//! has as many addresses as there are strangers to play.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use bench::issuer::Issuer;
use bench::server::{Server, api, free_address, program};
use bench::streams::{open_all, raise_file_limit};
use bench::{clerk_id, table};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// How long the strangers stay: longer than the server waits for heads and bodies.
const STAY: Duration = Duration::from_secs(15);
/// How long after they left the memory is looked at again.
const LATER: Duration = Duration::from_mins(1);
/// How often memory and `/healthz` are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long somebody else waits for an answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// The body of a webhook, in bytes: as large as one may be.
const BODY: usize = 256 * 1024;
/// Half a head, in bytes.
const HALF: usize = 30 * 1024;
/// From how many addresses they come, unless it is from one.
const ADDRESSES: u8 = 20;
/// How many live queries are open at once, for comparison.
const STREAMS: usize = 10_000;

/// What strangers do.
struct Attack {
    name: &'static str,
    connections: usize,
    addresses: u8,
    /// What each of them sends.
    sends: Vec<u8>,
    /// The server's secret for webhooks.
    secret: Option<&'static str>,
    /// How many files the server may have open.
    files: Option<u32>,
}

/// What one row of the table shows.
struct Found {
    before: u64,
    most: u64,
    later: u64,
    slowest: Option<Duration>,
}

#[tokio::main]
async fn main() -> Result<()> {
    raise_file_limit()?;
    let issuer = Issuer::new()?;
    let mut rows = Vec::new();
    for attack in attacks()? {
        println!("  {}", attack.name);
        rows.push(row(attack.name, &attack.run(&issuer).await?));
    }
    let name = format!("{STREAMS} live queries, each of another person");
    println!("  {name}");
    rows.push(row(&name, &streams(&issuer).await?));
    table::print(
        &[
            "load from strangers",
            "resident MB before",
            "peak",
            "a minute later",
            "slowest `/healthz` from another address meanwhile",
        ],
        &rows,
    );
    Ok(())
}

fn attacks() -> Result<Vec<Attack>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let webhook = format!(
        "POST /api/webhooks/clerk HTTP/1.1\r\nHost: a\r\nContent-Length: {BODY}\r\n\
         svix-id: msg_1\r\nsvix-timestamp: {now}\r\nsvix-signature: v1,YQ==\r\n\r\n"
    );
    let webhook = unfinished(webhook, BODY);
    let head = unfinished("GET / HTTP/1.1\r\nHost: a\r\nX: ".to_owned(), HALF);
    Ok(vec![
        Attack {
            name: "1500 unfinished webhooks of 256 KiB, webhooks off",
            connections: 1500,
            addresses: ADDRESSES,
            sends: webhook.clone(),
            secret: None,
            files: None,
        },
        Attack {
            name: "1500 unfinished webhooks of 256 KiB, with a valid timestamp and a wrong signature",
            connections: 1500,
            addresses: ADDRESSES,
            sends: webhook,
            // base64 of "a secret of the tests, no more"
            secret: Some("whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3RzLCBubyBtb3Jl"),
            files: None,
        },
        Attack {
            name: "4000 unfinished request heads of 30 KiB",
            connections: 4000,
            addresses: ADDRESSES,
            sends: head.clone(),
            secret: None,
            files: None,
        },
        Attack {
            name: "1024 unfinished request heads of 30 KiB from one address, with a limit of 1024 open files",
            connections: 1024,
            addresses: 1,
            sends: head,
            secret: None,
            files: Some(1024),
        },
    ])
}

/// A text, and all but the last byte of so many after it.
fn unfinished(text: String, bytes: usize) -> Vec<u8> {
    let mut all = text.into_bytes();
    all.resize(all.len() + bytes - 1, b'a');
    all
}

impl Attack {
    async fn run(&self, issuer: &Issuer) -> Result<Found> {
        let (server, _folder) = server(issuer, self.secret, self.files)?;
        let address = server.address;
        let before = server.memory()?;
        let mut strangers = JoinSet::new();
        for (number, source) in (0..self.connections).zip((0..self.addresses).cycle()) {
            let sends = self.sends.clone();
            let source = SocketAddr::from((Ipv4Addr::new(127, 0, 1, source + 1), 0));
            strangers.spawn(async move {
                // Not all in the same moment: whoever accepts them is to see each.
                tokio::time::sleep(Duration::from_millis(number as u64 / 2)).await;
                let _ = stay(address, source, &sends).await;
            });
        }
        let begun = Instant::now();
        let (mut most, mut slowest) = (before, Duration::ZERO);
        while begun.elapsed() < STAY {
            slowest = slowest.max(healthz(address).await?);
            most = most.max(server.memory()?);
            tokio::time::sleep(LOOK_EVERY).await;
        }
        strangers.shutdown().await;
        tokio::time::sleep(LATER).await;
        Ok(Found {
            before,
            most,
            later: server.memory()?,
            slowest: Some(slowest),
        })
    }
}

/// Live queries as people have them: what memory does with those who are no strangers.
async fn streams(issuer: &Issuer) -> Result<Found> {
    let (server, _folder) = server(issuer, None, None)?;
    let tokens = (0..STREAMS)
        .map(|number| issuer.token(&clerk_id(number)))
        .collect::<Result<Vec<_>>>()?;
    let before = server.memory()?;
    let streams = open_all(server.address, &tokens).await?;
    let most = server.memory()?;
    drop(streams);
    tokio::time::sleep(LATER).await;
    Ok(Found {
        before,
        most,
        later: server.memory()?,
        slowest: None,
    })
}

/// The API on an empty file, with its limits as they are by default. This machine's own address
/// stands for a proxy, from which all who are no strangers come.
fn server(
    issuer: &Issuer,
    secret: Option<&str>,
    files: Option<u32>,
) -> Result<(Server, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    let database = format!("sqlite://{}/app.db?mode=rwc", folder.path().display());
    let address = free_address()?;
    let mut variables = vec![
        ("CLERK_JWT_KEY", issuer.public_pem.as_str()),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    variables.extend(secret.map(|secret| ("CLERK_WEBHOOK_SIGNING_SECRET", secret)));
    let command = api(address, &database, &variables);
    let mut limited = Command::new("sh");
    let limit = files.map_or_else(|| "true".to_owned(), |files| format!("ulimit -n {files}"));
    limited.args(["-c", &format!("{limit} && exec \"$0\"")]);
    limited.arg(program("api")).env_clear();
    for (name, value) in command.get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let server = Server::start("the API", &mut limited, address, "/readyz")?;
    Ok((server, folder))
}

/// Connects from this address, sends, and stays until it is turned away.
async fn stay(server: SocketAddr, source: SocketAddr, sends: &[u8]) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(source)?;
    let mut connection = socket.connect(server).await?;
    connection.write_all(sends).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    Ok(())
}

/// How long somebody else waits until they hear that the process lives.
async fn healthz(server: SocketAddr) -> Result<Duration> {
    let begun = Instant::now();
    let ask = async {
        let mut connection = TcpStream::connect(server).await?;
        let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        connection.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await?;
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, ask)
        .await
        .context("/healthz does not answer")??;
    Ok(begun.elapsed())
}

fn row(name: &str, found: &Found) -> Vec<String> {
    let milliseconds = |it: Duration| format!("{:.0} ms", it.as_secs_f64() * 1000.0);
    vec![
        name.to_owned(),
        megabytes(found.before),
        megabytes(found.most),
        megabytes(found.later),
        found.slowest.map_or_else(String::new, milliseconds),
    ]
}

#[allow(clippy::cast_precision_loss)]
fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
