use sea_orm_migration::prelude::*;

/// Whatever of a row changes, its version does, also a column that was added later.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::execute(manager, POSTGRES, SQLITE).await
    }
}

/// Which versions count when somebody types them is as before.
const POSTGRES: &str = r"
DROP TRIGGER users_version_next ON users;
CREATE TRIGGER users_version_next BEFORE UPDATE ON users
    FOR EACH ROW WHEN (
        NEW.version < OLD.version
        OR NEW.version > 9007199254740992 AND NEW.version - 1 <> OLD.version
        OR NEW.version = OLD.version AND NEW.* IS DISTINCT FROM OLD.*
    ) EXECUTE FUNCTION users_version();
";

/// The same, but `SQLite` cannot compare rows: here an `UPDATE` that changes nothing counts, too.
const SQLITE: &str = r"
DROP TRIGGER users_version;
CREATE TRIGGER users_version AFTER UPDATE ON users
WHEN typeof(OLD.version) = 'integer' AND OLD.version BETWEEN 0 AND 4611686018427387904 AND (
    typeof(NEW.version) <> 'integer'
    OR NEW.version <= OLD.version
    OR NEW.version > 9007199254740992 AND NEW.version - 1 <> OLD.version
)
BEGIN
    UPDATE users SET version = OLD.version + 1,
        updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
    WHERE id = NEW.id;
END;
";
