//! The table of `cargo xtask bench`: what a request costs beside the floor and beside peers, and
//! what live queries cost.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use bench::issuer::{Issuer, ORIGIN};
use bench::server::{Server, api, free_address, program};
use bench::streams::{Stream, open_all, raise_file_limit};
use bench::wrk::{Load, Script};
use bench::{clerk_id, rows, table};
use test_postgres::Durability;

/// How many people have a row and a token.
const PEOPLE: usize = 10_000;
/// From how many connections the load comes.
const CONNECTIONS: usize = 64;
/// How long a round of load is, in seconds, and how many rounds each server gets.
const SECONDS: u32 = 5;
const ROUNDS: usize = 3;
/// How many streams are open at once.
const STREAMS: usize = 10_000;
/// How many people read one person's changes, and how often the time is taken.
const READERS: usize = 1_000;
const CHANGES: usize = 9;

#[tokio::main]
async fn main() -> Result<()> {
    raise_file_limit()?;
    let folder = tempfile::tempdir()?;
    let issuer = Issuer::new()?;
    println!("  making {PEOPLE} people");
    let tokens = (0..PEOPLE)
        .map(|number| issuer.token(&clerk_id(number)))
        .collect::<Result<Vec<_>>>()?;
    let postgres = tokio::task::spawn_blocking(|| {
        let server = test_postgres::Server::start(Durability::Full);
        let url = server.database();
        (server, url)
    });
    let (_postgres, postgres_url) = postgres.await?;
    let file = folder.path().join("app.db");
    let sqlite_url = format!("sqlite://{}?mode=rwc", file.display());
    rows::fill(&sqlite_url, PEOPLE).await?;
    rows::fill(&postgres_url, PEOPLE).await?;
    let world = World {
        tokens,
        jwt_key: issuer.public_pem,
        sqlite_url,
        postgres_url,
        file,
    };
    world.requests(folder.path())?;
    world.streams().await
}

struct World {
    tokens: Vec<String>,
    jwt_key: String,
    sqlite_url: String,
    postgres_url: String,
    file: PathBuf,
}

/// What one server's rounds found.
#[derive(Default)]
struct Figures {
    loads: Vec<Load>,
    /// Microseconds of CPU a request.
    cpu: Vec<f64>,
    memory: u64,
}

impl World {
    fn requests(&self, folder: &Path) -> Result<()> {
        let servers = self.servers()?;
        let script = Script::new(folder, &self.tokens)?;
        let mut figures: Vec<Figures> = servers.iter().map(|_| Figures::default()).collect();
        for server in &servers {
            script.run(server.address, CONNECTIONS, 1)?;
        }
        for round in 1..=ROUNDS {
            println!("  round {round} of {ROUNDS}");
            for (server, figures) in servers.iter().zip(&mut figures) {
                let before = server.cpu()?;
                let load = script.run(server.address, CONNECTIONS, SECONDS)?;
                figures
                    .cpu
                    .push((server.cpu()? - before) * 1e6 / load.requests);
                figures.loads.push(load);
                figures.memory = figures.memory.max(server.memory()?);
            }
        }
        let of = |figures: &Figures, which: fn(&Load) -> f64| {
            table::median(figures.loads.iter().map(which).collect())
        };
        let floor = figures.first().context("the floor")?;
        let (floor_cpu, floor_p99) = (table::median(floor.cpu.clone()), of(floor, |it| it.p99));
        let rows = servers.iter().zip(&figures).map(|(server, figures)| {
            let cpu = table::median(figures.cpu.clone());
            let p99 = of(figures, |it| it.p99);
            vec![
                server.name.clone(),
                format!("{:.1}×", cpu / floor_cpu),
                format!("{:.1}×", p99 / floor_p99),
                format!("{cpu:.1}"),
                format!("{:.0}", of(figures, |it| it.per_second)),
                format!("{p99:.1}"),
                megabytes(figures.memory),
                format!("{:.0}", server.ready_after.as_secs_f64() * 1000.0),
            ]
        });
        println!(
            "\n`GET /api/users/me`, {PEOPLE} people, {CONNECTIONS} connections, {ROUNDS} \
             interleaved rounds of {SECONDS} s, medians"
        );
        table::print(
            &[
                "server",
                "CPU ÷ floor",
                "p99 ÷ floor",
                "CPU µs/request",
                "requests/s",
                "p99 ms",
                "resident MB",
                "ready after ms",
            ],
            &rows.collect::<Vec<_>>(),
        );
        Ok(())
    }

    fn servers(&self) -> Result<Vec<Server>> {
        let mut servers = Vec::new();
        let address = free_address()?;
        servers.push(Server::start(
            "the floor: axum, no token, no database",
            Command::new(program("floor")).env("LISTEN_ADDR", address.to_string()),
            address,
            "/api/users/me",
        )?);
        servers.push(self.api("ours, SQLite", &self.sqlite_url)?);
        servers.push(self.api("ours, PostgreSQL", &self.postgres_url)?);
        let address = free_address()?;
        servers.push(Server::start(
            "axum + jsonwebtoken + SeaORM done plainly, SQLite",
            Command::new(program("plain"))
                .env("LISTEN_ADDR", address.to_string())
                .env("CLERK_JWT_KEY", &self.jwt_key)
                .env("DATABASE_URL", &self.sqlite_url),
            address,
            "/readyz",
        )?);
        match std::env::var_os("BENCH_HONO_DIR") {
            Some(folder) => servers.push(self.hono(Path::new(&folder))?),
            None => println!("  skipped: Hono + @clerk/backend, which needs Node.js and npm"),
        }
        Ok(servers)
    }

    fn api(&self, name: &str, database_url: &str) -> Result<Server> {
        let address = free_address()?;
        let variables = [
            ("CLERK_JWT_KEY", self.jwt_key.as_str()),
            // All of the load comes from one address, and many readers are one person.
            ("CONNECTION_LIMIT_ADDRESS", "0"),
            ("STREAM_LIMIT_IDENTITY", "1024"),
        ];
        let mut command = api(address, database_url, &variables);
        Server::start(name, &mut command, address, "/readyz")
    }

    fn hono(&self, folder: &Path) -> Result<Server> {
        let address = free_address()?;
        Server::start(
            "Hono + @clerk/backend + better-sqlite3",
            Command::new("node")
                .arg("server.mjs")
                .current_dir(folder)
                .env("NODE_ENV", "production")
                .env("LISTEN_ADDR", address.to_string())
                .env("CLERK_JWT_KEY", &self.jwt_key)
                .env("CLERK_AUTHORIZED_PARTIES", ORIGIN)
                .env("DATABASE_FILE", &self.file),
            address,
            "/readyz",
        )
    }

    async fn streams(&self) -> Result<()> {
        println!("  opening {STREAMS} streams");
        let server = self.api("ours", &self.sqlite_url)?;
        // What the first few cost is not the streams'.
        let warm = open_all(server.address, &self.tokens[..100]).await?;
        let before = server.memory()?;
        let streams = open_all(server.address, &self.tokens).await?;
        #[allow(clippy::cast_precision_loss)]
        let each = (server.memory()? - before) as f64 / STREAMS as f64 / 1024.0;
        let total = server.memory()?;
        drop((warm, streams));
        println!("  telling {READERS} readers");
        let here = self.tell(&server, &server).await?;
        let (one, other) = (
            self.api("one", &self.postgres_url)?,
            self.api("other", &self.postgres_url)?,
        );
        let across = self.tell(&one, &other).await?;
        table::print(
            &["live queries", "figure"],
            &[
                vec![
                    format!("memory of each of {STREAMS} open streams"),
                    format!("{each:.1} KiB"),
                ],
                vec![
                    "resident with all of them open".to_owned(),
                    format!("{} MB", megabytes(total)),
                ],
                vec![
                    format!("PUT sent to the last of {READERS} readers, one process, SQLite"),
                    format!("{here:.0} ms"),
                ],
                vec![
                    format!("PUT sent to the last of {READERS} readers on another replica"),
                    format!("{across:.0} ms"),
                ],
            ],
        );
        Ok(())
    }

    /// From the moment a change is sent to one process until the last reader at the other has
    /// it, in milliseconds: the median.
    async fn tell(&self, writes: &Server, reads: &Server) -> Result<f64> {
        let token = &self.tokens[0];
        let mut streams = open_all(reads.address, &vec![token.clone(); READERS]).await?;
        let client = reqwest::Client::new();
        let mut times = Vec::new();
        for change in 0..CHANGES {
            let name = format!("change {change}.");
            let url = format!("http://{}/api/users/{}", writes.address, clerk_id(0));
            let body = serde_json::json!({
                "clerkId": clerk_id(0), "email": "person.0@example.com", "name": name,
            });
            let put = client.put(url).bearer_auth(token).json(&body);
            let begun = Instant::now();
            let readers = streams.iter_mut().map(|stream| read(stream, &name));
            let (put, readers) = tokio::join!(put.send(), futures_util::future::join_all(readers));
            put?.error_for_status()?;
            let last = readers.into_iter().collect::<Result<Vec<_>>>()?;
            let last = last.into_iter().max().context("readers")?;
            times.push((last - begun).as_secs_f64() * 1000.0);
        }
        Ok(table::median(times))
    }
}

async fn read(stream: &mut Stream, name: &str) -> Result<Instant> {
    stream.forget();
    stream.until(name).await
}

#[allow(clippy::cast_precision_loss)]
fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
