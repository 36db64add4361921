use sea_orm_migration::prelude::*;

/// A person's row was in the answers to their writes: these go when it goes, whoever removes it.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::execute(manager, POSTGRES, SQLITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::execute(
            manager,
            "DROP TRIGGER users_answers ON users; DROP TRIGGER users_answers_all ON users;
             DROP TRIGGER users_answers_tombstone ON users; DROP FUNCTION users_answers;",
            "DROP TRIGGER users_answers; DROP TRIGGER users_answers_tombstone;",
        )
        .await
    }
}

/// The ids of a person's answers begin with theirs and a line feed (10). A status of 0 has the write
/// that is under way: the deletion itself. It runs with its owner's rights and search path: who may
/// delete a person need not know of this table.
const POSTGRES: &str = r#"
CREATE FUNCTION users_answers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM live_writes WHERE status <> 0;
    ELSE
        DELETE FROM live_writes WHERE status <> 0
            AND id > (OLD.clerk_id || chr(10)) COLLATE "C"
            AND id < (OLD.clerk_id || chr(11)) COLLATE "C";
    END IF;
    RETURN NULL;
END $$;
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION users_answers() SET search_path = %I, pg_temp', current_schema());
END $$;
CREATE TRIGGER users_answers AFTER DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION users_answers();
CREATE TRIGGER users_answers_all AFTER TRUNCATE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION users_answers();
CREATE TRIGGER users_answers_tombstone AFTER UPDATE OF deleted_at ON users
    FOR EACH ROW WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION users_answers();
"#;

/// The same; `SQLite` has no `TRUNCATE`.
const SQLITE: &str = r"
CREATE TRIGGER users_answers AFTER DELETE ON users
BEGIN
    DELETE FROM live_writes WHERE status <> 0
        AND id > OLD.clerk_id || char(10) AND id < OLD.clerk_id || char(11);
END;
CREATE TRIGGER users_answers_tombstone AFTER UPDATE OF deleted_at ON users
WHEN NEW.deleted_at IS NOT NULL
BEGIN
    DELETE FROM live_writes WHERE status <> 0
        AND id > OLD.clerk_id || char(10) AND id < OLD.clerk_id || char(11);
END;
";
