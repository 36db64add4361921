use sea_orm_migration::prelude::*;

/// A table of one row, written to learn whether the database takes writes.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Probe::Table)
            .col(ColumnDef::new(Probe::Id).integer().not_null().primary_key())
            .col(ColumnDef::new(Probe::Times).big_integer().not_null())
            .to_owned();
        manager.create_table(table).await
    }
}

#[derive(DeriveIden)]
enum Probe {
    Table,
    Id,
    /// How often it was written
    Times,
}
