//! Learning that something may have been committed elsewhere.
//!
//! What it was, the log says; so the doorbell may ring too often, and after a lost connection it
//! rings once. `PostgreSQL` notifies (`NOTIFY`, by the triggers of [`crate::schema`]). `SQLite` has
//! a counter that commits of other processes move.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::time::{Instant, sleep, timeout_at};

use crate::schema::CHANNEL;

/// How often this process says something on the channel, to hear itself.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// After how long a silence the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(25);
/// The pause before a lost connection is made again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How often it is looked whether `SQLite`'s log beside the file has changed.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// How often the counter is asked although it has not: its time may be too coarse to tell.
const ASK_EVERY: u32 = 10;

/// Where commits of others are heard of.
#[derive(Clone, Debug)]
pub enum Doorbell {
    /// `PostgreSQL`: the URL for `LISTEN`, which a pooler in transaction mode cannot serve.
    Postgres {
        /// The database, past any pooler
        url: String,
        /// A connection that may notify
        connection: DatabaseConnection,
    },
    /// `SQLite`: the file, and the one connection that writes to it.
    Sqlite {
        /// The file
        path: PathBuf,
        /// The connection
        connection: DatabaseConnection,
    },
}

/// Why the connection that listens was given up.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Listener(#[from] sea_orm::sqlx::Error),
    #[error("the connection was closed")]
    Closed,
    #[error(
        "nothing was heard for {} s: is there a pooler in transaction mode? \
         Then set DATABASE_LISTEN_URL to the database itself", SILENCE_MAX.as_secs()
    )]
    Silent,
}

impl Doorbell {
    /// For the database at this URL; `connection` is a connection to it, for `SQLite` the one that
    /// writes.
    pub fn of(url: &str, connection: DatabaseConnection) -> Self {
        let path = url.strip_prefix("sqlite:");
        match path.map(|path| path.strip_prefix("//").unwrap_or(path)) {
            Some(path) => Self::Sqlite {
                path: path.split('?').next().unwrap_or_default().into(),
                connection,
            },
            None => Self::Postgres {
                url: url.to_owned(),
                connection,
            },
        }
    }

    /// Calls `ring` whenever another process may have committed. Never ends.
    pub async fn wait(self, ring: impl Fn() + Send + Sync) {
        let mut pause = PAUSE;
        loop {
            let begun = Instant::now();
            let result = match &self {
                Self::Postgres { url, connection } => listen(url, connection, &ring).await,
                Self::Sqlite { path, connection } => look(path, connection, &ring).await,
            };
            if let Err(error) = result {
                tracing::warn!(%error, "changes by other processes are not being received; trying again");
            }
            // A connection that held for a while begins anew with a short pause.
            pause = if begun.elapsed() > SILENCE_MAX {
                PAUSE
            } else {
                (pause * 2).min(PAUSE_MAX)
            };
            sleep(pause).await;
        }
    }
}

async fn listen(
    url: &str,
    connection: &DatabaseConnection,
    ring: &(impl Fn() + Sync),
) -> Result<(), Lost> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // Whatever was committed before we listened.
    ring();
    let _heartbeat = Heartbeat::start(connection.clone());
    loop {
        let silent_at = Instant::now() + SILENCE_MAX;
        let notification = timeout_at(silent_at, listener.try_recv())
            .await
            .map_err(|_| Lost::Silent)??
            .ok_or(Lost::Closed)?;
        // A heartbeat tells of nothing.
        let mut news = notification.payload().is_empty();
        while let Some(notification) = listener.next_buffered() {
            news |= notification.payload().is_empty();
        }
        if news {
            ring();
        }
    }
}

/// Makes this process say something every now and then, until dropped.
struct Heartbeat(tokio::task::JoinHandle<()>);

impl Heartbeat {
    fn start(connection: DatabaseConnection) -> Self {
        let beat = format!("SELECT pg_notify('{CHANNEL}', 'alive')");
        Self(tokio::spawn(async move {
            loop {
                sleep(HEARTBEAT).await;
                // A failure is heard as silence.
                let _ = connection.execute_unprepared(&beat).await;
            }
        }))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Follows `data_version`. Asked on the connection that writes, it moves only when another process
/// has committed (<https://sqlite.org/pragma.html#pragma_data_version>), and a commit changes the
/// log beside the file.
async fn look(
    path: &Path,
    connection: &DatabaseConnection,
    ring: &(impl Fn() + Sync),
) -> Result<(), Lost> {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    let beside = PathBuf::from(beside);
    let question = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version".to_owned());
    let (mut seen, mut last, mut looks) = (None, None::<i64>, 0_u32);
    loop {
        let now = changed_at(&beside);
        if now != seen || looks.is_multiple_of(ASK_EVERY) {
            seen = now;
            let row = connection.query_one_raw(question.clone()).await?;
            let version = row.map(|row| row.try_get_by_index(0)).transpose()?;
            if version != last {
                ring();
            }
            last = version;
        }
        looks = looks.wrapping_add(1);
        sleep(LOOK_EVERY).await;
    }
}

/// Length and time of the last change.
fn changed_at(path: &Path) -> Option<(u64, SystemTime)> {
    let file = std::fs::metadata(path).ok()?;
    Some((file.len(), file.modified().ok()?))
}
