//! `cargo xtask fault`: hurts the API while many write, and looks for every write that it
//! acknowledged. Fails when one is missing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::routing::get;
use axum::{Json, Router};
use bench::issuer::Issuer;
use bench::journal::{Account, Writers};
use bench::server::{Server, api, free_address};
use bench::table;
use bench::tables::Tables;
use rand::RngExt;
use test_postgres::{Durability, Stop};
use tokio::task::{block_in_place, spawn_blocking};

/// How often each scenario is run, unless `FAULT_RUNS` says otherwise.
const RUNS: usize = 5;
/// How often it hurts in one run.
const HURTS: usize = 3;

#[tokio::main]
async fn main() -> Result<()> {
    let runs = match std::env::var("FAULT_RUNS") {
        Ok(runs) => runs.parse().context("FAULT_RUNS: expected a number")?,
        Err(_) => RUNS,
    };
    let issuer = Arc::new(Issuer::new()?);
    let postgres = spawn_blocking(|| Arc::new(test_postgres::Server::start(Durability::Full)));
    let world = World {
        issuer,
        postgres: postgres.await?,
    };
    let mut rows = Vec::new();
    let mut lost = 0;
    for scenario in [
        Scenario::KillOnSqlite,
        Scenario::KillOnPostgres,
        Scenario::RestartPostgres,
        Scenario::JwksDown,
    ] {
        let mut sum = Account::default();
        for run in 1..=runs {
            println!("  {}, run {run} of {runs}", scenario.name());
            let account = world.run(scenario).await?;
            sum.acknowledged += account.acknowledged;
            sum.refused += account.refused;
            sum.lost += account.lost;
        }
        lost += sum.lost;
        rows.push(vec![
            scenario.name().to_owned(),
            runs.to_string(),
            sum.acknowledged.to_string(),
            sum.lost.to_string(),
            sum.refused.to_string(),
        ]);
    }
    table::print(
        &[
            "while 16 clients write",
            "runs",
            "writes acknowledged",
            "lost",
            "refused",
        ],
        &rows,
    );
    if lost > 0 {
        bail!("{lost} acknowledged writes are lost");
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Scenario {
    KillOnSqlite,
    KillOnPostgres,
    RestartPostgres,
    JwksDown,
}

impl Scenario {
    fn name(self) -> &'static str {
        match self {
            Self::KillOnSqlite => "`kill -9` three times, SQLite",
            Self::KillOnPostgres => "`kill -9` three times, PostgreSQL",
            Self::RestartPostgres => "PostgreSQL stopped and started three times",
            Self::JwksDown => "the JWKS host is down throughout",
        }
    }
}

struct World {
    issuer: Arc<Issuer>,
    postgres: Arc<test_postgres::Server>,
}

impl World {
    async fn run(&self, scenario: Scenario) -> Result<Account> {
        let folder = tempfile::tempdir()?;
        let sqlite = format!("sqlite://{}/app.db?mode=rwc", folder.path().display());
        match scenario {
            Scenario::KillOnSqlite => self.kill(&sqlite).await,
            Scenario::KillOnPostgres => self.kill(&self.database().await?).await,
            Scenario::RestartPostgres => self.restart_postgres().await,
            Scenario::JwksDown => self.jwks_down(&sqlite).await,
        }
    }

    async fn database(&self) -> Result<String> {
        let postgres = self.postgres.clone();
        Ok(spawn_blocking(move || postgres.database()).await?)
    }

    fn start(
        &self,
        address: SocketAddr,
        database_url: &str,
        more: &[(&str, &str)],
    ) -> Result<Server> {
        let key = [("CLERK_JWT_KEY", self.issuer.public_pem.as_str())];
        let variables = if more.is_empty() { &key } else { more };
        let mut command = api(address, database_url, variables);
        Server::start("the API", &mut command, address, "/readyz")
    }

    async fn kill(&self, database_url: &str) -> Result<Account> {
        let address = free_address()?;
        let mut server = self.start(address, database_url, &[])?;
        let tables = Tables::add(database_url).await?;
        let writers = Writers::start(address, self.issuer.clone())?;
        for _ in 0..HURTS {
            a_while().await;
            server.kill()?;
            server = self.start(address, database_url, &[])?;
        }
        a_while().await;
        let account = writers.check().await?;
        tables.check().await?;
        drop(server);
        Ok(account)
    }

    async fn restart_postgres(&self) -> Result<Account> {
        let address = free_address()?;
        let database_url = self.database().await?;
        let server = self.start(address, &database_url, &[])?;
        let tables = Tables::add(&database_url).await?;
        let writers = Writers::start(address, self.issuer.clone())?;
        for hurt in 0..HURTS {
            a_while().await;
            let postgres = self.postgres.clone();
            let how = if hurt % 2 == 0 {
                Stop::Immediate
            } else {
                Stop::Fast
            };
            spawn_blocking(move || {
                postgres.stop(how);
                postgres.start_again();
            })
            .await?;
        }
        a_while().await;
        let account = writers.check().await?;
        tables.check().await?;
        drop(server);
        Ok(account)
    }

    async fn jwks_down(&self, database_url: &str) -> Result<Account> {
        let jwks = self.issuer.jwks()?;
        let router = Router::new().route("/", get(async move || Json(jwks)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let host = tokio::spawn(async move { axum::serve(listener, router).await });
        let address = free_address()?;
        // The host must answer meanwhile, also on a machine of one core.
        let server = block_in_place(|| {
            self.start(address, database_url, &[("CLERK_JWKS_URL", url.as_str())])
        })?;
        // From here on nobody answers there.
        host.abort();
        let _ = host.await;
        let tables = Tables::add(database_url).await?;
        let writers = Writers::start(address, self.issuer.clone())?;
        for _ in 0..=HURTS {
            a_while().await;
        }
        let account = writers.check().await?;
        tables.check().await?;
        drop(server);
        if account.refused > 0 {
            bail!("{} requests were refused without need", account.refused);
        }
        Ok(account)
    }
}

/// At no moment that could be foreseen.
async fn a_while() {
    let milliseconds = rand::rng().random_range(300..1200);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
