//! Why a handler does not answer what it was asked for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use live_axum::{BadRequest, Refused};
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Why a handler does not do what it was asked for, for apps that have no error of their own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request cannot be served as it is.
    #[error(transparent)]
    Bad(#[from] BadRequest),
    /// It is refused for a reason of the app's.
    #[error("{}", .0.detail)]
    Refused(Refused),
    /// The database fails. What it says goes to the log alone. 503 when that may pass, and trying again
    /// is right; 409 when what is there forbids it (a unique index, a foreign key); else 500.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Failure {
    /// A refusal with this status, and why.
    pub fn refused(status: StatusCode, detail: &'static str) -> Self {
        Self::Refused(Refused::new(status, detail))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Bad(bad) => bad.into_response(),
            Self::Refused(refused) => refused.into_response(),
            Self::Database(error) => {
                let (status, detail) = judge(&error);
                if status.is_server_error() {
                    tracing::error!(%error, "the database failed");
                }
                Refused::new(status, detail).into_response()
            }
        }
    }
}

/// What a failure of the database means to a client: a page sends again what got a 503, for as long as
/// it takes.
fn judge(error: &DbErr) -> (StatusCode, &'static str) {
    if error.sql_err().is_some() {
        return (
            StatusCode::CONFLICT,
            "It conflicts with what is there already.",
        );
    }
    if passes(error) {
        let again = "The service is temporarily unavailable. Try again shortly.";
        return (StatusCode::SERVICE_UNAVAILABLE, again);
    }
    let ours = "Something went wrong on our side.";
    (StatusCode::INTERNAL_SERVER_ERROR, ours)
}

/// Whether an error passes by itself: there is no connection, the server stops or has no room, or
/// others were in the way.
fn passes(error: &DbErr) -> bool {
    let (DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(error) = runtime else {
        return false;
    };
    match error.as_ref() {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            // PostgreSQL: classes of SQLSTATE (connection, transaction rollback, resources, operator,
            // read-only). SQLite: extended codes of SQLITE_BUSY, LOCKED, READONLY, IOERR and FULL.
            let classes = ["08", "25006", "40", "53", "57", "58"];
            let is_sqlstate = code.len() == 5 && classes.iter().any(|it| code.starts_with(it));
            let primary = code.parse::<u32>().map(|code| code & 0xff);
            is_sqlstate || code.len() < 5 && matches!(primary, Ok(5 | 6 | 8 | 10 | 13))
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
            false
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Database};

    use super::*;

    #[tokio::test]
    async fn only_what_passes_is_worth_another_try() {
        let db = Database::connect("sqlite::memory:")
            .await
            .expect("a database");
        let table = "CREATE TABLE notes (id integer PRIMARY KEY, text text UNIQUE, other integer
                     REFERENCES notes (id)); INSERT INTO notes VALUES (1, 'first', NULL)";
        db.execute_unprepared(table).await.expect("valid SQL");
        let status = async |sql: &str| {
            let failed = db.execute_unprepared(sql).await.expect_err("a failure");
            judge(&failed).0.as_u16()
        };
        assert_eq!(
            status("INSERT INTO notes VALUES (2, 'first', NULL)").await,
            409
        );
        assert_eq!(
            status("INSERT INTO notes VALUES (2, 'second', 9)").await,
            409
        );
        assert_eq!(status("SELECT nothing").await, 500);
        db.close_by_ref().await.expect("closed");
        assert_eq!(status("SELECT 1").await, 503);
    }
}
