//! The connections to the database.

use std::path::Path;
use std::time::{Duration, Instant};

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, DatabaseConnection, DbBackend, DbErr, RuntimeErr};

/// The most connections of one process to `PostgreSQL`, the one that listens apart.
const CONNECTIONS_MAX: u32 = 16;
/// The most connections that read from `SQLite`: each keeps pages in memory.
const SQLITE_READERS: u32 = 2;
/// How much of the file a connection to `SQLite` keeps: 256 KiB (negative means KiB, not pages).
/// Rows that are asked for are kept elsewhere.
const SQLITE_CACHE: &str = "-256";
/// How long a request waits for a connection before it is told to come again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest a statement may take.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one process waits for another that writes to the same `SQLite` file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const BUSY_PAUSE: Duration = Duration::from_millis(10);
/// A connection that rested for so long is tried before it is used: the server may be another.
const TEST_AFTER: Duration = Duration::from_secs(1);

/// The database: connections to read with, and to write with.
#[derive(Clone, Debug)]
pub struct Database {
    /// For reading.
    pub read: DatabaseConnection,
    /// For writing. `SQLite` has one writer at a time, so there it is one connection, for which
    /// writes queue in order; with `PostgreSQL` it is the same pool as `read`.
    pub write: DatabaseConnection,
}

impl Database {
    /// Whether this is `PostgreSQL`, which other processes change too.
    pub fn is_shared(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Postgres
    }

    /// Connections in all and idle ones, of readers and writers.
    pub fn pool_use(&self) -> (u32, u32) {
        if self.is_shared() {
            let pool = self.read.get_postgres_connection_pool();
            (pool.size(), idle(pool.num_idle()))
        } else {
            let (read, write) = (
                self.read.get_sqlite_connection_pool(),
                self.write.get_sqlite_connection_pool(),
            );
            (
                read.size() + write.size(),
                idle(read.num_idle()) + idle(write.num_idle()),
            )
        }
    }
}

fn idle(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Connects and brings the schema up to date.
pub async fn connect(url: &str) -> Result<Database, DbErr> {
    create_parent_directory(url);
    let sqlite = url.starts_with("sqlite:");
    let write = pool(url, if sqlite { 1 } else { CONNECTIONS_MAX }).await?;
    migrations::run(&write).await?;
    let read = if sqlite {
        pool(url, SQLITE_READERS).await?
    } else {
        write.clone()
    };
    Ok(Database { read, write })
}

async fn pool(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire_if_idle_for(TEST_AFTER)
        .statement_timeout(STATEMENT_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(durable);
    if url.starts_with("sqlite:") {
        // The counter that shows commits of others is the connection's own.
        options.max_lifetime(None).idle_timeout(None);
    }
    let begun = Instant::now();
    loop {
        match sea_orm::Database::connect(options.clone()).await {
            // Several processes turn a new file to WAL at once: SQLite lets all but one fail
            // without waiting.
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_TIMEOUT => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            result => return result,
        }
    }
}

/// Whether `SQLite` says that another process is at it (`SQLITE_BUSY`, 5).
fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code == "5")
}

/// What is acknowledged must survive a power cut, and readers must not wait for writers.
fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("cache_size", SQLITE_CACHE)
        .busy_timeout(BUSY_TIMEOUT)
}

/// `SQLite` makes its file but not the directory; a failure shows when it opens the file.
fn create_parent_directory(url: &str) {
    let Some(file) = url.strip_prefix("sqlite:") else {
        return;
    };
    let file = file
        .trim_start_matches("//")
        .split('?')
        .next()
        .unwrap_or_default();
    if let Some(parent) = Path::new(file).parent() {
        let _ = std::fs::create_dir_all(parent);
    }
}
