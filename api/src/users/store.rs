//! Reading and writing rows. Every write is one statement, so it happens wholly or not at all
//! and races with another are decided by the database; every committed change is published.

use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult,
    QueryFilter,
};
use shared::UserUpdate;
use uuid::Uuid;

use super::entity::{Column, Entity, Model};
use super::live::{Hub, State, Subscription};
use crate::error::ApiError;

/// The users, in the database and live.
#[derive(Clone, Debug)]
pub struct Users {
    db: DatabaseConnection,
    hub: Hub,
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
    /// The users kept in `db`.
    pub fn new(db: DatabaseConnection) -> Self {
        Self {
            db,
            hub: Hub::default(),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), ApiError> {
        Ok(self.db.ping().await?)
    }

    /// The person's row.
    ///
    /// # Errors
    /// [`ApiError::NoUser`] when there is none, or none any more.
    pub async fn get(&self, clerk_id: &str) -> Result<Model, ApiError> {
        self.find(clerk_id)
            .await?
            .filter(|row| row.deleted_at.is_none())
            .ok_or(ApiError::NoUser)
    }

    /// The row the person has, or a new one with this e-mail address and name.
    ///
    /// # Errors
    /// [`ApiError::Deleted`] when the person was deleted.
    pub async fn get_or_create(&self, update: UserUpdate) -> Result<Saved, ApiError> {
        let clerk_id = update.clerk_id.clone();
        let on_conflict = OnConflict::column(Column::ClerkId).do_nothing().to_owned();
        if let Some(row) = self.insert(update, None, on_conflict).await? {
            return Ok(Saved { row, created: true });
        }
        let row = self.find_living(&clerk_id).await?;
        Ok(Saved {
            row,
            created: false,
        })
    }

    /// Writes e-mail address and name; the row is made when there is none and no `version` is
    /// asked for. An update that changes nothing writes nothing and wakes nobody.
    ///
    /// # Errors
    /// [`ApiError::Deleted`] when the person was deleted, [`ApiError::PreconditionFailed`] when
    /// the row is not of one of the versions in `only_if`.
    pub async fn put(&self, update: UserUpdate, only_if: OnlyIf<'_>) -> Result<Saved, ApiError> {
        if let Some(only_if) = only_if {
            return self.put_if(update, only_if).await;
        }
        let clerk_id = update.clerk_id.clone();
        let on_conflict = OnConflict::column(Column::ClerkId)
            .update_columns([Column::Email, Column::Name, Column::UpdatedAt])
            .value(Column::Version, current(Column::Version).add(1))
            .action_cond_where(
                Condition::all()
                    .add(current(Column::DeletedAt).is_null())
                    .add(changes(&update)),
            )
            .to_owned();
        if let Some(row) = self.insert(update, None, on_conflict).await? {
            let created = row.version == 1;
            return Ok(Saved { row, created });
        }
        // Nothing was written: the row is equal already, or a tombstone.
        let row = self.find_living(&clerk_id).await?;
        Ok(Saved {
            row,
            created: false,
        })
    }

    async fn put_if(
        &self,
        update: UserUpdate,
        only_if: &(dyn Fn(i64) -> bool + Send + Sync),
    ) -> Result<Saved, ApiError> {
        let found = self.find(&update.clerk_id).await?;
        let row = match found {
            Some(row) if row.deleted_at.is_some() => return Err(ApiError::Deleted),
            Some(row) if only_if(row.version) => row,
            _ => return Err(ApiError::PreconditionFailed),
        };
        if row.email == update.email && row.name == update.name {
            return Ok(Saved {
                row,
                created: false,
            });
        }
        let statement = Query::update()
            .table(Entity)
            .value(Column::Email, update.email)
            .value(Column::Name, update.name)
            .value(Column::UpdatedAt, now())
            .value(Column::Version, row.version + 1)
            .and_where(Column::ClerkId.eq(&update.clerk_id))
            .and_where(Column::Version.eq(row.version))
            .returning_all()
            .to_owned();
        let row = self
            .write(&statement)
            .await?
            .ok_or(ApiError::PreconditionFailed)?;
        Ok(Saved {
            row,
            created: false,
        })
    }

    /// Removes the person's data and leaves a tombstone. Deleting twice is no error.
    ///
    /// # Errors
    /// [`ApiError::PreconditionFailed`] when the row is not of a version in `only_if`.
    pub async fn delete(&self, clerk_id: &str, only_if: OnlyIf<'_>) -> Result<(), ApiError> {
        let mut unchanged = Condition::all().add(current(Column::DeletedAt).is_null());
        if let Some(only_if) = only_if {
            let row = self.find(clerk_id).await?;
            let row = row.filter(|row| row.deleted_at.is_none() && only_if(row.version));
            let version = row.ok_or(ApiError::PreconditionFailed)?.version;
            unchanged = unchanged.add(current(Column::Version).eq(version));
        }
        let blank = UserUpdate {
            clerk_id: clerk_id.to_owned(),
            email: String::new(),
            name: String::new(),
        };
        let on_conflict = OnConflict::column(Column::ClerkId)
            .update_columns([
                Column::Email,
                Column::Name,
                Column::UpdatedAt,
                Column::DeletedAt,
            ])
            .value(Column::Version, current(Column::Version).add(1))
            .action_cond_where(unchanged)
            .to_owned();
        let deleted = self.insert(blank, Some(now()), on_conflict).await?;
        if deleted.is_none() && only_if.is_some() {
            return Err(ApiError::PreconditionFailed);
        }
        Ok(())
    }

    /// Watches the person; the newest committed state comes first.
    pub async fn watch(&self, clerk_id: &str) -> Result<(State, Subscription), ApiError> {
        let subscription = self.hub.subscribe(clerk_id);
        let state = self.find(clerk_id).await?.map(state).unwrap_or_default();
        Ok((state, subscription))
    }

    async fn find(&self, clerk_id: &str) -> Result<Option<Model>, ApiError> {
        Ok(Entity::find()
            .filter(Column::ClerkId.eq(clerk_id))
            .one(&self.db)
            .await?)
    }

    async fn find_living(&self, clerk_id: &str) -> Result<Model, ApiError> {
        self.find(clerk_id)
            .await?
            .filter(|row| row.deleted_at.is_none())
            .ok_or(ApiError::Deleted)
    }

    async fn insert(
        &self,
        update: UserUpdate,
        deleted_at: Option<i64>,
        on_conflict: OnConflict,
    ) -> Result<Option<Model>, ApiError> {
        let now = now();
        let statement = Query::insert()
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
            ])
            .values_panic([
                Uuid::now_v7().to_string().into(),
                update.clerk_id.into(),
                update.email.into(),
                update.name.into(),
                now.into(),
                now.into(),
                1_i64.into(),
                deleted_at.into(),
            ])
            .on_conflict(on_conflict)
            .returning_all()
            .to_owned();
        self.write(&statement).await
    }

    /// Runs a statement that returns the row it wrote, and publishes that.
    async fn write(
        &self,
        statement: &impl sea_orm::StatementBuilder,
    ) -> Result<Option<Model>, ApiError> {
        let Some(result) = self.db.query_one(statement).await? else {
            return Ok(None);
        };
        let row = Model::from_query_result(&result, "")?;
        self.hub.publish(&row.clerk_id, state(row.clone()));
        Ok(Some(row))
    }
}

/// A condition on the row's version, as `If-Match` states it.
pub type OnlyIf<'a> = Option<&'a (dyn Fn(i64) -> bool + Send + Sync)>;

fn state(row: Model) -> State {
    State {
        version: row.version,
        user: row.into_user(),
    }
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

fn now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
