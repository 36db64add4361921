//! `/api/users`: the caller's own row.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use headers::{ETag, HeaderMapExt, IfMatch, IfNoneMatch};
use shared::{Code, Field, FieldError, PutUser};

use crate::App;
use crate::auth::{Identity, Owner};
use crate::error::ApiError;
use crate::users::Saved;
use crate::users::entity::Model;

/// `POST /api/users`: the caller's row, made from the token's claims on first sight.
pub async fn get_or_create(
    State(app): State<App>,
    identity: Identity,
) -> Result<Response, ApiError> {
    Ok(saved(
        app.users.get_or_create(identity.claims.first_row()).await?,
    ))
}

/// `GET /api/users/me`: the caller's row.
pub async fn me(
    State(app): State<App>,
    identity: Identity,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = app.users.get(identity.clerk_id()).await?;
    if let Some(known) = headers.typed_get::<IfNoneMatch>()
        && !known.precondition_passes(&etag(row.version))
    {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, quoted(row.version))]).into_response());
    }
    Ok(answer(StatusCode::OK, row))
}

/// `GET /api/users/{clerkId}`: the same by one's own id.
pub async fn get(
    state: State<App>,
    Owner(identity): Owner,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    me(state, identity, headers).await
}

/// `PUT /api/users/{clerkId}`: writes e-mail address and name; makes the row if need be.
pub async fn put(
    State(app): State<App>,
    Owner(identity): Owner,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body: PutUser = json(&headers, &body?)?;
    let named_another = body
        .clerk_id
        .as_deref()
        .is_some_and(|id| id != identity.clerk_id());
    let update = match body.validate() {
        Ok(update) if !named_another => update,
        result => {
            let mut errors = result.err().unwrap_or_default();
            if named_another {
                errors.retain(|error| error.field != Field::ClerkId);
                errors.insert(0, FieldError::new(Field::ClerkId, Code::Mismatch));
            }
            return Err(ApiError::Invalid(errors));
        }
    };
    let condition = if_match(&headers);
    Ok(saved(app.users.put(update, condition.as_deref()).await?))
}

/// `DELETE /api/users/{clerkId}`: removes the caller's data for good.
pub async fn delete(
    State(app): State<App>,
    Owner(identity): Owner,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let condition = if_match(&headers);
    app.users
        .delete(identity.clerk_id(), condition.as_deref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body as JSON, whose media type must say so (parameters aside).
fn json<T: serde::de::DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case("application/json") {
        return Err(ApiError::UnsupportedMediaType);
    }
    // serde would also take the fields from an array, in order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(ApiError::MalformedJson);
    }
    serde_json::from_slice(body).map_err(|_| ApiError::MalformedJson)
}

fn saved(saved: Saved) -> Response {
    if saved.created {
        let location = format!("/api/users/{}", saved.row.clerk_id);
        (
            [(LOCATION, location)],
            answer(StatusCode::CREATED, saved.row),
        )
            .into_response()
    } else {
        answer(StatusCode::OK, saved.row)
    }
}

fn answer(status: StatusCode, row: Model) -> Response {
    let tag = quoted(row.version);
    match row.into_user() {
        Some(user) => (status, [(ETAG, tag)], Json(user)).into_response(),
        None => ApiError::Deleted.into_response(),
    }
}

/// A version as an entity tag (RFC 9110 § 8.8.3).
fn quoted(version: i64) -> String {
    format!("\"{version}\"")
}

fn etag(version: i64) -> ETag {
    // Digits in quotes are always an entity tag.
    quoted(version)
        .parse()
        .unwrap_or_else(|_| unreachable!("digits in quotes"))
}

type VersionCondition = Box<dyn Fn(i64) -> bool + Send + Sync>;

/// `If-Match` as a condition on the row's version; none when the header is absent. A header
/// that cannot be read matches nothing: better to refuse than to overwrite.
fn if_match(headers: &HeaderMap) -> Option<VersionCondition> {
    headers.contains_key(axum::http::header::IF_MATCH).then(|| {
        let condition = headers.typed_get::<IfMatch>();
        Box::new(move |version| {
            condition
                .as_ref()
                .is_some_and(|condition| condition.precondition_passes(&etag(version)))
        }) as VersionCondition
    })
}
