//! A bank: what people have on their accounts, and what they have saved. Both can be watched.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::{Path, State};
use axum::http::{Extensions, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use live_axum::{Caller, Key, Limits, Live, Session};
use live_sea_orm::{ChangeLog, Doorbell, schema};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};
use tempfile::TempDir;
use test_postgres::{Durability, Server};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The two tables.
pub const TABLES: [&str; 2] = ["accounts", "savings"];

/// Which database a story runs on.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Where the database is. Dropping it removes it.
pub struct Place {
    pub kind: Kind,
    pub url: String,
    _folder: TempDir,
    _server: Option<Server>,
}

impl Place {
    /// An empty bank.
    pub async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, server) = match kind {
            Kind::Sqlite => (
                format!("sqlite://{}/bank.db?mode=rwc", folder.path().display()),
                None,
            ),
            Kind::Postgres => {
                let started = tokio::task::spawn_blocking(|| {
                    let server = Server::start(Durability::None);
                    (server.database(), Some(server))
                });
                started.await.expect("PostgreSQL works")
            }
        };
        let place = Self {
            kind,
            url,
            _folder: folder,
            _server: server,
        };
        let db = place.connect(1).await;
        if let Kind::Sqlite = kind {
            execute(&db, "PRAGMA journal_mode = WAL").await;
        }
        let backend = db.get_database_backend();
        execute(&db, schema::create(backend)).await;
        for table in TABLES {
            let table_of = format!(
                "CREATE TABLE {table} (id integer PRIMARY KEY, owner text, amount bigint NOT NULL)"
            );
            execute(&db, &table_of).await;
            execute(&db, &schema::watch(backend, table, &["owner"])).await;
        }
        place
    }

    /// Connections to it.
    pub async fn connect(&self, connections: u32) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options
            .max_connections(connections)
            .min_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|options| options.busy_timeout(Duration::from_secs(20)));
        Database::connect(options).await.expect("the database")
    }

    /// `SQLite`'s file.
    pub fn path(&self) -> &str {
        let path = self.url.trim_start_matches("sqlite://");
        path.split('?').next().expect("a path")
    }
}

/// Executes SQL.
pub async fn execute(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.expect("valid SQL");
}

/// A process that serves the bank.
pub struct Bank {
    pub live: Live<Person>,
    pub db: DatabaseConnection,
    _work: JoinSet<()>,
}

impl Bank {
    /// A process beside others.
    pub async fn open(place: &Place) -> Self {
        let (db, read) = match place.kind {
            Kind::Sqlite => (place.connect(1).await, place.connect(2).await),
            Kind::Postgres => {
                let db = place.connect(20).await;
                (db.clone(), db)
            }
        };
        let log = ChangeLog::open(read, db.clone()).await.expect("a log");
        let limits = Limits {
            person: 1000,
            process: 1000,
            watches: 1000,
        };
        let live = Live::new(limits, CancellationToken::new());
        let router = Router::new()
            .route("/{table}/{owner}", get(sum))
            .route("/unnoted", get(unnoted))
            .route("/broken", get(broken))
            .route("/all", get(all))
            .with_state(log.clone());
        let doorbell = match place.kind {
            Kind::Sqlite => Doorbell::Sqlite {
                path: place.path().into(),
                connection: db.clone(),
            },
            Kind::Postgres => Doorbell::Postgres {
                url: place.url.clone(),
                connection: db.clone(),
            },
        };
        let mut work = JoinSet::new();
        let ring = live.clone();
        work.spawn(doorbell.wait(move || ring.ring()));
        work.spawn(log.clone().prune());
        work.spawn(live.clone().drive(log, router));
        Self {
            live,
            db,
            _work: work,
        }
    }

    /// A connection that watches these paths.
    pub fn watch(&self, paths: &[&str]) -> Session<Person> {
        let mut session = self.live.connect(Person).expect("room");
        for path in paths {
            session.watch(path, None).expect("a path");
        }
        session
    }
}

/// What the state of this path says, a number.
pub async fn next(session: &mut Session<Person>, path: &str) -> i64 {
    let changed = tokio::time::timeout(Duration::from_secs(20), session.changed());
    let states = changed.await.expect("a change");
    number(&states[path])
}

/// The number in a state.
pub fn number(state: &live_axum::State) -> i64 {
    assert_eq!(state.status, 200, "{state:?}");
    let body = state.body.as_ref().expect("a body");
    body.get().parse().expect("a number")
}

/// Everybody is the same here.
#[derive(Clone, Debug)]
pub struct Person;

impl Caller for Person {
    fn scope(&self, _path: &str) -> Arc<str> {
        "all".into()
    }

    fn person(&self) -> &'static str {
        "all"
    }

    fn expires(&self) -> SystemTime {
        SystemTime::now() + Duration::from_hours(1)
    }

    async fn withdrawn(&self) {
        std::future::pending::<()>().await;
    }

    fn attach(&self, _extensions: &mut Extensions) {}
}

/// The sum of what somebody has in one of the tables.
async fn sum(
    State(log): State<ChangeLog>,
    Path((table, owner)): Path<(String, String)>,
) -> Result<Json<i64>, (StatusCode, Json<String>)> {
    total(&log, &table, "owner", &owner)
        .await
        .map(Json)
        .map_err(|error| failed(&error))
}

/// Reads by a column whose values are not logged.
async fn unnoted(State(log): State<ChangeLog>) -> Result<Json<i64>, (StatusCode, Json<String>)> {
    total(&log, "accounts", "id", "1")
        .await
        .map(Json)
        .map_err(|error| failed(&error))
}

/// The sum of what all have.
async fn all(State(log): State<ChangeLog>) -> Result<Json<i64>, (StatusCode, Json<String>)> {
    let sum = async {
        let reading = log.reading(|| Key::table("accounts"))?;
        let executor = reading.executor();
        let sql = "SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM accounts".to_owned();
        let statement = Statement::from_string(executor.get_database_backend(), sql);
        let row = executor.query_one_raw(statement).await?;
        row.map_or(Ok(0), |row| row.try_get_by_index(0))
    };
    let sum: Result<_, DbErr> = sum.await;
    sum.map(Json).map_err(|error| failed(&error))
}

/// Reads as it should, and then what no database can compute.
async fn broken(State(log): State<ChangeLog>) -> Result<Json<i64>, (StatusCode, Json<String>)> {
    let failing = async {
        let reading = log.reading(|| Key::rows("accounts", "owner", "ada"))?;
        let sql = "SELECT CAST('none' AS integer) / 0 FROM nowhere";
        reading.executor().execute_unprepared(sql).await
    };
    let result: Result<_, DbErr> = failing.await;
    result.map(|_| Json(0)).map_err(|error| failed(&error))
}

fn failed(error: &DbErr) -> (StatusCode, Json<String>) {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(error.to_string()))
}

async fn total(
    log: &ChangeLog,
    table: &str,
    column: &'static str,
    value: &str,
) -> Result<i64, DbErr> {
    let reading = log.reading(|| Key::rows(table.to_owned(), column, value))?;
    let executor = reading.executor();
    let backend = executor.get_database_backend();
    let place = if backend == DbBackend::Postgres {
        "$1"
    } else {
        "?"
    };
    let sql = format!(
        "SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM {table} WHERE {column} = {place}"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [value.into()]);
    let row = executor.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// A story on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::bank::Place::new($crate::bank::Kind::Sqlite).await).await;
            })+
        }
        mod postgresql {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::bank::Place::new($crate::bank::Kind::Postgres).await).await;
            })+
        }
    };
}
