//! The table of `cargo xtask bench`: what a request costs beside the floor and beside peers, and
//! what live queries cost.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bench::issuer::{Issuer, ORIGIN, PEOPLE};
use bench::server::{Server, api, free_address, program};
use bench::streams::{Stream, open_all, pages, raise_file_limit};
use bench::wrk::{Load, Script, Use};
use bench::{clerk_id, table};
use test_postgres::Durability;

/// From how many connections the load comes.
const CONNECTIONS: usize = 64;
/// How long a round of load is, in seconds, and how many rounds each server gets.
const SECONDS: u32 = 5;
const ROUNDS: usize = 3;
/// How many tokens are used once in each round, and how long such a round may take, in seconds.
const ONCE: usize = 15_000;
const ONCE_SECONDS: u32 = 4;
/// How many streams are open at once.
const STREAMS: usize = 10_000;
/// How many people read one person's changes, and how often the time is taken.
const READERS: usize = 1_000;
const CHANGES: usize = 9;
/// How many write at once, and for how long.
const WRITERS: usize = 16;
const WRITING: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<()> {
    raise_file_limit()?;
    let folder = tempfile::tempdir()?;
    let issuer = Issuer::new()?;
    println!("  making {PEOPLE} people");
    let tokens = issuer.tokens(PEOPLE)?;
    println!("  making {} tokens to be used once", ONCE * ROUNDS);
    let once = issuer.tokens(ONCE * ROUNDS)?;
    let postgres = tokio::task::spawn_blocking(|| {
        let server = test_postgres::Server::start(Durability::Full);
        let url = server.database();
        (server, url)
    });
    let (_postgres, postgres_url) = postgres.await?;
    let file = folder.path().join("app.db");
    let sqlite_url = format!("sqlite://{}?mode=rwc", file.display());
    bench::rows::fill(&sqlite_url, PEOPLE).await?;
    bench::rows::fill(&postgres_url, PEOPLE).await?;
    let world = World {
        tokens,
        once,
        jwt_key: issuer.public_pem,
        sqlite_url,
        postgres_url,
        file,
    };
    // `bench live` measures live queries alone.
    if std::env::args().nth(1).as_deref() != Some("live") {
        world.requests(folder.path())?;
    }
    world.streams().await
}

struct World {
    tokens: Vec<String>,
    /// Tokens that nobody has used yet.
    once: Vec<String>,
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

impl Figures {
    fn cpu(&self) -> f64 {
        table::median(self.cpu.clone())
    }

    fn of(&self, which: fn(&Load) -> f64) -> f64 {
        table::median(self.loads.iter().map(which).collect())
    }

    fn cpu_cells(&self, _: &Server, floor: &Self) -> Vec<String> {
        let cpu = self.cpu();
        vec![format!("{:.1}×", cpu / floor.cpu()), format!("{cpu:.1}")]
    }

    fn cells(&self, server: &Server, floor: &Self) -> Vec<String> {
        let (cpu, p99) = (self.cpu(), self.of(|it| it.p99));
        vec![
            format!("{:.1}×", cpu / floor.cpu()),
            format!("{:.1}×", p99 / floor.of(|it| it.p99)),
            format!("{cpu:.1}"),
            format!("{:.0}", self.of(|it| it.per_second)),
            format!("{p99:.1}"),
            megabytes(self.memory),
            format!("{:.0}", server.ready_after.as_secs_f64() * 1000.0),
        ]
    }
}

/// Loads the servers in turn, a script a round.
fn measure(servers: &[Server], scripts: &[&Script], seconds: u32) -> Result<Vec<Figures>> {
    let mut figures: Vec<Figures> = servers.iter().map(|_| Figures::default()).collect();
    for (round, script) in scripts.iter().enumerate() {
        println!("  round {} of {}", round + 1, scripts.len());
        for (server, figures) in servers.iter().zip(&mut figures) {
            let before = server.cpu()?;
            let load = script.run(server.address, CONNECTIONS, seconds)?;
            figures
                .cpu
                .push((server.cpu()? - before) * 1e6 / load.requests);
            figures.loads.push(load);
            figures.memory = figures.memory.max(server.memory()?);
        }
    }
    Ok(figures)
}

/// A row for each server, whose first one is the floor.
fn rows(
    servers: &[Server],
    figures: &[Figures],
    cells: fn(&Figures, &Server, &Figures) -> Vec<String>,
) -> Result<Vec<Vec<String>>> {
    let floor = figures.first().context("the floor")?;
    let rows = servers.iter().zip(figures).map(|(server, figures)| {
        let mut row = vec![server.name.clone()];
        row.extend(cells(figures, server, floor));
        row
    });
    Ok(rows.collect())
}

impl World {
    fn requests(&self, folder: &Path) -> Result<()> {
        let servers = self.servers()?;
        let again = Script::new(folder, "tokens", &self.tokens, Use::Often)?;
        for server in &servers {
            again.run(server.address, CONNECTIONS, 1)?;
        }
        let often = measure(&servers, &[&again; ROUNDS], SECONDS)?;
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
            &rows(&servers, &often, Figures::cells)?,
        );
        let rounds = self.once.chunks(ONCE).enumerate();
        let scripts = rounds.map(|(round, tokens)| {
            Script::new(folder, &format!("tokens.{round}"), tokens, Use::Once)
        });
        let scripts = scripts.collect::<Result<Vec<_>>>()?;
        let once = measure(&servers, &scripts.iter().collect::<Vec<_>>(), ONCE_SECONDS)?;
        println!(
            "\nThe same with tokens used once, {ONCE} in each of {ROUNDS} interleaved rounds, \
             medians"
        );
        table::print(
            &["server", "CPU ÷ floor", "CPU µs/request"],
            &rows(&servers, &once, Figures::cpu_cells)?,
        );
        Ok(())
    }

    fn servers(&self) -> Result<Vec<Server>> {
        let mut servers = Vec::new();
        let address = free_address()?;
        servers.push(Server::start(
            "the floor: axum, no token, no database",
            Command::new(program("floor"))
                .env_clear()
                .env("LISTEN_ADDR", address.to_string()),
            address,
            "/readyz",
        )?);
        let address = free_address()?;
        servers.push(Server::start(
            "the floor, checking each token's signature",
            Command::new(program("floor"))
                .env_clear()
                .env("LISTEN_ADDR", address.to_string())
                .env("CLERK_JWT_KEY", &self.jwt_key),
            address,
            "/readyz",
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
            ("STREAM_LIMIT_IDENTITY", "16384"),
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
        let mut streams = open_all(server.address, &self.tokens).await?;
        #[allow(clippy::cast_precision_loss)]
        let each = (server.memory()? - before) as f64 / STREAMS as f64 / 1024.0;
        let total = server.memory()?;
        println!("  telling readers");
        // Each of them watches another row.
        let alone = self
            .tell(&server, &mut streams.drain(..1).collect::<Vec<_>>())
            .await?;
        drop((warm, streams, server));
        let server = self.api("ours", &self.sqlite_url)?;
        let warm = pages(server.address, &self.tokens[..100]).await?;
        let before = server.memory()?;
        let open = pages(server.address, &self.tokens).await?;
        #[allow(clippy::cast_precision_loss)]
        let page = (server.memory()? - before) as f64 / STREAMS as f64 / 1024.0;
        drop((warm, open));
        let here = self
            .tell(&server, &mut self.readers(&server, READERS).await?)
            .await?;
        let many = self
            .tell(&server, &mut self.readers(&server, STREAMS).await?)
            .await?;
        println!("  writing while others watch");
        let unwatched = self.writes(&server).await?;
        let watching = pages(server.address, &self.tokens[..READERS]).await?;
        let watched = self.writes(&server).await?;
        drop(watching);
        let (one, other) = (
            self.api("one", &self.postgres_url)?,
            self.api("other", &self.postgres_url)?,
        );
        let across = self
            .tell(&one, &mut self.readers(&other, READERS).await?)
            .await?;
        table::print(
            &["live queries", "figure"],
            &[
                vec![
                    format!("memory of each of {STREAMS} open streams"),
                    format!("{each:.1} KiB"),
                ],
                vec![
                    format!("memory of each of {STREAMS} pages with three queries"),
                    format!("{page:.1} KiB"),
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
                    format!("the same, {STREAMS} readers"),
                    format!("{many:.0} ms"),
                ],
                vec![
                    format!("PUT sent to its one reader, while {STREAMS} watch another row each"),
                    format!("{alone:.1} ms"),
                ],
                vec![
                    format!("writes a second by {WRITERS} clients, nobody watching"),
                    format!("{unwatched:.0}"),
                ],
                vec![
                    format!("the same, while {READERS} pages with three queries watch the rows"),
                    format!("{watched:.0}"),
                ],
                vec![
                    format!("PUT sent to the last of {READERS} readers on another replica"),
                    format!("{across:.0} ms"),
                ],
            ],
        );
        Ok(())
    }

    /// So many streams of the first person.
    async fn readers(&self, server: &Server, count: usize) -> Result<Vec<Stream>> {
        open_all(server.address, &vec![self.tokens[0].clone(); count]).await
    }

    /// How many changes a second are acknowledged, of the first rows in turn.
    async fn writes(&self, server: &Server) -> Result<f64> {
        let client = reqwest::Client::new();
        let begun = Instant::now();
        let writers = (0..WRITERS).map(async |writer| {
            let mut written = 0_u32;
            for person in (writer..READERS).step_by(WRITERS).cycle() {
                if begun.elapsed() > WRITING {
                    break;
                }
                let url = format!("http://{}/api/users/{}", server.address, clerk_id(person));
                let body = serde_json::json!({
                    "clerkId": clerk_id(person), "email": "a@example.com",
                    "name": format!("{:?}", begun.elapsed()),
                });
                let put = client.put(url).bearer_auth(&self.tokens[person]);
                put.json(&body).send().await?.error_for_status()?;
                written += 1;
            }
            Ok::<_, anyhow::Error>(written)
        });
        let mut written = 0;
        for each in futures_util::future::join_all(writers).await {
            written += each?;
        }
        Ok(f64::from(written) / begun.elapsed().as_secs_f64())
    }

    /// From the moment a change is sent to one process until the last reader at the other has
    /// it, in milliseconds: the median.
    async fn tell(&self, writes: &Server, streams: &mut [Stream]) -> Result<f64> {
        let token = &self.tokens[0];
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
