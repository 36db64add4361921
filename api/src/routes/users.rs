//! `/api/users`: the caller's row.

use axum::body::Body as AnswerBody;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use headers::{ETag, HeaderMapExt, IfMatch, IfNoneMatch};
use live_axum::{IdempotencyKey, Reply};
use shared::{Code, Field, FieldError, PutUser, User};

use super::body::{Body, json};
use crate::App;
use crate::auth::{Identity, Owner};
use crate::error::ApiError;
use crate::users::snapshot::{Snapshot, quoted};
use crate::users::{Precondition, Saved, Writing};

/// The largest body, in bytes.
const BODY_MAX: usize = 16 * 1024;

/// How many headers an answer with a row has.
const HEADERS: usize = 12;

/// Get or create your row.
///
/// A new row is created from the token's claims: `email`, and `name` or `given_name` and
/// `family_name`.
#[utoipa::path(
    post,
    path = "/users",
    tag = "users",
    security(("sessionToken" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A string in quotes. Who sends the same again within 24 hours gets the first answer", example = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")),
    responses(
        (status = 200, body = User, description = "The row existed", headers(("ETag" = String, description = "Its version"))),
        (status = 201, body = User, description = "The row was created", headers(
            ("ETag" = String, description = "Its version"), ("Location" = String, description = "Its path"))),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 410, response = super::openapi::Gone),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn get_or_create(
    State(app): State<App>,
    identity: Identity,
    key: IdempotencyKey,
) -> Result<Response, ApiError> {
    let (row, as_of) = identity.first_row();
    key.covers(b"");
    write(&app, identity.clerk_id(), &key, async |users| {
        users.get_or_create(row, as_of).await
    })
    .await
}

/// Read your row.
#[utoipa::path(
    get,
    path = "/users/me",
    tag = "users",
    extensions(("x-watchable" = json!(true))),
    security(("sessionToken" = [])),
    params(("If-None-Match" = Option<String>, Header, description = "Versions that you have", example = "\"1764000000000000\"")),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "You have this version"),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 404, response = super::openapi::NotFound),
        (status = 410, response = super::openapi::Gone),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn me(
    State(app): State<App>,
    identity: Identity,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let snapshot = app.users.get(identity.clerk_id()).await?;
    if snapshot.json.is_none() {
        // Only a tombstone has a version.
        if snapshot.version == 0 {
            return Err(ApiError::NoUser);
        }
        return Ok(([(ETAG, snapshot.etag.clone())], ApiError::Deleted).into_response());
    }
    if headers.contains_key(IF_NONE_MATCH)
        && let Some(known) = headers.typed_get::<IfNoneMatch>()
        && !known.precondition_passes(&etag(snapshot.version))
    {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, snapshot.etag.clone())]).into_response());
    }
    Ok(answer(StatusCode::OK, &snapshot))
}

/// Read your row by your id.
#[utoipa::path(
    get,
    path = "/users/{clerkId}",
    tag = "users",
    extensions(("x-watchable" = json!(true))),
    security(("sessionToken" = [])),
    params(
        ("clerkId" = String, Path, description = "Your Clerk id", example = "user_2abc"),
        ("If-None-Match" = Option<String>, Header, description = "Versions that you have", example = "\"1764000000000000\""),
    ),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "You have this version"),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 410, response = super::openapi::Gone),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn get(
    state: State<App>,
    Owner(identity): Owner,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    me(state, identity, headers).await
}

/// Write your email address and name.
///
/// Creates the row if there is none. A request that changes nothing leaves the version as it is.
/// With `If-None-Match: *` the row is only ever created: 412 if it exists.
#[utoipa::path(
    put,
    path = "/users/{clerkId}",
    tag = "users",
    security(("sessionToken" = [])),
    params(
        ("clerkId" = String, Path, description = "Your Clerk id", example = "user_2abc"),
        ("If-Match" = Option<String>, Header, description = "Versions that may be overwritten", example = "\"1764000000000000\""),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no row yet; or versions that must not be overwritten", example = "*"),
        ("Idempotency-Key" = Option<String>, Header, description = "A string in quotes. Who sends the same again within 24 hours gets the first answer", example = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\""),
    ),
    request_body(content = PutUser, example = json!({"clerkId": "user_2abc", "email": "ada@example.com", "name": "Ada Lovelace"})),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "Its version"))),
        (status = 201, body = User, description = "The row was created", headers(
            ("ETag" = String, description = "Its version"), ("Location" = String, description = "Its path"))),
        (status = 400, response = super::openapi::BadRequest),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 403, response = super::openapi::Forbidden),
        (status = 408, response = super::openapi::RequestTimeout),
        (status = 410, response = super::openapi::Gone),
        (status = 412, response = super::openapi::PreconditionFailed),
        (status = 413, response = super::openapi::PayloadTooLarge),
        (status = 415, response = super::openapi::UnsupportedMediaType),
        (status = 422, response = super::openapi::Unprocessable),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn put(
    State(app): State<App>,
    Owner(identity): Owner,
    headers: HeaderMap,
    key: IdempotencyKey,
    Body(body): Body<BODY_MAX>,
) -> Result<Response, ApiError> {
    key.covers(&body);
    let body: PutUser = json(&headers, &body)?;
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
    let condition = precondition(&headers);
    write(&app, identity.clerk_id(), &key, async |users| {
        users.put(update, condition.as_deref()).await
    })
    .await
}

/// Delete your email address and name.
///
/// A tombstone with the ids stays: GET, POST and PUT answer 410 from then on.
#[utoipa::path(
    delete,
    path = "/users/{clerkId}",
    tag = "users",
    security(("sessionToken" = [])),
    params(
        ("clerkId" = String, Path, description = "Your Clerk id", example = "user_2abc"),
        ("If-Match" = Option<String>, Header, description = "Versions that may be deleted", example = "\"1764000000000000\""),
        ("If-None-Match" = Option<String>, Header, description = "Versions that must not be deleted; `*`: only if there is no row", example = "\"1764000000000000\""),
        ("Idempotency-Key" = Option<String>, Header, description = "A string in quotes. Who sends the same again within 24 hours gets the first answer", example = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\""),
    ),
    responses(
        (status = 204, description = "The row is deleted"),
        (status = 401, response = super::openapi::Unauthorized),
        (status = 403, response = super::openapi::Forbidden),
        (status = 412, response = super::openapi::PreconditionFailed),
        (status = 429, response = super::openapi::TooManyRequests),
        (status = 503, response = super::openapi::Unavailable),
    )
)]
pub async fn delete(
    State(app): State<App>,
    Owner(identity): Owner,
    headers: HeaderMap,
    key: IdempotencyKey,
) -> Result<StatusCode, ApiError> {
    let condition = precondition(&headers);
    let id = identity.clerk_id();
    key.covers(b"");
    if key.key().is_none() {
        app.users.writing().delete(id, condition.as_deref()).await?;
    } else {
        let delete = async |users: Writing<'_>| {
            users.delete(id, condition.as_deref()).await?;
            Ok(().into())
        };
        Box::pin(app.users.once(id, &key, delete)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Writes: in one transaction with its key, if it has one.
async fn write(
    app: &App,
    clerk_id: &str,
    key: &IdempotencyKey,
    write: impl AsyncFnOnce(Writing<'_>) -> Result<Saved, ApiError>,
) -> Result<Response, ApiError> {
    if key.key().is_none() {
        return Ok(saved(write(app.users.writing()).await?));
    }
    let write = async |users: Writing<'_>| {
        let Saved { row, created } = write(users).await?;
        let version = row.version;
        let user = row.into_user().ok_or(ApiError::Deleted)?;
        let reply = if created {
            Reply::created(user)
        } else {
            Reply::ok(user)
        };
        Ok(reply.etag(version))
    };
    // Its state is large, and most requests have no key.
    let reply = Box::pin(app.users.once(clerk_id, key, write)).await?;
    // A struct of strings and numbers always serializes.
    let answer = reply.answer().map_err(|_| ApiError::Panicked)?;
    let mut response = (answer.status, answer.json).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(etag) = answer.etag.and_then(|it| it.try_into().ok()) {
        headers.insert(ETAG, etag);
    }
    if answer.status == StatusCode::CREATED
        && let Ok(location) = location(clerk_id).try_into()
    {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}

/// Where the person's row is.
fn location(clerk_id: &str) -> String {
    format!("/api/users/{clerk_id}")
}

fn saved(saved: Saved) -> Response {
    let location = location(&saved.row.clerk_id);
    let snapshot = Snapshot::from(saved.row);
    if saved.created {
        (
            [(LOCATION, location)],
            answer(StatusCode::CREATED, &snapshot),
        )
            .into_response()
    } else {
        answer(StatusCode::OK, &snapshot)
    }
}

fn answer(status: StatusCode, snapshot: &Snapshot) -> Response {
    let Some(json) = &snapshot.json else {
        return ApiError::Deleted.into_response();
    };
    let mut response = Response::new(AnswerBody::from(json.clone()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // With those that every answer gets; the map need not grow.
    headers.reserve(HEADERS);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ETAG, snapshot.etag.clone());
    response
}

fn etag(version: i64) -> ETag {
    // Digits in quotes are always an entity tag.
    quoted(version)
        .parse()
        .unwrap_or_else(|_| unreachable!("digits in quotes"))
}

/// `If-Match` and `If-None-Match` as one condition (RFC 9110 § 13.1); none when both are absent.
/// What cannot be read is met by no row.
fn precondition(headers: &HeaderMap) -> Option<Box<Precondition<'static>>> {
    let if_match = headers
        .contains_key(IF_MATCH)
        .then(|| headers.typed_get::<IfMatch>());
    let if_none_match = headers.contains_key(IF_NONE_MATCH).then(|| {
        names_versions(headers.get_all(IF_NONE_MATCH))
            .then(|| headers.typed_get::<IfNoneMatch>())
            .flatten()
    });
    if if_match.is_none() && if_none_match.is_none() {
        return None;
    }
    Some(Box::new(move |version| {
        let tag = version.map(etag);
        let matches = |header: &Option<IfMatch>| match (header, &tag) {
            (Some(header), Some(tag)) => header.precondition_passes(tag),
            _ => false,
        };
        let differs = |header: &Option<IfNoneMatch>| match (header, &tag) {
            (Some(header), Some(tag)) => header.precondition_passes(tag),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if_match.as_ref().is_none_or(matches) && if_none_match.as_ref().is_none_or(differs)
    }))
}

/// Whether these lines, which are one list (RFC 9110 § 5.3), are `*` or entity tags (§ 13.1.2;
/// § 8.8.3 for their form). `headers` skips what is neither, where a write must not go on.
fn names_versions<'a>(lines: impl IntoIterator<Item = &'a HeaderValue>) -> bool {
    let lines: Result<Vec<_>, _> = lines.into_iter().map(HeaderValue::to_str).collect();
    // What is not visible ASCII nobody's version has.
    let Ok(lines) = lines else { return false };
    let list = lines.join(",");
    if list.trim() == "*" {
        return true;
    }
    let (mut rest, mut tags) = (list.as_str(), 0);
    loop {
        rest = rest.trim_start();
        if let Some(tag) = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"') {
            let Some((_, after)) = tag.split_once('"') else {
                return false;
            };
            (rest, tags) = (after.trim_start(), tags + 1);
        }
        if rest.is_empty() {
            return tags > 0;
        }
        let Some(others) = rest.strip_prefix(',') else {
            return false;
        };
        rest = others;
    }
}
