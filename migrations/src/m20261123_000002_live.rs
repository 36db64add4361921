use sea_orm_migration::prelude::*;

/// What webhooks need, and triggers that make SQL typed by hand count.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new(Users::EditedAt).big_integer().null().take(),
            ColumnDef::new(Users::ClerkUpdatedAt)
                .big_integer()
                .null()
                .take(),
            ColumnDef::new(Users::ClerkEmail).text().null().take(),
            ColumnDef::new(Users::ClerkName).text().null().take(),
        ] {
            // SQLite adds one column a statement.
            let table = Table::alter()
                .table(Users::Table)
                .add_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table(WebhookDeliveries::Table)
                    .col(
                        ColumnDef::new(WebhookDeliveries::Id)
                            .text()
                            .not_null()
                            .primary_key(),
                    )
                    .col(
                        ColumnDef::new(WebhookDeliveries::ReceivedAt)
                            .big_integer()
                            .not_null(),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("webhook_deliveries_received_at")
                    .table(WebhookDeliveries::Table)
                    .col(WebhookDeliveries::ReceivedAt)
                    .to_owned(),
            )
            .await?;
        crate::execute(manager, POSTGRES, SQLITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::execute(
            manager,
            "DROP TRIGGER users_version ON users; DROP TRIGGER users_version_next ON users;
             DROP TRIGGER users_notify ON users;
             DROP TRIGGER users_notify_all ON users;
             DROP FUNCTION users_version; DROP FUNCTION users_notify;",
            "DROP TRIGGER users_version;",
        )
        .await?;
        manager
            .drop_table(Table::drop().table(WebhookDeliveries::Table).to_owned())
            .await?;
        for column in [
            Users::EditedAt,
            Users::ClerkUpdatedAt,
            Users::ClerkEmail,
            Users::ClerkName,
        ] {
            let table = Table::alter()
                .table(Users::Table)
                .drop_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}

/// A change that does not say its version gets the next one. A row that comes back after it was
/// removed by hand begins above the versions it had, since a first version is a time in
/// microseconds. Every change is told on the channel `users` as `VERSION CLERK_ID`; `*` stands
/// for everybody.
const POSTGRES: &str = r"
CREATE FUNCTION users_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.version := greatest(
            NEW.version, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    ELSIF NEW.version <= OLD.version THEN
        NEW.version := OLD.version + 1;
        NEW.updated_at := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER users_version BEFORE INSERT ON users
    FOR EACH ROW EXECUTE FUNCTION users_version();
CREATE TRIGGER users_version_next BEFORE UPDATE ON users
    FOR EACH ROW WHEN (
        NEW.clerk_id <> OLD.clerk_id OR NEW.email <> OLD.email OR NEW.name <> OLD.name
        OR NEW.created_at <> OLD.created_at OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
    ) EXECUTE FUNCTION users_version();

CREATE FUNCTION users_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM pg_notify('users', '*');
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND NEW.clerk_id <> OLD.clerk_id) THEN
        PERFORM pg_notify('users', (OLD.version + 1) || ' ' || left(OLD.clerk_id, 100));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('users', NEW.version || ' ' || left(NEW.clerk_id, 100));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER users_notify AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION users_notify();
CREATE TRIGGER users_notify_all AFTER TRUNCATE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION users_notify();
";

/// As in PostgreSQL, a change that does not say its version gets the next one.
const SQLITE: &str = r"
CREATE TRIGGER users_version AFTER UPDATE ON users
WHEN NEW.version <= OLD.version AND (
    NEW.clerk_id <> OLD.clerk_id OR NEW.email <> OLD.email OR NEW.name <> OLD.name
    OR NEW.created_at <> OLD.created_at OR NEW.deleted_at IS NOT OLD.deleted_at
)
BEGIN
    UPDATE users SET version = OLD.version + 1,
        updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
    WHERE id = NEW.id;
END;
";

#[derive(DeriveIden, Clone, Copy)]
enum Users {
    Table,
    /// As of when the row's email address and name were set here, in milliseconds
    EditedAt,
    /// `updated_at` of the newest webhook event about this person, in milliseconds
    ClerkUpdatedAt,
    /// Email address in that event
    ClerkEmail,
    /// Name in that event
    ClerkName,
}

#[derive(DeriveIden, Clone, Copy)]
enum WebhookDeliveries {
    Table,
    /// The delivery's `svix-id`
    Id,
    /// Milliseconds since the Unix epoch
    ReceivedAt,
}
