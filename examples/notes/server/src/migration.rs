//! The database.

use live_sea_orm::schema;
use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::{left, note};

/// All migrations.
#[derive(DeriveMigrationName)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Self)]
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migrator {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let table = Schema::new(backend);
        let notes = table.create_table_from_entity(note::Entity);
        let left = table.create_table_from_entity(left::Entity);
        manager.create_table(notes).await?;
        manager.create_table(left).await?;
        let live = schema::create(backend).to_owned()
            + &schema::create_writes(backend)
            + &schema::watch(backend, "notes", &["owner"])
            + &schema::watch(backend, "left_members", &["member"]);
        let db = manager.get_connection();
        db.execute_unprepared(&live).await.map(drop)
    }
}
