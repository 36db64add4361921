//! Tables of what is kept for a day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, ExecResult, Statement, Value};

/// How long an answer is kept, and what was withdrawn.
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

/// Removes what was written into this table before this time, by its primary key; a little at a time,
/// since others write.
pub(crate) async fn forget(
    connection: &DatabaseConnection,
    (table, key): (&str, &str),
    before: SystemTime,
) -> Result<(), DbErr> {
    let sql = format!(
        "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE at < $1 LIMIT 10000)"
    );
    let before = millis(before);
    while execute(connection, &sql, [before.into()])
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
