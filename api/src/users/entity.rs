//! The table `users`.

use sea_orm::entity::prelude::*;
use shared::User;

/// The greatest version that counts when it comes from outside: 2^53, up to which JavaScript
/// counts exactly. The triggers of the migrations know it too.
pub const VERSION_MAX: i64 = 1 << 53;

/// A row, or the tombstone of one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// `UUIDv7`
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Clerk's id of the person
    #[sea_orm(unique)]
    pub clerk_id: String,
    /// E-mail address, may be empty
    pub email: String,
    /// Display name, may be empty
    pub name: String,
    /// Milliseconds since the Unix epoch
    pub created_at: i64,
    /// Milliseconds since the Unix epoch
    pub updated_at: i64,
    /// Microseconds since the Unix epoch when made, one more with every change: a row that comes
    /// back after it was removed by hand begins above the versions it had
    pub version: i64,
    /// Milliseconds since the Unix epoch; set on a tombstone
    pub deleted_at: Option<i64>,
    /// As of when e-mail address and name were set here, in milliseconds; none when only
    /// webhooks and incomplete tokens did
    pub edited_at: Option<i64>,
    /// `updated_at` of the newest webhook event, in milliseconds by Clerk's clock
    pub clerk_updated_at: Option<i64>,
    /// E-mail address in that event
    pub clerk_email: Option<String>,
    /// Name in that event
    pub clerk_name: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The row as clients see it; none for a tombstone.
    pub fn into_user(self) -> Option<User> {
        self.deleted_at.is_none().then_some(User {
            id: self.id,
            clerk_id: self.clerk_id,
            email: self.email,
            name: self.name,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
