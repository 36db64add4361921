//! What was withdrawn from people whose tokens still grant it: a membership, say. A token is good
//! until it ends, which may be a minute after somebody was removed; who asks here too knows at once.

use std::time::SystemTime;

use live_axum::{IdempotencyKey, Key, Reply};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

use crate::answers::{execute, millis};
use crate::failure::Failure;
use crate::writes::Writes;

/// The table, which [`crate::schema::create_withdrawn`] makes.
pub(crate) const TABLE: &str = "live_withdrawn";
/// How far the clocks of who issues tokens and of who withdraws may be apart, in seconds.
const LEEWAY: i64 = 5;

impl Writes {
    /// Whether a grant of this name was withdrawn since a token was issued that carries it, at this
    /// second of the Unix epoch (`iat`). A token of later is believed: somebody may be back, and the news
    /// of that may come before the news of their leaving. A live query that asks is run again when
    /// something is withdrawn.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn is_withdrawn(&self, grant: &str, issued_at: u64) -> Result<bool, DbErr> {
        let reading = self.reading(|| Key::rows(TABLE, "name", grant))?;
        let executor = reading.executor();
        let found = Statement::from_sql_and_values(
            executor.get_database_backend(),
            "SELECT at FROM live_withdrawn WHERE name = $1",
            [grant.into()],
        );
        let Some(row) = executor.query_one_raw(found).await? else {
            return Ok(false);
        };
        let at: i64 = row.try_get_by_index(0)?;
        Ok(i64::try_from(issued_at).is_ok_and(|issued| issued <= at / 1_000 + LEEWAY))
    }

    /// Withdraws a grant, such as `org_…/user_…`, from all tokens that were issued until now. It is
    /// remembered for a day: longer than any session token lives.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn withdraw(&self, grant: &str) -> Result<(), Failure> {
        let now = millis(SystemTime::now());
        let withdraw = async |db: &DatabaseTransaction| {
            let sql = "INSERT INTO live_withdrawn (name, at) VALUES ($1, $2)
                       ON CONFLICT (name) DO UPDATE SET at = excluded.at";
            execute(db, sql, [grant.into(), now.into()]).await?;
            Ok::<_, Failure>(())
        };
        let key = IdempotencyKey::default();
        let _: Reply<()> = self.once(grant, &key, withdraw).await?;
        Ok(())
    }
}
