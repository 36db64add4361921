//! Two more watched tables, into which triggers write every change of a person's row: whatever is
//! committed is in all three of them, and in the log of each.

use anyhow::{Context, Result, ensure};
use live_sea_orm::schema;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

/// The newest version of each row, and all there ever were.
const TABLES: &str = "CREATE TABLE newest (clerk_id text PRIMARY KEY, version bigint NOT NULL);
    CREATE TABLE versions (clerk_id text NOT NULL, version bigint NOT NULL);";

const WRITE: &str = "INSERT INTO newest VALUES (NEW.clerk_id, NEW.version)
        ON CONFLICT (clerk_id) DO UPDATE SET version = excluded.version;
    INSERT INTO versions VALUES (NEW.clerk_id, NEW.version);";

/// What must be none, and what it would be.
const TORN: [(&str, &str); 4] = [
    (
        "rows without their newest version",
        "SELECT count(*) FROM users LEFT JOIN newest USING (clerk_id)
         WHERE newest.version IS NULL OR newest.version <> users.version",
    ),
    (
        "versions of no row",
        "SELECT count(*) FROM newest WHERE clerk_id NOT IN (SELECT clerk_id FROM users)",
    ),
    (
        "versions that are missing, or there twice",
        "SELECT count(*) FROM (SELECT clerk_id FROM versions GROUP BY clerk_id
         HAVING count(*) <> max(version) - min(version) + 1
         OR count(*) <> count(DISTINCT version)) AS uneven",
    ),
    (
        "changes that the log does not tell of",
        "SELECT count(*) FROM users WHERE 3 <> (SELECT count(DISTINCT tbl) FROM live_changes
         WHERE val = clerk_id AND tbl IN ('users', 'newest', 'versions'))",
    ),
];

/// The tables.
#[derive(Debug)]
pub struct Tables(String);

impl Tables {
    /// Adds them to a database that a server has migrated.
    pub async fn add(url: &str) -> Result<Self> {
        let db = Database::connect(url).await?;
        let backend = db.get_database_backend();
        let triggers = if backend == DbBackend::Postgres {
            format!(
                "CREATE FUNCTION copy_users() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN {WRITE} RETURN NULL; END $$;
                 CREATE TRIGGER copy_users AFTER INSERT OR UPDATE ON users
                 FOR EACH ROW EXECUTE FUNCTION copy_users();"
            )
        } else {
            // A later trigger of the table may still change the version.
            format!(
                "CREATE TRIGGER copy_insert AFTER INSERT ON users BEGIN {WRITE} END;
                 CREATE TRIGGER copy_update AFTER UPDATE ON users BEGIN {WRITE} END;"
            )
        };
        let watches = ["newest", "versions"]
            .map(|table| schema::watch(backend, table, &["clerk_id"]))
            .concat();
        let all = [TABLES, &watches, &triggers].concat();
        db.execute_unprepared(&all).await?;
        db.close().await?;
        Ok(Self(url.to_owned()))
    }

    /// Looks whether what is in one of them is in all.
    ///
    /// # Errors
    /// When it is not.
    pub async fn check(self) -> Result<()> {
        let db = Database::connect(&self.0).await?;
        for (what, sql) in TORN {
            let found = count(&db, sql).await.context(what)?;
            ensure!(found == 0, "{found} {what}");
        }
        let versions = count(&db, "SELECT count(*) FROM versions").await?;
        ensure!(versions > 0, "nothing was written");
        Ok(db.close().await?)
    }
}

async fn count(db: &DatabaseConnection, sql: &str) -> Result<i64, DbErr> {
    let statement = Statement::from_string(db.get_database_backend(), sql.to_owned());
    let row = db.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}
