use live_sea_orm::schema;
use sea_orm_migration::prelude::*;

/// What was answered to writes with an idempotency key.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let create = schema::create_writes(manager.get_database_backend());
        let connection = manager.get_connection();
        connection.execute_unprepared(&create).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let remove = schema::drop_writes(manager.get_database_backend());
        let connection = manager.get_connection();
        connection.execute_unprepared(remove).await.map(drop)
    }
}
