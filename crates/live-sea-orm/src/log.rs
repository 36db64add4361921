//! The log of changes, read from one snapshot to the next.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use live_axum::{Begun, Changes, Key, Source};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, QueryResult, Statement, TransactionTrait,
};
use tokio::time::{Instant, sleep};

use crate::answers;

/// How long what has changed is kept: longer than a round ever looks back.
const KEEP: Duration = Duration::from_mins(10);
/// How often older entries are removed.
const PRUNE_EVERY: Duration = Duration::from_mins(1);
/// With more changes than that it is as quick to run everything again.
const CHANGES_MAX: usize = 10_000;
/// How many entries of the log are looked at to find them: many may say the same.
const ENTRIES_MAX: usize = 100_000;
/// To where a snapshot of `PostgreSQL` goes back when a statement has failed.
const SAVEPOINT: &str = "SAVEPOINT live";
const GO_BACK: &str = "ROLLBACK TO SAVEPOINT live";

/// Stands for `NULL`, which nobody reads by: no text of a database has this character.
const NULL: &str = "\0";

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
    /// A point on a server.
    Postgres {
        /// A snapshot as `pg_current_snapshot` writes it: which transactions it sees
        snapshot: String,
        /// Since when the server runs: another one, after a failover, has other transactions of the
        /// same numbers
        server: String,
    },
}

impl Position {
    /// Whether it may come after the earlier one: not when a backup was restored, or another server
    /// has taken over.
    fn follows(&self, earlier: &Self) -> bool {
        match (earlier, self) {
            (Self::Sqlite(earlier), Self::Sqlite(now)) => earlier <= now,
            (Self::Postgres { server: one, .. }, Self::Postgres { server: other, .. }) => {
                one == other
            }
            _ => false,
        }
    }
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

    /// Where everybody writes.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    fn is_postgres(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Postgres
    }

    /// Removes what is old, ever again, here and among [`crate::Writes`]. Never ends.
    ///
    /// What counts is when a transaction ended, not when it wrote: one may take an hour. So this
    /// looks every now and then up to where all have ended, and removes that later.
    pub async fn prune(self) {
        let mut ended = VecDeque::new();
        loop {
            if let Err(error) = self.prune_once(&mut ended, KEEP).await {
                tracing::warn!(%error, "old entries of the log of changes were not removed");
            }
            if let Err(error) = self.forget(answers::KEEP).await {
                tracing::warn!(%error, "old answers to writes were not removed");
            }
            sleep(PRUNE_EVERY).await;
        }
    }

    /// Removes what of [`crate::Writes`] is older, where there is anything.
    async fn forget(&self, keep: Duration) -> Result<(), DbErr> {
        let before = SystemTime::now().checked_sub(keep).unwrap_or(UNIX_EPOCH);
        for table in [("live_writes", "id"), ("live_withdrawn", "name")] {
            if self.logs(&Key::table(table.0)) {
                answers::forget(&self.write, table, before).await?;
            }
        }
        Ok(())
    }

    /// Removes what ended so long ago, and notes what has ended by now.
    async fn prune_once(
        &self,
        ended: &mut VecDeque<(Instant, String)>,
        keep: Duration,
    ) -> Result<(), DbErr> {
        let (ask, remove) = if self.is_postgres() {
            (
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text",
                "DELETE FROM live_changes WHERE ctid IN (SELECT ctid FROM live_changes
                 WHERE xid < $1::xid8 OR xid >= pg_snapshot_xmax(pg_current_snapshot()) LIMIT 10000)",
            )
        } else {
            (
                "SELECT CAST(coalesce(max(seq), 0) + 1 AS text) FROM live_changes",
                "DELETE FROM live_changes WHERE seq IN (SELECT seq FROM live_changes
                 WHERE seq < CAST(? AS integer) LIMIT 10000)",
            )
        };
        let backend = self.write.get_database_backend();
        while let Some((at, upto)) = ended.front()
            && at.elapsed() >= keep
        {
            let remove = Statement::from_sql_and_values(backend, remove, [upto.as_str().into()]);
            // A little at a time: others write, and a statement must end in time.
            while self
                .write
                .execute_raw(remove.clone())
                .await?
                .rows_affected()
                > 0
            {}
            ended.pop_front();
        }
        let ask = Statement::from_string(backend, ask.to_owned());
        if let Some(row) = self.read.query_one_raw(ask).await? {
            ended.push_back((Instant::now(), row.try_get_by_index(0)?));
        }
        Ok(())
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
            transaction.execute_unprepared(SAVEPOINT).await?;
            Position::Postgres {
                snapshot: row.try_get_by_index(0)?,
                server: row.try_get_by_index(1)?,
            }
        } else {
            Position::Sqlite(row.try_get_by_index(0)?)
        };
        let changes = match since {
            None => Changes::Unknown,
            Some(since) if *since == position => Changes::Of(Vec::new()),
            Some(since) if !position.follows(since) => Changes::Unknown,
            Some(since) => changes(&transaction.query_all_raw(grown(since)).await?),
        };
        Ok(Begun {
            snapshot: Snapshot(transaction),
            position,
            changes,
        })
    }

    async fn is_sound(&self, snapshot: &Snapshot) -> bool {
        // In PostgreSQL, a statement that failed has spoiled its transaction; what was read is the same
        // after it has gone back.
        let sound = if self.is_postgres() {
            GO_BACK
        } else {
            "SELECT 1"
        };
        snapshot.0.execute_unprepared(sound).await.is_ok()
    }

    async fn end(&self, snapshot: Snapshot) {
        // It has written nothing: whether it ends well says nothing.
        let _ = snapshot.0.commit().await;
    }
}

fn position(backend: DbBackend) -> String {
    match backend {
        DbBackend::Postgres => {
            "SELECT pg_current_snapshot()::text,
             extract(epoch FROM pg_postmaster_start_time())::text"
        }
        _ => "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'live_changes'",
    }
    .to_owned()
}

/// What this snapshot sees of the log and the position did not. The log of a restored dump has
/// transactions that are still to come here: they are none of it.
fn grown(since: &Position) -> Statement {
    let (backend, is_new, value) = match since {
        Position::Sqlite(seq) => (DbBackend::Sqlite, "seq > ?", (*seq).into()),
        Position::Postgres { snapshot, .. } => (
            DbBackend::Postgres,
            "xid >= pg_snapshot_xmin($1::pg_snapshot)
             AND xid < pg_snapshot_xmax(pg_current_snapshot())
             AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)",
            snapshot.as_str().into(),
        ),
    };
    let (entries, changes) = (ENTRIES_MAX + 1, CHANGES_MAX + 1);
    let grown = format!(
        "WITH grown AS MATERIALIZED
         (SELECT tbl, col, val FROM live_changes WHERE {is_new} LIMIT {entries})
         SELECT DISTINCT tbl, col, val, (SELECT count(*) FROM grown) FROM grown LIMIT {changes}"
    );
    Statement::from_sql_and_values(backend, grown, [value])
}

fn changes(rows: &[QueryResult]) -> Changes {
    let entries = rows
        .first()
        .map_or(Ok(0), |row| row.try_get_by_index::<i64>(3));
    let is_all = entries.is_ok_and(|it| usize::try_from(it).is_ok_and(|it| it <= ENTRIES_MAX));
    if rows.len() > CHANGES_MAX || !is_all {
        return Changes::Unknown;
    }
    let key = |row: &QueryResult| {
        let table: String = row.try_get_by_index(0)?;
        let column: Option<String> = row.try_get_by_index(1)?;
        let value: Option<String> = row.try_get_by_index(2)?;
        Ok(match column {
            Some(column) => Key::rows(table, column, value.unwrap_or_else(|| NULL.to_owned())),
            None => Key::table(table),
        })
    };
    // What is no text, as SQLite stores anything, may be anybody's.
    let keys: Result<_, DbErr> = rows.iter().map(key).collect();
    keys.map_or(Changes::Unknown, Changes::Of)
}

#[cfg(test)]
mod tests {
    use sea_orm::Database;
    use test_postgres::{Durability, Server};

    use super::*;
    use crate::schema;

    async fn log(url: &str) -> ChangeLog {
        let db = Database::connect(url).await.expect("the database");
        let backend = db.get_database_backend();
        let table = "CREATE TABLE notes (owner text)".to_owned();
        let sql = [
            schema::create(backend).to_owned(),
            table,
            schema::watch(backend, "notes", &["owner"]),
        ];
        for sql in sql {
            db.execute_unprepared(&sql).await.expect("valid SQL");
        }
        ChangeLog::open(db.clone(), db).await.expect("a log")
    }

    async fn write(db: &impl ConnectionTrait, owner: &str) {
        let sql = format!("INSERT INTO notes VALUES ('{owner}')");
        db.execute_unprepared(&sql).await.expect("valid SQL");
    }

    async fn kept(log: &ChangeLog) -> Vec<String> {
        let sql = "SELECT val FROM live_changes ORDER BY val".to_owned();
        let statement = Statement::from_string(log.read.get_database_backend(), sql);
        let rows = log.read.query_all_raw(statement).await.expect("rows");
        let value = |row: &QueryResult| row.try_get_by_index(0).expect("text");
        rows.iter().map(value).collect()
    }

    #[tokio::test]
    async fn what_has_ended_is_removed_a_while_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = log(&format!(
            "sqlite://{}/log.db?mode=rwc",
            folder.path().display()
        ))
        .await;
        let mut ended = VecDeque::new();
        write(&log.write, "first").await;
        log.prune_once(&mut ended, Duration::ZERO)
            .await
            .expect("noted");
        write(&log.write, "second").await;
        assert_eq!(kept(&log).await, ["first", "second"]);
        log.prune_once(&mut ended, Duration::ZERO)
            .await
            .expect("removed");
        assert_eq!(kept(&log).await, ["second"]);
        log.prune_once(&mut ended, KEEP).await.expect("noted");
        assert_eq!(kept(&log).await, ["second"], "it is too early");
        // A number that was removed is never used again.
        log.prune_once(&mut ended, Duration::ZERO)
            .await
            .expect("removed");
        let begun = log.begin(None).await.expect("a snapshot");
        log.end(begun.snapshot).await;
        write(&log.write, "third").await;
        let next = log.begin(Some(&begun.position)).await.expect("a snapshot");
        let third = Key::rows("notes", "owner", "third");
        assert_eq!(next.changes, Changes::Of(vec![third]));
    }

    /// A log in `SQLite`, and one in `PostgreSQL`, for as long as what comes with them lives.
    async fn logs(folder: &tempfile::TempDir) -> (Vec<ChangeLog>, Server) {
        let started = tokio::task::spawn_blocking(|| Server::start(Durability::None)).await;
        let server = started.expect("PostgreSQL works");
        let file = format!("sqlite://{}/log.db?mode=rwc", folder.path().display());
        let logs = vec![log(&file).await, log(&server.database()).await];
        (logs, server)
    }

    async fn position(log: &ChangeLog) -> Position {
        let begun = log.begin(None).await.expect("a snapshot");
        log.end(begun.snapshot).await;
        begun.position
    }

    async fn since(log: &ChangeLog, position: &Position) -> Changes {
        let begun = log.begin(Some(position)).await.expect("a snapshot");
        log.end(begun.snapshot).await;
        begun.changes
    }

    /// However often one person's rows changed, the next person's change is told.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_after_very_many_of_the_same_rows_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let (logs, _server) = logs(&folder).await;
        for log in logs {
            for (count, is_known) in [(CHANGES_MAX + 5, true), (ENTRIES_MAX + 5, false)] {
                let before = position(&log).await;
                let many = format!(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                     INSERT INTO live_changes (tbl, col, val) SELECT 'notes', 'owner', 'ada' FROM n"
                );
                log.write
                    .execute_unprepared(&many)
                    .await
                    .expect("valid SQL");
                write(&log.write, "bob").await;
                let told = match since(&log, &before).await {
                    Changes::Of(keys) => {
                        let key = |owner| Key::rows("notes", "owner", owner);
                        let both = keys.contains(&key("ada")) && keys.contains(&key("bob"));
                        assert!(both, "{keys:?}");
                        true
                    }
                    Changes::Unknown => false,
                };
                assert_eq!(told, is_known, "{count} in {before:?}");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_that_went_back_in_time_is_read_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let (logs, _server) = logs(&folder).await;
        for log in logs {
            write(&log.write, "ada").await;
            let later = match position(&log).await {
                Position::Sqlite(number) => Position::Sqlite(number + 1),
                // Another server, as after a failover.
                Position::Postgres { snapshot, .. } => Position::Postgres {
                    snapshot,
                    server: "another".to_owned(),
                },
            };
            assert_eq!(since(&log, &later).await, Changes::Unknown, "{later:?}");
        }
    }

    /// In `PostgreSQL` a statement that fails spoils its transaction.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_snapshot_outlives_a_statement_that_fails() {
        let folder = tempfile::tempdir().expect("a folder");
        let (logs, _server) = logs(&folder).await;
        let [_, log] = logs.as_slice() else {
            panic!("two logs");
        };
        write(&log.write, "ada").await;
        let begun = log.begin(None).await.expect("a snapshot");
        write(&log.write, "bob").await;
        for _ in 0..2 {
            let failed = begun.snapshot.0.execute_unprepared("SELECT nothing").await;
            assert!(failed.is_err());
            assert!(log.is_sound(&begun.snapshot).await);
        }
        let count = "SELECT count(*) FROM notes".to_owned();
        let count = Statement::from_string(DbBackend::Postgres, count);
        let row = begun.snapshot.0.query_one_raw(count).await.expect("rows");
        let seen: i64 = row.expect("a row").try_get_by_index(0).expect("a number");
        assert_eq!(seen, 1, "it is of the same moment as before");
        log.end(begun.snapshot).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_transaction_that_takes_long_is_not_forgotten() {
        let started = tokio::task::spawn_blocking(|| Server::start(Durability::None)).await;
        let server = started.expect("PostgreSQL works");
        let log = log(&server.database()).await;
        let mut ended = VecDeque::new();
        write(&log.write, "before").await;
        let slow = log.write.begin().await.expect("begun");
        write(&slow, "long").await;
        write(&log.write, "meanwhile").await;
        // Of a restored dump, whose transactions are still to come here.
        let to_come = "INSERT INTO live_changes VALUES ('99999999', 'notes', 'owner', 'other')";
        let executed = log.write.execute_unprepared(to_come).await;
        executed.expect("valid SQL");
        let begun = log.begin(None).await.expect("a snapshot");
        log.end(begun.snapshot).await;
        for _ in 0..3 {
            log.prune_once(&mut ended, Duration::ZERO)
                .await
                .expect("removed");
        }
        slow.commit().await.expect("committed");
        log.prune_once(&mut ended, Duration::ZERO)
            .await
            .expect("removed");
        assert_eq!(kept(&log).await, ["long", "meanwhile"]);
        let next = log.begin(Some(&begun.position)).await.expect("a snapshot");
        assert_eq!(
            next.changes,
            Changes::Of(vec![Key::rows("notes", "owner", "long")])
        );
        log.end(next.snapshot).await;
        log.prune_once(&mut ended, Duration::ZERO)
            .await
            .expect("removed");
        assert_eq!(kept(&log).await, Vec::<String>::new());
    }
}
