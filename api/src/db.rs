//! The connection to the database.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

/// Connects and brings the schema up to date.
pub async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    create_parent_directory(url);
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(durable);
    let db = Database::connect(options).await?;
    migrations::run(&db).await?;
    Ok(db)
}

/// What is acknowledged must survive a power cut, and readers must not wait for writers.
fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
}

/// SQLite makes its file but not the directory; a failure shows when it opens the file.
fn create_parent_directory(url: &str) {
    let Some(file) = url.strip_prefix("sqlite:") else {
        return;
    };
    let file = file
        .trim_start_matches("//")
        .split('?')
        .next()
        .unwrap_or_default();
    if let Some(parent) = Path::new(file).parent() {
        let _ = std::fs::create_dir_all(parent);
    }
}
