//! The database.

use live_sea_orm::schema;
use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity;

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
        let notes = Schema::new(backend).create_table_from_entity(entity::Entity);
        manager.create_table(notes).await?;
        let live = schema::create(backend).to_owned()
            + &schema::create_writes(backend)
            + &schema::create_withdrawn(backend)
            + &schema::watch(backend, "notes", &["owner"]);
        let db = manager.get_connection();
        db.execute_unprepared(&live).await.map(drop)
    }
}
