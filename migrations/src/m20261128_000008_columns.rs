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

/// Which versions count when somebody types them is as before. What only the API keeps in mind, and
/// nobody sees, is no change.
const POSTGRES: &str = r"
DROP TRIGGER users_version_next ON users;
CREATE TRIGGER users_version_next BEFORE UPDATE ON users
    FOR EACH ROW WHEN (
        NEW.version < OLD.version
        OR NEW.version > 9007199254740992 AND NEW.version - 1 <> OLD.version
        OR NEW.version = OLD.version AND
            to_jsonb(NEW) - '{updated_at,edited_at,clerk_updated_at,clerk_email,clerk_name}'::text[]
            <> to_jsonb(OLD) - '{updated_at,edited_at,clerk_updated_at,clerk_email,clerk_name}'::text[]
    ) EXECUTE FUNCTION users_version();
";

/// The same, but `SQLite` cannot compare rows: an `UPDATE` that leaves alone what only the API keeps
/// in mind counts, even if it changes nothing.
const SQLITE: &str = r"
DROP TRIGGER users_version;
CREATE TRIGGER users_version AFTER UPDATE ON users
WHEN typeof(OLD.version) = 'integer' AND OLD.version BETWEEN 0 AND 4611686018427387904 AND (
    typeof(NEW.version) <> 'integer'
    OR NEW.version < OLD.version
    OR NEW.version > 9007199254740992 AND NEW.version - 1 <> OLD.version
    OR NEW.version = OLD.version AND (
        NEW.clerk_id <> OLD.clerk_id OR NEW.email <> OLD.email OR NEW.name <> OLD.name
        OR NEW.created_at <> OLD.created_at OR NEW.deleted_at IS NOT OLD.deleted_at
        OR NEW.updated_at IS OLD.updated_at AND NEW.edited_at IS OLD.edited_at
        AND NEW.clerk_updated_at IS OLD.clerk_updated_at
        AND NEW.clerk_email IS OLD.clerk_email AND NEW.clerk_name IS OLD.clerk_name
    )
)
BEGIN
    UPDATE users SET version = OLD.version + 1,
        updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
    WHERE id = NEW.id;
END;
";
