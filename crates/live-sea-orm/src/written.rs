//! What became of a write, as a query that can be watched.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use live::{WriteKey, Written};
use live_axum::{BadRequest, Caller};
use sea_orm::DbErr;
use serde_json::json;
use serde_json::value::RawValue;

use crate::writes::{Writes, unspeakable};

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unwritten {
    /// 404: nothing was committed with this key, or more than 24 hours ago.
    #[error("Nothing was written with this key.")]
    NotYet,
    /// 400: the address is not right.
    #[error(transparent)]
    Bad(#[from] BadRequest),
    /// 503: the database does not answer.
    #[error("The service is temporarily unavailable. Try again shortly.")]
    Database(Arc<DbErr>),
}

impl From<DbErr> for Unwritten {
    fn from(error: DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// A problem document (RFC 9457).
impl IntoResponse for Unwritten {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Bad(bad) => return bad.into_response(),
            Self::NotYet => StatusCode::NOT_FOUND,
            Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        if let Self::Database(error) = &self {
            tracing::warn!(%error, "whether something was written cannot be read");
        }
        let problem = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(CONTENT_TYPE, kind)], Json(problem)).into_response()
    }
}

/// The handler of [`live::WRITE`]: what became of the caller's write with this key.
///
/// ```
/// # use axum::Router;
/// # use axum::extract::{FromRef, FromRequestParts};
/// # use live_axum::{Caller, Endpoints};
/// # use live_sea_orm::Writes;
/// # fn mount<App, Identity>() -> Router<App>
/// # where
/// #     App: Clone + Send + Sync + 'static,
/// #     Writes: FromRef<App>,
/// #     Identity: Caller + FromRequestParts<App>,
/// # {
/// // `Identity` is the app's extractor of who is calling; the app's state has `Writes`.
/// let router: Router<App> = Router::new().query(live::WRITE, live_sea_orm::written::<Identity>);
/// # router
/// # }
/// ```
pub async fn written<C: Caller>(
    (caller, State(writes)): (C, State<Writes>),
    which: WriteKey,
) -> Result<Written, Unwritten> {
    let written = writes.written(caller.person(), &which.key).await?;
    written.ok_or(Unwritten::NotYet)
}

impl Writes {
    /// What became of this person's write with this key; none before it is committed. A live query
    /// may ask.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn written(&self, person: &str, key: &str) -> Result<Option<Written>, DbErr> {
        let Some(answer) = self.answer(person, key).await? else {
            return Ok(None);
        };
        let body = RawValue::from_string(answer.json).map_err(unspeakable)?;
        let is_nothing = body.get() == "null";
        let empty = is_nothing && answer.status == StatusCode::OK;
        Ok(Some(Written {
            status: if empty { 204 } else { answer.status.as_u16() },
            body: (!is_nothing).then_some(body),
        }))
    }
}
