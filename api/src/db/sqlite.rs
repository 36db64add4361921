//! What `SQLite` is asked and told, beside statements about rows.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteError, SqliteJournalMode, SqliteSynchronous,
};
use sea_orm::sqlx::{AssertSqlSafe, Row, query};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement};

/// Result codes (<https://sqlite.org/rescode.html>): another process is at it,
pub const BUSY: u32 = 5;
/// the file is damaged,
pub const CORRUPT: u32 = 11;
/// the file is no database.
pub const NOT_A_DATABASE: u32 = 26;

/// How much of the file a connection keeps: 256 KiB (negative means KiB, not pages). Rows that
/// are asked for are kept elsewhere.
const CACHE: &str = "-256";
/// How long one process waits for another that writes to the same file.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long emptying the log waits for readers: writes wait meanwhile.
const EMPTY_TIMEOUT: Duration = Duration::from_millis(20);

/// What is acknowledged must survive a power cut, readers must not wait for writers, and what
/// was deleted must be overwritten.
pub fn options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        // Made already: one that goes is not made again.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("cache_size", CACHE)
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT)
}

/// The primary result code, when the error is one of `SQLite`.
pub fn code(error: &DbErr) -> Option<u32> {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let error = error.as_database_error()?;
    let code = error.try_downcast_ref::<SqliteError>()?.code()?;
    // The higher bits say more.
    code.parse().ok().map(|code: u32| code & 0xff)
}

/// What is wrong with the file, if anything is. It is read from end to end.
pub async fn damage(connection: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let statement = "PRAGMA quick_check(1)".to_owned();
    let statement = Statement::from_string(DbBackend::Sqlite, statement);
    let row = connection.query_one_raw(statement).await?;
    let said: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(said
        .filter(|said| said != "ok")
        .and_then(|said| said.lines().last().map(str::to_owned)))
}

/// Brings what the log holds into the file itself, and empties the log. False when somebody
/// still reads from it.
///
/// `connection` is a pool of one.
pub async fn empty_log(connection: &DatabaseConnection) -> Result<bool, DbErr> {
    let wait =
        |time: Duration| AssertSqlSafe(format!("PRAGMA busy_timeout = {}", time.as_millis()));
    let sqlx = |error| DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)));
    let pool = connection.get_sqlite_connection_pool();
    let mut connection = pool.acquire().await.map_err(sqlx)?;
    let emptied = async {
        query(wait(EMPTY_TIMEOUT)).execute(&mut *connection).await?;
        let row = query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *connection)
            .await?;
        row.try_get::<i32, _>(0)
    };
    let emptied = emptied.await;
    let restored = query(wait(BUSY_TIMEOUT)).execute(&mut *connection).await;
    restored.map_err(sqlx)?;
    emptied.map(|busy| busy == 0).map_err(sqlx)
}
