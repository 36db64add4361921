//! What Clerk tells by webhook, brought into rows.
//!
//! Deliveries may come late, twice, out of order, or at two replicas at once. A delivery's id is
//! kept in the same transaction that writes the row, so it counts once; an event older than what
//! the row holds changes nothing; a person who was deleted never comes back.

use std::time::Duration;

use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use shared::UserUpdate;

use super::Users;
use super::entity::{Column, Entity, Model};
use super::store::{
    insert, new_row, now_millis, returned, tombstone, tombstone_on_conflict, unless_there,
};
use crate::db::{Database, in_time};
use crate::error::ApiError;

/// How long a delivery's id is kept. Svix tries for little more than a day
/// (<https://docs.svix.com/retries>).
const KEEP: Duration = Duration::from_hours(7 * 24);
/// How often older ones are removed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// The ids of deliveries that came.
mod delivery {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Milliseconds since the Unix epoch
        pub received_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// An event about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClerkEvent {
    /// `user.created` and `user.updated`: both tell the whole person.
    Told(ClerkProfile),
    /// `user.deleted`
    Deleted {
        /// Clerk's id of the person.
        clerk_id: String,
    },
}

/// A person as an event tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClerkProfile {
    /// Clerk's id of the person.
    pub clerk_id: String,
    /// Primary e-mail address, or empty.
    pub email: String,
    /// First and last name, or empty.
    pub name: String,
    /// When Clerk last changed the person, in milliseconds since the Unix epoch.
    pub updated_at: i64,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The row was made, changed or removed.
    Applied,
    /// The row says so already, or something newer, or the person was deleted.
    Unchanged,
    /// The delivery came before.
    Duplicate,
}

impl ClerkProfile {
    /// The row of a person seen for the first time.
    fn first_row(self) -> Model {
        let row = new_row(UserUpdate {
            clerk_id: self.clerk_id,
            email: self.email.clone(),
            name: self.name.clone(),
        });
        Model {
            clerk_updated_at: Some(self.updated_at),
            clerk_email: Some(self.email),
            clerk_name: Some(self.name),
            ..row
        }
    }

    /// The row after this event; none when the event is older than what the row holds.
    ///
    /// A field follows Clerk when it changed at Clerk since the last event and was not edited
    /// here later. So an edit made here stays until Clerk says something new.
    fn merge(self, row: &Model, now: i64) -> Option<Model> {
        let heard = row
            .clerk_updated_at
            .is_some_and(|heard| self.updated_at <= heard);
        if row.deleted_at.is_some() || heard {
            return None;
        }
        let mut merged = row.clone();
        if row.edited_at.is_none_or(|edited| edited < self.updated_at) {
            if row.clerk_email.as_ref() != Some(&self.email) {
                merged.email.clone_from(&self.email);
            }
            if row.clerk_name.as_ref() != Some(&self.name) {
                merged.name.clone_from(&self.name);
            }
        }
        if merged != *row {
            merged.updated_at = now;
            merged.version = row.version.saturating_add(1);
        }
        merged.clerk_updated_at = Some(self.updated_at);
        merged.clerk_email = Some(self.email);
        merged.clerk_name = Some(self.name);
        Some(merged)
    }
}

impl Users {
    /// Brings an event into its row, once for each delivery.
    pub async fn apply(&self, delivery: String, event: ClerkEvent) -> Result<Outcome, ApiError> {
        let clerk_id = match &event {
            ClerkEvent::Told(profile) => profile.clerk_id.clone(),
            ClerkEvent::Deleted { clerk_id } => clerk_id.clone(),
        };
        let db = self.db.clone();
        let write = async move { apply_once(&db, delivery, event).await };
        in_time(async { Ok(self.write(clerk_id, write).await?.0) }).await
    }

    /// Removes the ids of old deliveries, now and ever again. Never ends.
    pub async fn prune_deliveries(self) {
        loop {
            let old = now_millis() - i64::try_from(KEEP.as_millis()).unwrap_or(i64::MAX);
            let pruned = delivery::Entity::delete_many()
                .filter(delivery::Column::ReceivedAt.lt(old))
                .exec(&self.db.write)
                .await;
            if let Err(error) = pruned {
                tracing::warn!(%error, "old webhook deliveries could not be removed");
            }
            tokio::time::sleep(PRUNE_EVERY).await;
        }
    }
}

async fn apply_once(
    db: &Database,
    delivery: String,
    event: ClerkEvent,
) -> Result<(Outcome, Option<Model>), DbErr> {
    let transaction = db
        .write
        .begin_with_options(TransactionOptions {
            // SQLite: a transaction that reads first could not go on to write.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await?;
    // A replica that has the same delivery waits here for our commit.
    if !note(&transaction, delivery).await? {
        transaction.rollback().await?;
        return Ok((Outcome::Duplicate, None));
    }
    let row = match event {
        ClerkEvent::Told(profile) => tell(&transaction, profile).await?,
        ClerkEvent::Deleted { clerk_id } => {
            let on_conflict = tombstone_on_conflict(Condition::all());
            returned(&transaction, &insert(tombstone(&clerk_id), on_conflict)).await?
        }
    };
    transaction.commit().await?;
    let outcome = if row.is_some() {
        Outcome::Applied
    } else {
        Outcome::Unchanged
    };
    Ok((outcome, row))
}

/// Keeps the delivery's id; false when it is there already.
async fn note(transaction: &DatabaseTransaction, id: String) -> Result<bool, DbErr> {
    let statement = Query::insert()
        .into_table(delivery::Entity)
        .columns([delivery::Column::Id, delivery::Column::ReceivedAt])
        .values_panic([id.into(), now_millis().into()])
        .on_conflict(
            OnConflict::column(delivery::Column::Id)
                .do_nothing()
                .to_owned(),
        )
        .to_owned();
    Ok(transaction.execute(&statement).await?.rows_affected() == 1)
}

/// Makes or changes the person's row; none when nothing that can be seen has changed.
async fn tell(
    transaction: &DatabaseTransaction,
    profile: ClerkProfile,
) -> Result<Option<Model>, DbErr> {
    let first = insert(profile.clone().first_row(), unless_there());
    if let Some(row) = returned(transaction, &first).await? {
        return Ok(Some(row));
    }
    let found = Entity::find()
        .filter(Column::ClerkId.eq(&profile.clerk_id))
        .lock_exclusive()
        .one(transaction)
        .await?;
    // Removed by hand this very moment: when Clerk tries again, the row is made anew.
    let row = found.ok_or_else(|| DbErr::RecordNotFound("the row has just gone".to_owned()))?;
    let Some(merged) = profile.merge(&row, now_millis()) else {
        return Ok(None);
    };
    let visible = merged.version != row.version;
    let statement = Query::update()
        .table(Entity)
        .value(Column::Email, merged.email)
        .value(Column::Name, merged.name)
        .value(Column::UpdatedAt, merged.updated_at)
        .value(Column::Version, merged.version)
        .value(Column::ClerkUpdatedAt, merged.clerk_updated_at)
        .value(Column::ClerkEmail, merged.clerk_email)
        .value(Column::ClerkName, merged.clerk_name)
        .and_where(Column::Id.eq(merged.id))
        .returning_all()
        .to_owned();
    Ok(returned(transaction, &statement).await?.filter(|_| visible))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1000;

    fn told(email: &str, name: &str, updated_at: i64) -> ClerkProfile {
        ClerkProfile {
            clerk_id: "user_ada".into(),
            email: email.into(),
            name: name.into(),
            updated_at,
        }
    }

    fn edited(row: &Model, name: &str, at: i64) -> Model {
        Model {
            name: name.into(),
            edited_at: Some(at),
            ..row.clone()
        }
    }

    fn name_after(row: &Model, event: ClerkProfile) -> Option<String> {
        event.merge(row, NOW).map(|row| row.name)
    }

    #[test]
    fn a_newer_event_is_followed_and_an_older_one_is_not() {
        let row = told("a@b.co", "Ada", 20).first_row();
        assert_eq!(
            name_after(&row, told("a@b.co", "Countess", 21)).as_deref(),
            Some("Countess")
        );
        assert_eq!(name_after(&row, told("a@b.co", "Augusta", 20)), None);
        assert_eq!(name_after(&row, told("a@b.co", "Augusta", 19)), None);
    }

    #[test]
    fn an_edit_made_here_stays_until_the_field_changes_at_clerk() {
        let row = edited(&told("a@b.co", "Ada", 20).first_row(), "Countess", 30);
        // Late news from before the edit.
        assert_eq!(
            name_after(&row, told("a@b.co", "Augusta", 25)).as_deref(),
            Some("Countess")
        );
        // A sign-in moves Clerk's time, but says nothing new of the name.
        let signed_in = told("new@b.co", "Ada", 40).merge(&row, NOW).expect("newer");
        assert_eq!(
            (signed_in.name.as_str(), signed_in.email.as_str()),
            ("Countess", "new@b.co")
        );
        assert_eq!(
            name_after(&row, told("a@b.co", "Lady", 40)).as_deref(),
            Some("Lady")
        );
    }

    #[test]
    fn what_says_nothing_new_makes_no_new_version() {
        let row = told("a@b.co", "Ada", 20).first_row();
        let merged = told("a@b.co", "Ada", 21).merge(&row, NOW).expect("newer");
        assert_eq!(merged.version, row.version);
        assert_eq!(merged.clerk_updated_at, Some(21));
        let changed = told("a@b.co", "Eve", 21).merge(&row, NOW).expect("newer");
        assert_eq!(
            (changed.version, changed.updated_at),
            (row.version + 1, NOW)
        );
    }

    #[test]
    fn a_row_made_from_a_bare_token_takes_what_clerk_says() {
        let row = new_row(UserUpdate {
            clerk_id: "user_ada".into(),
            email: String::new(),
            name: String::new(),
        });
        let merged = told("a@b.co", "Ada", 1).merge(&row, NOW).expect("news");
        assert_eq!(
            (merged.email.as_str(), merged.name.as_str()),
            ("a@b.co", "Ada")
        );
    }

    #[test]
    fn the_deleted_stay_deleted() {
        let row = tombstone("user_ada");
        assert_eq!(told("a@b.co", "Ada", i64::MAX).merge(&row, NOW), None);
    }
}
