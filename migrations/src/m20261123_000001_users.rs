use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = |column| ColumnDef::new(column).text().not_null().take();
        let integer = |column| ColumnDef::new(column).big_integer().not_null().take();
        manager
            .create_table(
                Table::create()
                    .table(Users::Table)
                    .col(ColumnDef::new(Users::Id).text().not_null().primary_key())
                    .col(text(Users::ClerkId))
                    .col(text(Users::Email))
                    .col(text(Users::Name))
                    .col(integer(Users::CreatedAt))
                    .col(integer(Users::UpdatedAt))
                    .col(integer(Users::Version))
                    .col(ColumnDef::new(Users::DeletedAt).big_integer().null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("users_clerk_id_key")
                    .table(Users::Table)
                    .col(Users::ClerkId)
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Users::Table).to_owned())
            .await
    }
}

#[derive(DeriveIden, Clone, Copy)]
enum Users {
    Table,
    /// `UUIDv7`
    Id,
    /// Clerk's id of the person
    ClerkId,
    Email,
    Name,
    /// Milliseconds since the Unix epoch
    CreatedAt,
    /// Milliseconds since the Unix epoch
    UpdatedAt,
    /// 1 when made, one more with every change
    Version,
    /// Set on a tombstone: email and name are blank then, and the person never comes back
    DeletedAt,
}
