//! What was withdrawn from people whose tokens still grant it: a membership, say. A token is good
//! until it ends, which may be a minute after somebody was removed; who asks here too knows at once.

use live_axum::{IdempotencyKey, Key, Reply};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

use crate::answers::execute;
use crate::failure::Failure;
use crate::writes::Writes;

const TABLE: &str = "live_withdrawn";

impl Writes {
    /// Whether a grant of this name was withdrawn. A live query that asks is run again when that
    /// changes. The table is [`crate::schema::create_withdrawn`]'s.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn is_withdrawn(&self, grant: &str) -> Result<bool, DbErr> {
        let reading = self.reading(|| Key::rows(TABLE, "name", grant))?;
        let executor = reading.executor();
        let found = Statement::from_sql_and_values(
            executor.get_database_backend(),
            "SELECT 1 FROM live_withdrawn WHERE name = $1",
            [grant.into()],
        );
        Ok(executor.query_one_raw(found).await?.is_some())
    }

    /// Withdraws a grant, such as `org_…/user_…`, until it is restored.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn withdraw(&self, grant: &str) -> Result<(), Failure> {
        self.change(
            "INSERT INTO live_withdrawn VALUES ($1) ON CONFLICT DO NOTHING",
            grant,
        )
        .await
    }

    /// Tokens that carry a grant of this name count again.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn restore(&self, grant: &str) -> Result<(), Failure> {
        self.change("DELETE FROM live_withdrawn WHERE name = $1", grant)
            .await
    }

    async fn change(&self, sql: &str, grant: &str) -> Result<(), Failure> {
        let change = async |db: &DatabaseTransaction| {
            execute(db, sql, [grant.into()]).await?;
            Ok::<_, Failure>(())
        };
        let _: Reply<()> = self.once(grant, &IdempotencyKey::default(), change).await?;
        Ok(())
    }
}
