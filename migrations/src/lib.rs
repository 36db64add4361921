//! The database schema. One set of migrations serves SQLite and PostgreSQL.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

mod edits;
mod m20261123_000001_users;
mod m20261123_000002_live;
mod m20261124_000003_versions;
mod m20261124_000004_probe;
mod m20261127_000005_live;
mod m20261127_000006_writes;
mod m20261127_000007_answers;
mod m20261128_000008_columns;

/// The migrations, oldest first. `cargo xtask migrate NAME` adds one.
struct Migrator;

macro_rules! migrations {
    ($($name:ident,)+) => {
        #[async_trait::async_trait]
        impl MigratorTrait for Migrator {
            fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                vec![$(Box::new($name::Migration)),+]
            }
        }

        /// Each one's name and source.
        const SOURCES: &[(&str, &str)] = &[
            $((stringify!($name), include_str!(concat!(stringify!($name), ".rs")))),+
        ];
    };
}

migrations![
    m20261123_000001_users,
    m20261123_000002_live,
    m20261124_000003_versions,
    m20261124_000004_probe,
    m20261127_000005_live,
    m20261127_000006_writes,
    m20261127_000007_answers,
    m20261128_000008_columns,
];

/// Executes what only SQL of the database's own can say.
async fn execute(manager: &SchemaManager<'_>, postgres: &str, sqlite: &str) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    };
    let connection = manager.get_connection();
    connection.execute_unprepared(sql).await.map(drop)
}

/// PostgreSQL's advisory lock that one migrating process holds; any constant will do. Each database has
/// its own locks, so other projects on the same server may use the same.
const ADVISORY_LOCK: i64 = 0x0059_4557_434c_4b31;

/// Brings the schema up to date.
///
/// Any number of processes may call this at once: one migrates while the others wait, then
/// find nothing left to do. All of it is one transaction, so a crash leaves the old schema.
pub async fn run(db: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = db
        .begin_with_options(TransactionOptions {
            // SQLite: take the write lock now. A deferred transaction that read first could
            // not upgrade once another process had migrated.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction
            .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            .await?;
    }
    if cfg!(debug_assertions) {
        edits::refuse(&transaction, SOURCES).await?;
    }
    Migrator::up(&transaction, None).await?;
    if cfg!(debug_assertions) {
        edits::remember(&transaction, SOURCES).await?;
    }
    transaction.commit().await
}
