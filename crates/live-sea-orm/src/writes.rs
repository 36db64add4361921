//! Writes that count once, however often they are sent (draft-ietf-httpapi-idempotency-key-header).
//!
//! The key is written in the very transaction of the write, and its answer with it: either both are
//! there or neither, whatever crashes. So that holds across replicas too, and when both come at
//! once: the database lets one wait for the other.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use axum::http::StatusCode;
use live_axum::{Answer, BadRequest, Caller, IdempotencyKey, Key, Live, Reply};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use serde::Serialize;

use crate::answers::{execute, millis};
use crate::log::ChangeLog;
use crate::reading::Reading;

/// Between the person and the key in an id: no key has it.
const BETWEEN: char = '\n';

/// The writes of a database. Clones share it.
#[derive(Clone)]
pub struct Writes {
    log: ChangeLog,
    committed: Arc<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Writes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writes").finish_non_exhaustive()
    }
}

impl Writes {
    /// Writes to this log's database, in which [`crate::schema::create_writes`] has made the table.
    /// `committed` is called after each commit, before it is acknowledged: it should ring.
    pub fn new(log: ChangeLog, committed: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            log,
            committed: Arc::new(committed),
        }
    }

    /// The same, for apps that have no other use for a commit: it rings for these live queries.
    pub fn ringing<C: Caller>(log: ChangeLog, live: &Live<C>) -> Self {
        let live = live.clone();
        Self::new(log, move || live.ring())
    }

    /// Where to read what this key names, as [`ChangeLog::reading`].
    ///
    /// # Errors
    /// When nobody would be told of its changes.
    pub fn reading(&self, key: impl FnOnce() -> Key) -> Result<Reading<'_>, DbErr> {
        self.log.reading(key)
    }

    /// What has changed in the database, and where to read.
    pub fn log(&self) -> &ChangeLog {
        &self.log
    }

    /// Writes in one transaction: `write` gets it, and all that it does there is committed with its
    /// answer.
    ///
    /// With a key this happens once within 24 hours: whoever sends the same again gets the first
    /// answer. `person` is whose key it is: nobody sees another's answers. Without a key it is the
    /// transaction alone.
    ///
    /// An error undoes everything, the key as well: it is not kept, and who sends the same again is
    /// judged anew: nothing was written that could be doubled. When the client goes away, either
    /// nothing is written or everything. Once a statement has failed, this fails as well, whatever
    /// `write` answers: `PostgreSQL` would commit nothing.
    ///
    /// # Errors
    /// What `write` fails with; [`BadRequest::KeyReused`] when the key came with another request;
    /// whatever the database says.
    pub async fn once<O, R, E>(
        &self,
        person: &str,
        key: &IdempotencyKey,
        write: impl AsyncFnOnce(&DatabaseTransaction) -> Result<R, E>,
    ) -> Result<Reply<O>, E>
    where
        O: Serialize,
        R: Into<Reply<O>>,
        E: From<DbErr> + From<BadRequest>,
    {
        let transaction = begin(self.log.writer()).await?;
        let slot = key.key().map(|it| Slot {
            id: id(person, it),
            fingerprint: key.fingerprint(),
        });
        if let Some(slot) = &slot
            && !slot.take(&transaction).await?
        {
            let stored = slot.stored(&transaction).await?;
            return Ok(Reply::again(stored.ok_or(BadRequest::KeyReused)?));
        }
        let answer = match write(&transaction).await {
            Ok(reply) => reply.into().answer().map_err(unspeakable)?,
            Err(error) => {
                // What cannot be undone was undone by the database.
                let _ = transaction.rollback().await;
                return Err(error);
            }
        };
        if slot.is_none() && transaction.get_database_backend() == DbBackend::Postgres {
            // Once a statement has failed, this fails, and a commit would be none and not say so.
            transaction.execute_unprepared("SELECT 1").await?;
        }
        // From here on it runs to its end: of a commit, somebody must tell.
        let committed = self.committed.clone();
        let commit = tokio::spawn(async move {
            if let Some(slot) = &slot {
                slot.store(&transaction, &answer).await?;
            }
            transaction.commit().await?;
            committed();
            Ok(answer)
        });
        let ended: Result<_, DbErr> = commit
            .await
            .unwrap_or_else(|error| Err(DbErr::Custom(format!("a commit did not end: {error}"))));
        Ok(Reply::again(ended?))
    }

    /// The answer to this person's write with this key; none before it is committed. A live query
    /// may ask.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn answer(&self, person: &str, key: &str) -> Result<Option<Answer>, DbErr> {
        // No database needs to be asked for what cannot be there, or would refuse the text.
        let key = if IdempotencyKey::may_be(key) { key } else { "" };
        let id = id(person, key);
        let reading = self
            .log
            .reading(|| Key::rows("live_writes", "id", id.clone()))?;
        let executor = reading.executor();
        let row = executor.query_one_raw(found(&executor, &id)).await?;
        row.map(|row| answer(&row)).transpose()
    }
}

/// A transaction that writes.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        // SQLite: wait for other writers now. Who has read already could not any more.
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await
}

/// A row of the table.
struct Slot {
    id: String,
    fingerprint: String,
}

impl Slot {
    /// Whether the key is new. In `PostgreSQL` this waits for whoever has it at the moment.
    async fn take(&self, transaction: &DatabaseTransaction) -> Result<bool, DbErr> {
        let now = millis(SystemTime::now());
        let sql = "INSERT INTO live_writes (id, fingerprint, status, at) VALUES ($1, $2, 0, $3)
                   ON CONFLICT (id) DO NOTHING";
        let values = [
            self.id.as_str().into(),
            self.fingerprint.as_str().into(),
            now.into(),
        ];
        Ok(execute(transaction, sql, values).await?.rows_affected() == 1)
    }

    /// The answer that is there; none when it is another request's.
    async fn stored(&self, transaction: &DatabaseTransaction) -> Result<Option<Answer>, DbErr> {
        let row = transaction
            .query_one_raw(found(transaction, &self.id))
            .await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the key went away".to_owned()))?;
        let fingerprint: String = row.try_get_by_index(3)?;
        let same = fingerprint == self.fingerprint;
        same.then(|| answer(&row)).transpose()
    }

    async fn store(&self, transaction: &DatabaseTransaction, answer: &Answer) -> Result<(), DbErr> {
        let sql = "UPDATE live_writes SET status = $1, etag = $2, body = $3 WHERE id = $4";
        let values = [
            i32::from(answer.status.as_u16()).into(),
            answer.etag.as_deref().into(),
            answer.json.as_str().into(),
            self.id.as_str().into(),
        ];
        execute(transaction, sql, values).await.map(drop)
    }
}

fn id(person: &str, key: &str) -> String {
    format!("{person}{BETWEEN}{key}")
}

fn found(connection: &impl ConnectionTrait, id: &str) -> Statement {
    let sql = "SELECT status, etag, body, fingerprint FROM live_writes WHERE id = $1";
    Statement::from_sql_and_values(connection.get_database_backend(), sql, [id.into()])
}

fn answer(row: &QueryResult) -> Result<Answer, DbErr> {
    let status: i32 = row.try_get_by_index(0)?;
    let status = u16::try_from(status).ok();
    let status = status.and_then(|it| StatusCode::from_u16(it).ok());
    Ok(Answer {
        status: status.ok_or_else(|| DbErr::Type("a status that is none".to_owned()))?,
        etag: row.try_get_by_index(1)?,
        json: row.try_get_by_index(2)?,
    })
}

/// An answer that JSON cannot say.
pub(crate) fn unspeakable(error: impl fmt::Display) -> DbErr {
    DbErr::Json(error.to_string())
}
