use live_sea_orm::schema;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The log of changes that live queries follow, for the table `users`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let connection = manager.get_connection();
        if backend == DbBackend::Postgres {
            connection.execute_unprepared(NOTIFIED).await?;
        }
        connection
            .execute_unprepared(schema::create(backend))
            .await?;
        let watch = schema::watch(backend, "users", &["clerk_id"]);
        connection.execute_unprepared(&watch).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let unwatch = schema::unwatch(backend, "users");
        let connection = manager.get_connection();
        connection.execute_unprepared(&unwatch).await?;
        connection
            .execute_unprepared(schema::drop())
            .await
            .map(drop)
    }
}

/// Changes were told one by one, on a channel of the table's own.
const NOTIFIED: &str = "DROP TRIGGER users_notify ON users; DROP TRIGGER users_notify_all ON users;
    DROP FUNCTION users_notify;";
