//! The log of changes, read from one snapshot to the next.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use live_axum::{Begun, Changes, Key, Source};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, QueryResult, Statement, TransactionTrait,
};
use tokio::time::sleep;

/// How long what has changed is kept, in seconds: longer than a round ever looks back.
const KEEP: u64 = 600;
/// How often older entries are removed.
const PRUNE_EVERY: Duration = Duration::from_mins(1);
/// With more changes than that it is as quick to run everything again.
const CHANGES_MAX: usize = 10_000;

/// The log of a database. Clones share it.
#[derive(Clone, Debug)]
pub struct ChangeLog {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// Columns of tables whose values are logged
    watched: Arc<HashSet<(String, String)>>,
}

/// A snapshot that handlers read from.
#[derive(Debug)]
pub struct Snapshot(pub(crate) DatabaseTransaction);

/// A point in the order of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The number of the last entry: `SQLite` has one writer at a time, so numbers grow in the
    /// order of commits.
    Sqlite(i64),
    /// A snapshot as `pg_current_snapshot` writes it: which transactions it sees.
    Postgres(String),
}

impl ChangeLog {
    /// The log of a database whose migrations have made it; `read` and `write` may be the same.
    pub async fn open(read: DatabaseConnection, write: DatabaseConnection) -> Result<Self, DbErr> {
        let statement = "SELECT tbl, col FROM live_watched".to_owned();
        let statement = Statement::from_string(read.get_database_backend(), statement);
        let rows = read.query_all_raw(statement).await?;
        let watched = rows
            .iter()
            .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
            .collect::<Result<_, DbErr>>()?;
        Ok(Self {
            read,
            write,
            watched: Arc::new(watched),
        })
    }

    /// Whether changes of such rows are logged.
    pub(crate) fn logs(&self, key: &Key) -> bool {
        match &key.of {
            Some((column, _)) => {
                let mut watched = self.watched.iter();
                watched.any(|(table, of)| *table == key.table && of == column)
            }
            None => self.watched.iter().any(|(table, _)| *table == key.table),
        }
    }

    /// Where requests read that nobody watches.
    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.read
    }

    fn is_postgres(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Postgres
    }

    /// Removes what is old, now and ever again. Never ends.
    pub async fn prune(self) {
        let old = if self.is_postgres() {
            format!("DELETE FROM live_changes WHERE at < now() - interval '{KEEP} seconds'")
        } else {
            format!("DELETE FROM live_changes WHERE at < unixepoch() - {KEEP}")
        };
        loop {
            if let Err(error) = self.write.execute_unprepared(&old).await {
                tracing::warn!(%error, "old entries of the log of changes were not removed");
            }
            sleep(PRUNE_EVERY).await;
        }
    }

    async fn begin_snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        if self.is_postgres() {
            let level = IsolationLevel::RepeatableRead;
            self.read
                .begin_with_config(Some(level), Some(AccessMode::ReadOnly))
                .await
        } else {
            // The first statement that reads fixes what all of them see.
            self.read.begin().await
        }
    }
}

impl Source for ChangeLog {
    type Snapshot = Snapshot;
    type Position = Position;
    type Error = DbErr;

    async fn begin(&self, since: Option<&Position>) -> Result<Begun<Self>, DbErr> {
        let transaction = self.begin_snapshot().await?;
        let backend = self.read.get_database_backend();
        let row = transaction
            .query_one_raw(Statement::from_string(backend, position(backend)))
            .await?
            .ok_or_else(|| DbErr::Custom("the database tells no position".to_owned()))?;
        let position = if self.is_postgres() {
            Position::Postgres(row.try_get_by_index(0)?)
        } else {
            Position::Sqlite(row.try_get_by_index(0)?)
        };
        let changes = match since {
            None => Changes::Unknown,
            Some(since) if *since == position => Changes::Of(Vec::new()),
            Some(since) => changes(&transaction.query_all_raw(grown(since)).await?)?,
        };
        Ok(Begun {
            snapshot: Snapshot(transaction),
            position,
            changes,
        })
    }

    async fn end(&self, snapshot: Snapshot) {
        // It has written nothing: whether it ends well says nothing.
        let _ = snapshot.0.commit().await;
    }
}

fn position(backend: DbBackend) -> String {
    match backend {
        DbBackend::Postgres => "SELECT pg_current_snapshot()::text",
        _ => "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'live_changes'",
    }
    .to_owned()
}

/// What this snapshot sees of the log and the position did not.
fn grown(since: &Position) -> Statement {
    let limit = CHANGES_MAX + 1;
    match since {
        Position::Sqlite(seq) => Statement::from_sql_and_values(
            DbBackend::Sqlite,
            format!("SELECT DISTINCT tbl, col, val FROM live_changes WHERE seq > ? LIMIT {limit}"),
            [(*seq).into()],
        ),
        Position::Postgres(snapshot) => Statement::from_sql_and_values(
            DbBackend::Postgres,
            format!(
                "SELECT DISTINCT tbl, col, val FROM live_changes
                 WHERE xid >= pg_snapshot_xmin($1::pg_snapshot)
                 AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) LIMIT {limit}"
            ),
            [snapshot.as_str().into()],
        ),
    }
}

fn changes(rows: &[QueryResult]) -> Result<Changes, DbErr> {
    if rows.len() > CHANGES_MAX {
        return Ok(Changes::Unknown);
    }
    let key = |row: &QueryResult| {
        let table: String = row.try_get_by_index(0)?;
        let column: Option<String> = row.try_get_by_index(1)?;
        let value: Option<String> = row.try_get_by_index(2)?;
        Ok(match column.zip(value) {
            Some((column, value)) => Key::rows(table, column, value),
            None => Key::table(table),
        })
    };
    Ok(Changes::Of(
        rows.iter().map(key).collect::<Result<_, DbErr>>()?,
    ))
}
