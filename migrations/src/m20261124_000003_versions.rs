use sea_orm_migration::prelude::*;

/// A version always has room for the next one, whatever somebody types by SQL.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::execute(manager, POSTGRES, SQLITE).await
    }
}

/// A version that somebody types counts when it is newer than the row's and at most 2^53, the
/// greatest whole number that JavaScript counts by. In any other case the row gets its next
/// version, as a change does that says none; a new row gets the time in microseconds.
const POSTGRES: &str = r"
UPDATE users SET version = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
WHERE version NOT BETWEEN 0 AND 9007199254740992;

DROP TRIGGER users_version_next ON users;
CREATE OR REPLACE FUNCTION users_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_micros CONSTANT bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.version := OLD.version + 1;
        NEW.updated_at := now_micros / 1000;
    ELSIF NEW.version NOT BETWEEN now_micros AND 9007199254740992 THEN
        NEW.version := now_micros;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER users_version_next BEFORE UPDATE ON users
    FOR EACH ROW WHEN (
        NEW.version < OLD.version
        OR NEW.version > 9007199254740992 AND NEW.version - 1 <> OLD.version
        OR NEW.version = OLD.version AND (
            NEW.clerk_id <> OLD.clerk_id OR NEW.email <> OLD.email OR NEW.name <> OLD.name
            OR NEW.created_at <> OLD.created_at OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
        )
    ) EXECUTE FUNCTION users_version();
";

/// The same. `SQLite` also stores what is no whole number. A row that was just inserted with a
/// version that does not count may get a lower one.
const SQLITE: &str = r"
DROP TRIGGER users_version;

UPDATE users SET version = CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
WHERE typeof(version) <> 'integer' OR version NOT BETWEEN 0 AND 9007199254740992;

CREATE TRIGGER users_version AFTER UPDATE ON users
WHEN typeof(OLD.version) = 'integer' AND OLD.version BETWEEN 0 AND 4611686018427387904 AND (
    typeof(NEW.version) <> 'integer'
    OR NEW.version < OLD.version
    OR NEW.version > 9007199254740992 AND NEW.version - 1 <> OLD.version
    OR NEW.version = OLD.version AND (
        NEW.clerk_id <> OLD.clerk_id OR NEW.email <> OLD.email OR NEW.name <> OLD.name
        OR NEW.created_at <> OLD.created_at OR NEW.deleted_at IS NOT OLD.deleted_at
    )
)
BEGIN
    UPDATE users SET version = OLD.version + 1,
        updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
    WHERE id = NEW.id;
END;

CREATE TRIGGER users_version_first AFTER INSERT ON users
WHEN typeof(NEW.version) <> 'integer' OR NEW.version NOT BETWEEN 0 AND 9007199254740992
BEGIN
    UPDATE users SET version = CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
    WHERE id = NEW.id;
END;
";
