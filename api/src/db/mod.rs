//! The connections to the database.

mod file;
mod sqlite;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use tokio::time::{sleep, timeout};

use file::File;
pub use file::Lost;
use live_sea_orm::{ChangeLog, Doorbell};

/// The most connections of one process to `PostgreSQL`, the one that listens apart.
const CONNECTIONS_MAX: u32 = 16;
/// The most connections that read from `SQLite`: each keeps pages in memory.
const SQLITE_READERS: u32 = 2;
/// How long a request waits for the database, whatever it waits for: a place in a queue, a
/// connection, one statement or several.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long it waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest a statement may take in `PostgreSQL`, also when nobody waits for it any more.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause before a file is opened again that another process is at.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
/// A connection that rested for so long is tried before it is used: the server may be another.
const TEST_AFTER: Duration = Duration::from_secs(1);
/// How large a file may be, in bytes, to be checked before anybody is served. Measured: 3 ms for
/// each MB. Larger ones are checked meanwhile.
const CHECKED_FIRST_MAX: u64 = 16 * 1024 * 1024;
/// How often it is looked whether the file is still there; a write looks by itself.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long closing may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Why the database cannot be used. Its URL is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The file or its folder cannot be made.
    #[error("{} cannot be created: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("the file is not a SQLite database")]
    NoDatabase,
    /// The file holds a database that is broken.
    #[error("the database file is damaged ({0}): restore a backup")]
    Damaged(String),
    /// Anything else.
    #[error("the database cannot be used: {0}")]
    Database(DbErr),
}

impl From<DbErr> for ConnectError {
    fn from(error: DbErr) -> Self {
        match sqlite::code(&error) {
            Some(sqlite::NOT_A_DATABASE) => Self::NoDatabase,
            Some(sqlite::CORRUPT) => Self::Damaged("SQLite cannot read it".to_owned()),
            _ => Self::Database(error),
        }
    }
}

/// The database did not answer in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the database did not answer within {} s", ANSWER_WITHIN.as_secs())]
pub struct Slow;

/// Does what a request asks of the database, or gives up after a while.
pub async fn in_time<T, E: From<Slow>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    timeout(ANSWER_WITHIN, work)
        .await
        .unwrap_or_else(|_| Err(Slow.into()))
}

/// The database: connections to read with, and to write with.
#[derive(Clone, Debug)]
pub struct Database {
    /// For reading.
    pub read: DatabaseConnection,
    /// For writing. `SQLite` has one writer at a time, so there it is one connection, for which
    /// writes queue in order; with `PostgreSQL` it is the same pool as `read`.
    pub write: DatabaseConnection,
    /// What has changed, for live queries.
    pub log: ChangeLog,
    /// `SQLite`'s file.
    file: Option<Arc<File>>,
}

impl Database {
    /// Whether this is `PostgreSQL`, which other processes change too.
    pub fn is_shared(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Postgres
    }

    /// Where commits of other processes are heard of. `listen_url` is the database for `LISTEN`,
    /// which a pooler in transaction mode cannot serve.
    pub fn doorbell(&self, listen_url: &str) -> Doorbell {
        let connection = self.write.clone();
        match &self.file {
            Some(file) => Doorbell::Sqlite {
                path: file.path().to_owned(),
                connection,
            },
            None => Doorbell::Postgres {
                url: listen_url.to_owned(),
                connection,
            },
        }
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

    /// Whether the file that was opened is still there; looks now.
    pub fn check_file(&self) -> Result<(), Lost> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// Whether it was there when somebody last looked; costs nothing.
    pub fn file_last_checked(&self) -> Result<(), Lost> {
        self.file
            .as_ref()
            .map_or(Ok(()), |file| file.last_checked())
    }

    /// Writes one small row, and wakes nobody: a full disk, a read-only file or replica shows in
    /// no other way.
    pub async fn try_a_write(&self) -> Result<(), DbErr> {
        let statement = "INSERT INTO probe (id, times) VALUES (1, 1) \
                         ON CONFLICT (id) DO UPDATE SET times = probe.times + 1";
        self.write.execute_unprepared(statement).await.map(drop)
    }

    /// Empties `SQLite`'s log, which holds rows as they were before they were deleted; if
    /// somebody reads from it, as soon as they have ended. `PostgreSQL` recycles its own.
    pub async fn erase(&self) {
        let Some(file) = &self.file else { return };
        let emptied = sqlite::empty_log(&self.write).await;
        if !matches!(emptied, Ok(true)) {
            file.erase_later();
        }
    }

    /// Looks after `SQLite`'s file: whether it is still there, and what is to be erased. Never
    /// ends where there is a file.
    pub async fn watch_file(self) {
        let Some(file) = &self.file else { return };
        loop {
            sleep(LOOK_EVERY).await;
            if file.check().is_ok() && file.is_to_be_erased() {
                self.erase().await;
            }
        }
    }

    /// Checks `SQLite`'s file when it was too large to be checked before.
    pub async fn check_large_file(self) {
        let Some(file) = &self.file else { return };
        if !is_large(file.path()) {
            return;
        }
        match sqlite::damage(&self.read).await {
            Ok(None) => tracing::debug!("the database file is sound"),
            Ok(Some(damage)) => {
                tracing::error!(damage, "the database file is damaged: restore a backup");
            }
            Err(error) => tracing::error!(%error, "the database file could not be checked"),
        }
    }

    /// Brings everything into `SQLite`'s file itself, so that a copy of it has it all, and closes
    /// all connections. To be called when nobody writes any more. A file that was put in the
    /// place of the one that is open is left alone by `SQLite`.
    pub async fn close(self) {
        let closed = timeout(CLOSE_WITHIN, async {
            if self.file.is_some() {
                let _ = self.read.close_by_ref().await;
                // Other processes may have it open; without them closing would do.
                if let Err(error) = sqlite::empty_log(&self.write).await {
                    tracing::warn!(%error, "what is newest stays in the log beside the file");
                }
            }
            let _ = self.write.close_by_ref().await;
        });
        if closed.await.is_err() {
            tracing::warn!("the database was not closed in time");
        }
    }
}

fn idle(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Connects and brings the schema up to date.
pub async fn connect(url: &str) -> Result<Database, ConnectError> {
    if !url.starts_with("sqlite:") {
        let write = pool(url, CONNECTIONS_MAX).await?;
        migrations::run(&write).await?;
        return Ok(Database {
            log: ChangeLog::open(write.clone(), write.clone()).await?,
            read: write.clone(),
            write,
            file: None,
        });
    }
    let options: SqliteConnectOptions = url.parse().map_err(|error| {
        ConnectError::Database(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
    })?;
    let path = options.get_filename();
    let make = url
        .split_once('?')
        .is_some_and(|(_, query)| query.split('&').any(|it| it == "mode=rwc"));
    file::secure(path, make).map_err(|error| ConnectError::File {
        path: path.to_owned(),
        error,
    })?;
    let write = pool(url, 1).await?;
    if !is_large(path)
        && let Some(damage) = sqlite::damage(&write).await?
    {
        return Err(ConnectError::Damaged(damage));
    }
    migrations::run(&write).await?;
    // Also of what a killed process left there: a copy of the file alone has it all.
    if let Err(error) = sqlite::empty_log(&write).await {
        tracing::warn!(%error, "what is newest stays in the log beside the file");
    }
    let read = pool(url, SQLITE_READERS).await?;
    Ok(Database {
        log: ChangeLog::open(read.clone(), write.clone()).await?,
        read,
        write,
        file: Some(Arc::new(File::opened(path))),
    })
}

/// Whether checking it would keep people waiting.
fn is_large(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > CHECKED_FIRST_MAX)
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
        .map_sqlx_sqlite_opts(sqlite::options);
    if url.starts_with("sqlite:") {
        // The counter that shows commits of others is the connection's own. All are opened now:
        // later there may be another file by that name.
        options
            .min_connections(connections)
            .max_lifetime(None)
            .idle_timeout(None);
    }
    let begun = Instant::now();
    loop {
        match sea_orm::Database::connect(options.clone()).await {
            // Several processes turn a new file to WAL at once: SQLite lets all but one fail
            // without waiting.
            Err(error)
                if sqlite::code(&error) == Some(sqlite::BUSY)
                    && begun.elapsed() < sqlite::BUSY_TIMEOUT =>
            {
                sleep(BUSY_PAUSE).await;
            }
            result => return result,
        }
    }
}
