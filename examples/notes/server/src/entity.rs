//! The table.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub struct Model {
    /// Grows with every note
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The person whose it is, or the organization
    pub owner: String,
    /// What it says
    pub text: String,
    /// Grows with every change
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
