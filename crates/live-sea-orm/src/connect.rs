//! A database and all that live queries need of it, for apps that have no wishes of their own.

use axum::Router;
use live_axum::{Caller, Live};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use crate::doorbell::Doorbell;
use crate::log::ChangeLog;

/// Connections to `PostgreSQL`, and those that read from `SQLite`.
const CONNECTIONS: u32 = 16;

impl ChangeLog {
    /// Connects to `sqlite:…` or `postgres:…`, has the migrations run, and opens the log. `SQLite` has
    /// one connection that writes, for which writes wait in turn.
    ///
    /// # Errors
    /// What the database or `migrate` says.
    pub async fn connect(
        url: &str,
        migrate: impl AsyncFnOnce(&DatabaseConnection) -> Result<(), DbErr>,
    ) -> Result<Self, DbErr> {
        let is_sqlite = url.starts_with("sqlite:");
        let connect = async |connections| {
            let mut options = ConnectOptions::new(url);
            options.max_connections(connections).sqlx_logging(false);
            Database::connect(options).await
        };
        let write = connect(if is_sqlite { 1 } else { CONNECTIONS }).await?;
        let read = if is_sqlite {
            use sea_orm::ConnectionTrait;
            write
                .execute_unprepared("PRAGMA journal_mode = WAL")
                .await?;
            connect(CONNECTIONS).await?
        } else {
            write.clone()
        };
        migrate(&write).await?;
        Self::open(read, write).await
    }

    /// Keeps the queries of this router live: hears of what other processes commit, at `url`, and
    /// removes what is old. Never ends.
    pub async fn drive<C: Caller>(self, live: Live<C>, router: Router, url: &str) {
        let bell = Doorbell::of(url, self.writer().clone());
        let heard = live.clone();
        tokio::join!(
            self.clone().prune(),
            bell.wait(move || heard.ring()),
            live.drive(self, router)
        );
    }
}
