//! SQL for migrations: the log of changes, and the triggers that write it.
//!
//! ```
//! use live_sea_orm::schema;
//! use sea_orm::DbBackend;
//!
//! // In `up` of a migration: once, and then for each table that live queries read.
//! let log = schema::create(DbBackend::Sqlite);
//! let notes = schema::watch(DbBackend::Sqlite, "notes", &["owner"]);
//! ```

use std::fmt::Write;

use sea_orm::DbBackend;

/// The channel on which `PostgreSQL` says that the log has grown.
pub const CHANNEL: &str = "live";

/// Makes the log. `live_watched` says which columns are logged of which tables.
pub fn create(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "CREATE TABLE live_changes (
                 xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
                 tbl text NOT NULL, col text, val text);
             CREATE INDEX live_changes_xid ON live_changes (xid);
             CREATE TABLE live_watched (tbl text NOT NULL, col text NOT NULL, PRIMARY KEY (tbl, col));"
        }
        // The numbers are never used again, also when the log was emptied.
        _ => {
            "CREATE TABLE live_changes (
                 seq INTEGER PRIMARY KEY AUTOINCREMENT,
                 tbl TEXT NOT NULL, col TEXT, val TEXT);
             CREATE TABLE live_watched (tbl TEXT NOT NULL, col TEXT NOT NULL, PRIMARY KEY (tbl, col));"
        }
    }
}

/// Removes the log.
pub fn drop() -> &'static str {
    "DROP TABLE live_changes; DROP TABLE live_watched;"
}

/// Has every change of this table logged, by the values that these columns had and have: a query
/// may then read the rows with one value in one of them, or the whole table.
///
/// Values are compared as the text that the database makes of them. A row with `NULL` in a column is
/// told of to those who read the whole table. Once a migration that calls this has run anywhere,
/// what it writes must not change: a later version gets a function of its own.
///
/// `PostgreSQL` calls no trigger of a table for what is written to one of its partitions directly, or
/// with `session_replication_role = replica`.
/// `SQLite` calls no trigger for a row that `REPLACE` removes, unless `PRAGMA recursive_triggers` is
/// on: what such a row had in these columns is not logged if the new one has something else.
///
/// # Panics
/// When a name is not made of lower-case letters, digits and underscores.
pub fn watch(backend: DbBackend, table: &str, columns: &[&str]) -> String {
    for name in columns.iter().chain([&table]) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(
            !name.is_empty() && name.chars().all(plain),
            "{name:?} is not a plain name"
        );
    }
    let mut sql = match backend {
        DbBackend::Postgres => postgres(table, columns),
        _ => sqlite(table, columns),
    };
    let no_column = [""].iter().take(usize::from(columns.is_empty()));
    for column in columns.iter().chain(no_column) {
        let _ = write!(
            sql,
            "INSERT INTO live_watched (tbl, col) VALUES ('{table}', '{column}');"
        );
    }
    sql
}

/// Makes the table of [`crate::Writes`], and has the log tell of what is written into it; a
/// migration calls this once, after [`create`].
///
/// A row is one answer to a write with an `Idempotency-Key`: its `id` is the person, a line feed
/// and the key. Its removal is told to nobody.
pub fn create_writes(backend: DbBackend) -> String {
    // Text in the order of its bytes: the answers of one person are neighbours.
    let (bytewise, table) = match backend {
        DbBackend::Postgres => (r#" COLLATE "C""#, " ON live_writes"),
        _ => ("", ""),
    };
    let watch = watch(backend, "live_writes", &["id"]);
    format!(
        "CREATE TABLE live_writes (
             id text{bytewise} NOT NULL PRIMARY KEY,
             fingerprint text NOT NULL, status integer NOT NULL, etag text, body text,
             at bigint NOT NULL);
         CREATE INDEX live_writes_at ON live_writes (at);
         {watch}
         DROP TRIGGER live_live_writes_update{table};
         DROP TRIGGER live_live_writes_delete{table};"
    )
}

/// Removes the table of [`crate::Writes`].
pub fn drop_writes(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "DELETE FROM live_watched WHERE tbl = 'live_writes';
             DROP TABLE live_writes; DROP FUNCTION live_live_writes;"
        }
        _ => "DELETE FROM live_watched WHERE tbl = 'live_writes'; DROP TABLE live_writes;",
    }
}

/// Makes the table of [`crate::Writes::withdraw`]; a migration calls this once, after [`create`].
///
/// A row is the name of a grant, and when it was withdrawn, in milliseconds since the Unix epoch.
pub fn create_withdrawn(backend: DbBackend) -> String {
    let watch = watch(backend, "live_withdrawn", &["name"]);
    format!(
        "CREATE TABLE live_withdrawn (name text NOT NULL PRIMARY KEY, at bigint NOT NULL); {watch}"
    )
}

/// Removes the table of [`crate::Writes::withdraw`].
pub fn drop_withdrawn(backend: DbBackend) -> String {
    unwatch(backend, "live_withdrawn") + "DROP TABLE live_withdrawn;"
}

/// Has the changes of this table logged no more.
pub fn unwatch(backend: DbBackend, table: &str) -> String {
    let mut sql = format!("DELETE FROM live_watched WHERE tbl = '{table}';");
    for event in ["insert", "update", "delete", "truncate"] {
        if backend == DbBackend::Postgres {
            let _ = write!(sql, "DROP TRIGGER live_{table}_{event} ON {table};");
        } else if event != "truncate" {
            let _ = write!(sql, "DROP TRIGGER live_{table}_{event};");
        }
    }
    if backend == DbBackend::Postgres {
        let _ = write!(sql, "DROP FUNCTION live_{table};");
    }
    sql
}

/// One function, called once a statement: `UPDATE` of a million rows logs each value once. It runs
/// with its owner's rights and search path: who may write the table need not know of the log.
fn postgres(table: &str, columns: &[&str]) -> String {
    let select = |rows: &[&str]| -> String {
        let parts: Vec<_> = rows
            .iter()
            .flat_map(|rows| columns.iter().map(move |column| (rows, column)))
            .map(|(rows, column)| {
                format!("SELECT '{table}', '{column}', {column}::text FROM {rows}")
            })
            .collect();
        if parts.is_empty() {
            format!(
                "SELECT '{table}', NULL, NULL WHERE EXISTS (SELECT FROM {})",
                rows[0]
            )
        } else {
            parts.join(" UNION ")
        }
    };
    let log = |rows: &[&str]| format!("INSERT INTO live_changes (tbl, col, val) {};", select(rows));
    let (new, old, both) = (log(&["now"]), log(&["was"]), log(&["now", "was"]));
    format!(
        "CREATE FUNCTION live_{table}() RETURNS trigger LANGUAGE plpgsql
         SECURITY DEFINER AS $$
         BEGIN
             IF TG_OP = 'TRUNCATE' THEN
                 INSERT INTO live_changes (tbl) VALUES ('{table}');
             ELSIF TG_OP = 'INSERT' THEN {new}
             ELSIF TG_OP = 'DELETE' THEN {old}
             ELSE {both}
             END IF;
             IF FOUND THEN PERFORM pg_notify('{CHANNEL}', ''); END IF;
             RETURN NULL;
         END $$;
         -- pg_temp last: somebody's temporary table must not stand in for the log.
         DO $$ BEGIN
             EXECUTE format('ALTER FUNCTION live_{table}() SET search_path = %I, pg_temp', current_schema());
         END $$;
         CREATE TRIGGER live_{table}_insert AFTER INSERT ON {table}
             REFERENCING NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION live_{table}();
         CREATE TRIGGER live_{table}_update AFTER UPDATE ON {table}
             REFERENCING OLD TABLE AS was NEW TABLE AS now
             FOR EACH STATEMENT EXECUTE FUNCTION live_{table}();
         CREATE TRIGGER live_{table}_delete AFTER DELETE ON {table}
             REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION live_{table}();
         CREATE TRIGGER live_{table}_truncate AFTER TRUNCATE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION live_{table}();"
    )
}

fn sqlite(table: &str, columns: &[&str]) -> String {
    let mut sql = String::new();
    for (event, rows) in [
        ("insert", &["NEW"] as &[_]),
        ("update", &["NEW", "OLD"]),
        ("delete", &["OLD"]),
    ] {
        let mut log = String::new();
        for (rows, column) in rows
            .iter()
            .flat_map(|rows| columns.iter().map(move |column| (rows, column)))
        {
            let _ = write!(
                log,
                "INSERT INTO live_changes (tbl, col, val) SELECT '{table}', '{column}', {rows}.{column}"
            );
            if event == "update" && *rows == "OLD" {
                let _ = write!(log, " WHERE OLD.{column} IS NOT NEW.{column}");
            }
            log.push(';');
        }
        if columns.is_empty() {
            let _ = write!(log, "INSERT INTO live_changes (tbl) VALUES ('{table}');");
        }
        let _ = write!(
            sql,
            "CREATE TRIGGER live_{table}_{event} AFTER {event} ON {table} BEGIN {log} END;"
        );
    }
    sql
}
