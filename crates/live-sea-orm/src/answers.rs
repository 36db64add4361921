//! The table of what was answered to writes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, ExecResult, Statement, Value};

/// How long an answer is kept.
pub(crate) const KEEP: Duration = Duration::from_hours(24);

/// Executes a statement with these values.
pub(crate) async fn execute<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<ExecResult, DbErr> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.execute_raw(statement).await
}

/// Removes answers that were given before this time; a little at a time, since others write.
pub(crate) async fn forget(
    connection: &DatabaseConnection,
    before: SystemTime,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM live_writes WHERE id IN
               (SELECT id FROM live_writes WHERE at < $1 LIMIT 10000)";
    let before = millis(before);
    while execute(connection, sql, [before.into()])
        .await?
        .rows_affected()
        > 0
    {}
    Ok(())
}

/// Since the Unix epoch.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
