//! Reading rows, so that a live query is told when they change.

use std::sync::Arc;

use live_axum::Key;
use sea_orm::{DatabaseConnection, DatabaseExecutor, DbErr};

use crate::log::{ChangeLog, Snapshot};

/// Where a handler reads: the round's snapshot while it is being watched, any connection else.
#[derive(Debug)]
pub struct Reading<'a> {
    snapshot: Option<Arc<Snapshot>>,
    connection: &'a DatabaseConnection,
}

impl Reading<'_> {
    /// For queries of sea-orm.
    pub fn executor(&self) -> DatabaseExecutor<'_> {
        match &self.snapshot {
            Some(snapshot) => DatabaseExecutor::Transaction(&snapshot.0),
            None => DatabaseExecutor::Connection(self.connection),
        }
    }

    /// Whether a live query reads, and must read from its snapshot.
    pub fn is_watched(&self) -> bool {
        self.snapshot.is_some()
    }
}

impl ChangeLog {
    /// Begins to read these rows. Whoever watches is told when one of them changes.
    ///
    /// # Errors
    /// When changes of such rows are not logged, so that nobody would ever be told: see
    /// [`crate::schema::watch`].
    pub fn reading(&self, key: impl FnOnce() -> Key) -> Result<Reading<'_>, DbErr> {
        let snapshot = live_axum::snapshot::<Snapshot>();
        if snapshot.is_some() {
            let key = key();
            if !self.logs(&key) {
                let column = key.of.as_ref().map_or("any column", |(column, _)| column);
                return Err(DbErr::Custom(format!(
                    "changes of {} by {column} are not logged: a migration must call schema::watch",
                    key.table
                )));
            }
            live_axum::reads(|| key);
        }
        Ok(Reading {
            snapshot,
            connection: self.connection(),
        })
    }
}
