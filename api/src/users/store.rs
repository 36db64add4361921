//! Reading and writing rows. A write is one statement, or one transaction, so it happens wholly
//! or not at all and races with another are decided by the database.
//!
//! Every write runs to its end once it has begun, also when the client goes away: a commit that
//! nobody was told of would leave live queries, and rows kept in memory, behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use live::Written;
use live_axum::{IdempotencyKey, Key, Reply};
use live_sea_orm::Writes;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    FromQueryResult, QueryFilter, StatementBuilder,
};
use serde::Serialize;
use shared::UserUpdate;
use uuid::Uuid;

use super::entity::{Column, Entity, Model};
use super::reads::Reads;
use super::snapshot::Snapshot;
use crate::db::{Database, in_time};
use crate::error::ApiError;

/// The users, in the database.
#[derive(Clone)]
pub struct Users {
    pub(super) db: Database,
    reads: Reads,
    committed: Arc<dyn Fn() + Send + Sync>,
}

/// A row after a write.
#[derive(Debug)]
pub struct Saved {
    /// The row.
    pub row: Model,
    /// Whether this write made it.
    pub created: bool,
}

impl Users {
    /// The users kept in `db`; `committed` is called after each commit, before it is acknowledged.
    pub fn new(db: Database, committed: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            reads: Reads::new(&db),
            db,
            committed: Arc::new(committed),
        }
    }

    /// The database they are kept in.
    pub fn database(&self) -> &Database {
        &self.db
    }

    /// Another process may have committed: rows kept in memory may be old.
    pub fn forget_all(&self) {
        self.reads.forget_all();
    }

    /// Whether the database answers and takes writes. Wakes nobody.
    pub async fn ping(&self) -> Result<(), ApiError> {
        in_time(async {
            self.db.check_file()?;
            self.db.try_a_write().await?;
            Ok(self.db.check_file()?)
        })
        .await
    }

    /// The person's newest state; for a live query, the one in its snapshot.
    pub async fn get(&self, clerk_id: &str) -> Result<Arc<Snapshot>, ApiError> {
        let reading = self
            .db
            .log
            .reading(|| Key::rows("users", "clerk_id", clerk_id))?;
        if !reading.is_watched() {
            return self.reads.get(clerk_id).await;
        }
        let row = self.find_in(&reading.executor(), clerk_id).await?;
        Ok(Arc::new(
            row.map_or_else(|| Snapshot::none(0), Snapshot::from),
        ))
    }

    /// Writes at once, each statement for itself.
    pub fn writing(&self) -> Writing<'_> {
        Writing {
            users: self,
            within: None,
        }
    }

    /// Writes in one transaction, and once for this key: who sends the same again gets the first
    /// answer. What is refused leaves nothing behind.
    ///
    /// # Errors
    /// Those of `write`; [`ApiError::Bad`] when the key came with another request.
    pub async fn once<O: Serialize>(
        &self,
        clerk_id: &str,
        key: &IdempotencyKey,
        write: impl AsyncFnOnce(Writing<'_>) -> Result<Reply<O>, ApiError>,
    ) -> Result<Reply<O>, ApiError> {
        let (users, id) = (self.clone(), clerk_id.to_owned());
        let deletes = Arc::new(AtomicBool::new(false));
        let to_erase = deletes.clone();
        // Whoever sent it may be gone by then.
        let committed = move || {
            users.reads.forget(&id);
            (users.committed)();
            if to_erase.load(Ordering::Relaxed) {
                let db = users.db.clone();
                tokio::spawn(async move { db.erase().await });
            }
        };
        let writes = Writes::new(self.db.log.clone(), committed);
        in_time(async {
            self.db.check_file()?;
            let write = async |transaction: &DatabaseTransaction| {
                let within = Within {
                    transaction,
                    deletes: &deletes,
                };
                write(Writing {
                    users: self,
                    within: Some(within),
                })
                .await
            };
            let reply = writes.once(clerk_id, key, write).await;
            self.db.check_file()?;
            reply
        })
        .await
    }

    /// What became of this person's write with this key.
    ///
    /// # Errors
    /// [`ApiError::NoWrite`] when none was committed.
    pub async fn written(&self, clerk_id: &str, key: &str) -> Result<Written, ApiError> {
        let writes = Writes::new(self.db.log.clone(), || {});
        in_time(async {
            let written = writes.written(clerk_id, key).await?;
            written.ok_or(ApiError::NoWrite)
        })
        .await
    }

    async fn find_in(
        &self,
        connection: &impl ConnectionTrait,
        clerk_id: &str,
    ) -> Result<Option<Model>, ApiError> {
        self.db.file_last_checked()?;
        let found = Entity::find().filter(Column::ClerkId.eq(clerk_id));
        Ok(found.one(connection).await?)
    }

    /// Every write comes through here: it answers with the row that is committed now, if it
    /// changed. It runs in a task of its own, which nobody can interrupt by going away.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        clerk_id: String,
        write: impl Future<Output = Result<(T, Option<Model>), DbErr>> + Send + 'static,
    ) -> Result<(T, Option<Model>), ApiError> {
        let users = self.clone();
        let task = tokio::spawn(async move {
            users.db.check_file()?;
            let written = write.await;
            users.reads.forget(&clerk_id);
            let written = written?;
            // Into a file that is gone nothing was written.
            users.db.check_file()?;
            if let Some(row) = &written.1 {
                (users.committed)();
                if row.deleted_at.is_some() {
                    users.db.erase().await;
                }
            }
            Ok(written)
        });
        task.await.unwrap_or(Err(ApiError::Stopping))
    }
}

/// A way to write: each statement for itself, or all within one transaction.
#[derive(Clone, Copy)]
pub struct Writing<'a> {
    users: &'a Users,
    within: Option<Within<'a>>,
}

/// One transaction, and whether a row was deleted in it.
#[derive(Clone, Copy)]
struct Within<'a> {
    transaction: &'a DatabaseTransaction,
    deletes: &'a AtomicBool,
}

impl Writing<'_> {
    /// The row the person has, or a new one with this e-mail address and name, which are as of
    /// `as_of` (milliseconds) if they are complete.
    ///
    /// # Errors
    /// [`ApiError::Deleted`] when the person was deleted.
    pub async fn get_or_create(
        &self,
        update: UserUpdate,
        as_of: Option<i64>,
    ) -> Result<Saved, ApiError> {
        let mut row = new_row(update);
        row.edited_at = as_of;
        let clerk_id = row.clerk_id.clone();
        in_time(async {
            if let Some(row) = self.insert(row, unless_there()).await? {
                return Ok(Saved { row, created: true });
            }
            let row = self.find_living(&clerk_id).await?;
            Ok(Saved {
                row,
                created: false,
            })
        })
        .await
    }

    /// Writes e-mail address and name; the row is made when there is none. An update that changes
    /// nothing writes nothing and wakes nobody.
    ///
    /// # Errors
    /// [`ApiError::Deleted`] when the person was deleted, [`ApiError::PreconditionFailed`] when
    /// `only_if` does not hold.
    pub async fn put(&self, update: UserUpdate, only_if: OnlyIf<'_>) -> Result<Saved, ApiError> {
        in_time(async {
            match only_if {
                None => self.put_always(update).await,
                Some(only_if) => self.put_if(update, only_if).await,
            }
        })
        .await
    }

    async fn put_always(&self, update: UserUpdate) -> Result<Saved, ApiError> {
        let on_conflict = OnConflict::column(Column::ClerkId)
            .update_columns([
                Column::Email,
                Column::Name,
                Column::UpdatedAt,
                Column::EditedAt,
            ])
            .value(Column::Version, current(Column::Version).add(1))
            .action_cond_where(
                Condition::all()
                    .add(current(Column::DeletedAt).is_null())
                    .add(changes(&update)),
            )
            .to_owned();
        let row = edited_row(update);
        let (id, clerk_id) = (row.id.clone(), row.clerk_id.clone());
        if let Some(row) = self.insert(row, on_conflict).await? {
            let created = row.id == id;
            return Ok(Saved { row, created });
        }
        // Nothing was written: the row is equal already, or a tombstone.
        let row = self.find_living(&clerk_id).await?;
        Ok(Saved {
            row,
            created: false,
        })
    }

    /// The condition is tried on the row as it is, and the statement that writes does so only if
    /// the row is still the same. When another write came first, all begins anew.
    async fn put_if(
        &self,
        update: UserUpdate,
        only_if: &Precondition<'_>,
    ) -> Result<Saved, ApiError> {
        loop {
            let found = self.find(&update.clerk_id).await?;
            if found.as_ref().is_some_and(|row| row.deleted_at.is_some()) {
                return Err(ApiError::Deleted);
            }
            if !only_if(found.as_ref().map(|row| row.version)) {
                return Err(ApiError::PreconditionFailed);
            }
            let created = found.is_none();
            let written = match found {
                None => {
                    self.insert(edited_row(update.clone()), unless_there())
                        .await?
                }
                Some(row) if row.email == update.email && row.name == update.name => Some(row),
                Some(row) => self.update(&row, &update).await?,
            };
            if let Some(row) = written {
                return Ok(Saved { row, created });
            }
        }
    }

    /// Writes upon this row; none when it has changed meanwhile.
    async fn update(&self, row: &Model, update: &UserUpdate) -> Result<Option<Model>, ApiError> {
        let now = now_millis();
        let statement = Query::update()
            .table(Entity)
            .value(Column::Email, &update.email)
            .value(Column::Name, &update.name)
            .value(Column::UpdatedAt, now)
            .value(Column::EditedAt, now)
            .value(Column::Version, current(Column::Version).add(1))
            .and_where(Column::ClerkId.eq(&row.clerk_id))
            .and_where(Column::Version.eq(row.version))
            .returning_all()
            .to_owned();
        self.run(row.clerk_id.clone(), statement).await
    }

    /// Removes the person's data and leaves a tombstone. Deleting twice is no error.
    ///
    /// # Errors
    /// [`ApiError::PreconditionFailed`] when `only_if` does not hold.
    pub async fn delete(&self, clerk_id: &str, only_if: OnlyIf<'_>) -> Result<(), ApiError> {
        in_time(async {
            match only_if {
                None => {
                    let on_conflict = tombstone_on_conflict(Condition::all());
                    self.insert(tombstone(clerk_id), on_conflict).await?;
                    Ok(())
                }
                Some(only_if) => self.delete_if(clerk_id, only_if).await,
            }
        })
        .await
    }

    /// As [`Users::put_if`] does.
    async fn delete_if(&self, clerk_id: &str, only_if: &Precondition<'_>) -> Result<(), ApiError> {
        loop {
            let found = self.find(clerk_id).await?;
            let (there, living) = match &found {
                Some(row) => (true, row.deleted_at.is_none().then_some(row.version)),
                None => (false, None),
            };
            if !only_if(living) {
                return Err(ApiError::PreconditionFailed);
            }
            let on_conflict = match living {
                Some(version) => {
                    let unchanged = current(Column::Version).eq(version);
                    tombstone_on_conflict(Condition::all().add(unchanged))
                }
                None if there => return Ok(()),
                None => unless_there(),
            };
            let deleted = self.insert(tombstone(clerk_id), on_conflict).await?;
            if deleted.is_some() {
                return Ok(());
            }
        }
    }

    async fn find(&self, clerk_id: &str) -> Result<Option<Model>, ApiError> {
        match self.within {
            Some(within) => self.users.find_in(within.transaction, clerk_id).await,
            None => self.users.find_in(&self.users.db.read, clerk_id).await,
        }
    }

    async fn find_living(&self, clerk_id: &str) -> Result<Model, ApiError> {
        self.find(clerk_id)
            .await?
            .filter(|row| row.deleted_at.is_none())
            .ok_or(ApiError::Deleted)
    }

    async fn insert(&self, row: Model, on_conflict: OnConflict) -> Result<Option<Model>, ApiError> {
        let clerk_id = row.clerk_id.clone();
        self.run(clerk_id, insert(row, on_conflict)).await
    }

    /// Runs a statement that returns the row it wrote.
    async fn run(
        &self,
        clerk_id: String,
        statement: impl StatementBuilder + Send + 'static,
    ) -> Result<Option<Model>, ApiError> {
        if let Some(within) = self.within {
            let written = returned(within.transaction, &statement).await?;
            if written.as_ref().is_some_and(|row| row.deleted_at.is_some()) {
                within.deletes.store(true, Ordering::Relaxed);
            }
            return Ok(written);
        }
        let db = self.users.db.clone();
        let write = async move { Ok(((), returned(&db.write, &statement).await?)) };
        Ok(self.users.write(clerk_id, write).await?.1)
    }
}

/// A condition on the version of the person's row; none stands for no row (RFC 9110 § 13.1).
pub type Precondition<'a> = dyn Fn(Option<i64>) -> bool + Send + Sync + 'a;

/// When a write may happen; always when there is no condition.
pub type OnlyIf<'a> = Option<&'a Precondition<'a>>;

/// The row these fields make.
pub(super) fn new_row(update: UserUpdate) -> Model {
    let now = now_micros();
    Model {
        id: Uuid::now_v7().to_string(),
        clerk_id: update.clerk_id,
        email: update.email,
        name: update.name,
        created_at: now / 1000,
        updated_at: now / 1000,
        version: now,
        deleted_at: None,
        edited_at: None,
        clerk_updated_at: None,
        clerk_email: None,
        clerk_name: None,
    }
}

/// The row these fields make when the person typed them here.
fn edited_row(update: UserUpdate) -> Model {
    let row = new_row(update);
    Model {
        edited_at: Some(row.updated_at),
        ..row
    }
}

/// The row that says that this person was deleted.
pub(super) fn tombstone(clerk_id: &str) -> Model {
    let row = new_row(UserUpdate {
        clerk_id: clerk_id.to_owned(),
        email: String::new(),
        name: String::new(),
    });
    Model {
        deleted_at: Some(row.updated_at),
        ..row
    }
}

/// Leaves the row that is there as it is.
pub(super) fn unless_there() -> OnConflict {
    OnConflict::column(Column::ClerkId).do_nothing().to_owned()
}

/// Turns the row that is there into a tombstone, if this holds and it is none yet.
pub(super) fn tombstone_on_conflict(unchanged: Condition) -> OnConflict {
    OnConflict::column(Column::ClerkId)
        .update_columns([
            Column::Email,
            Column::Name,
            Column::UpdatedAt,
            Column::DeletedAt,
            Column::EditedAt,
            Column::ClerkUpdatedAt,
            Column::ClerkEmail,
            Column::ClerkName,
        ])
        .value(Column::Version, current(Column::Version).add(1))
        .action_cond_where(unchanged.add(current(Column::DeletedAt).is_null()))
        .to_owned()
}

/// Runs a statement that returns the row it wrote, if it wrote one.
///
/// It reads all rows, though there is one at most: after the first of them the statement has not
/// ended, and nothing is committed yet.
pub(super) async fn returned(
    connection: &impl ConnectionTrait,
    statement: &impl StatementBuilder,
) -> Result<Option<Model>, DbErr> {
    let written = connection.query_all(statement).await?.pop();
    written
        .map(|row| Model::from_query_result(&row, ""))
        .transpose()
}

/// Inserts the row, or does what `on_conflict` says; returns the row it wrote.
pub(super) fn insert(row: Model, on_conflict: OnConflict) -> sea_orm::sea_query::InsertStatement {
    Query::insert()
        .into_table(Entity)
        .columns([
            Column::Id,
            Column::ClerkId,
            Column::Email,
            Column::Name,
            Column::CreatedAt,
            Column::UpdatedAt,
            Column::Version,
            Column::DeletedAt,
            Column::EditedAt,
            Column::ClerkUpdatedAt,
            Column::ClerkEmail,
            Column::ClerkName,
        ])
        .values_panic([
            row.id.into(),
            row.clerk_id.into(),
            row.email.into(),
            row.name.into(),
            row.created_at.into(),
            row.updated_at.into(),
            row.version.into(),
            row.deleted_at.into(),
            row.edited_at.into(),
            row.clerk_updated_at.into(),
            row.clerk_email.into(),
            row.clerk_name.into(),
        ])
        .on_conflict(on_conflict)
        .returning_all()
        .to_owned()
}

/// The column of the row that is there, not of the one proposed for insertion.
fn current(column: Column) -> Expr {
    Expr::col((Entity, column))
}

fn changes(update: &UserUpdate) -> Condition {
    Condition::any()
        .add(current(Column::Email).ne(&update.email))
        .add(current(Column::Name).ne(&update.name))
}

/// Milliseconds since the Unix epoch.
pub(super) fn now_millis() -> i64 {
    now_micros() / 1000
}

fn now_micros() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
}
