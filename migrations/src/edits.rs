//! In development a migration is easily edited after it ran, and then the schema is not what the
//! source says. So a debug build keeps a checksum of each one that ran in the database. A release
//! does not: what it runs is what was tested.

use std::collections::HashMap;

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

/// An error if one of these was edited after it had run.
pub async fn refuse(db: &DatabaseTransaction, sources: &[(&str, &str)]) -> Result<(), DbErr> {
    let known = known(db).await?;
    for (name, source) in sources {
        if known.get(*name).is_some_and(|ran| *ran != checksum(source)) {
            return Err(DbErr::Migration(format!(
                "{name} was edited after it had run in this database. Undo the edit and add a \
                 migration instead (`cargo xtask migrate NAME`), or start with an empty database: \
                 `cargo xtask reset` removes this one"
            )));
        }
    }
    Ok(())
}

/// Keeps the checksums of these, which have run.
pub async fn remember(db: &DatabaseTransaction, sources: &[(&str, &str)]) -> Result<(), DbErr> {
    let known = known(db).await?;
    for (name, source) in sources {
        if !known.contains_key(*name) {
            // Neither can hold a quote.
            let sum = checksum(source);
            let sql = format!("INSERT INTO migration_sources VALUES ('{name}', '{sum}')");
            db.execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}

/// The checksums by name.
async fn known(db: &DatabaseTransaction) -> Result<HashMap<String, String>, DbErr> {
    db.execute_unprepared(
        "CREATE TABLE IF NOT EXISTS migration_sources \
         (name text PRIMARY KEY, checksum text NOT NULL)",
    )
    .await?;
    let all = "SELECT name, checksum FROM migration_sources";
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), all))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "name")?, row.try_get("", "checksum")?)))
        .collect()
}

/// FNV-1a of the lines that do something.
fn checksum(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    let code = lines.filter(|line| !line.starts_with("//"));
    let hash = code
        .flat_map(str::bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection};

    use super::*;

    async fn database() -> DatabaseConnection {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        Database::connect(options).await.expect("a database")
    }

    #[tokio::test]
    async fn a_migration_that_was_edited_after_it_ran_is_refused_by_name() {
        let db = database().await;
        crate::run(&db).await.expect("migrated");
        crate::run(&db).await.expect("nothing left to do");
        let edit = "UPDATE migration_sources SET checksum = '0' WHERE name LIKE '%_live'";
        db.execute_unprepared(edit).await.expect("edited");
        let error = crate::run(&db).await.expect_err("refused").to_string();
        assert!(
            error.contains("m20261123_000002_live was edited"),
            "{error}"
        );
        assert!(error.contains("cargo xtask reset"), "{error}");
    }

    #[tokio::test]
    async fn what_ran_before_checksums_were_kept_counts_as_it_is() {
        let db = database().await;
        crate::run(&db).await.expect("migrated");
        let forget = "DROP TABLE migration_sources";
        db.execute_unprepared(forget).await.expect("forgotten");
        crate::run(&db).await.expect("nothing left to do");
    }

    #[test]
    fn comments_and_indentation_do_not_count() {
        let sum = checksum("fn up() {\n    table();\n}\n");
        assert_eq!(
            sum,
            checksum("/// Adds a table.\nfn up() {\n  table();\n}\n")
        );
        assert_ne!(sum, checksum("fn up() {\n    tables();\n}\n"));
    }
}
