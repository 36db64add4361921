//! Why a handler does not answer what it was asked for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use live_axum::{BadRequest, Refused};
use sea_orm::DbErr;

/// Why a handler does not do what it was asked for, for apps that have no error of their own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request cannot be served as it is.
    #[error(transparent)]
    Bad(#[from] BadRequest),
    /// It is refused for a reason of the app's.
    #[error("{}", .0.detail)]
    Refused(Refused),
    /// 503: the database fails. What it says goes to the log alone.
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
                tracing::error!(%error, "the database failed");
                let again = "The service is temporarily unavailable. Try again shortly.";
                Refused::new(StatusCode::SERVICE_UNAVAILABLE, again).into_response()
            }
        }
    }
}
