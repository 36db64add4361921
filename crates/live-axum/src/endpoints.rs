//! Handlers for endpoints that page and server share.

use std::any::TypeId;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use headers::{HeaderMapExt, IfNoneMatch};
use live::{Method, Mutation, Query};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::bad_request::{self, BadRequest};
use crate::idempotency::{self, IDEMPOTENCY_KEY};
use crate::reply::{Answer, Reply};
use crate::tag;

/// How long a client may take to send a body.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// The largest body of a mutation, in bytes; 16 KiB where a router says nothing else:
/// `.layer(Extension(BodyMax(1024 * 1024)))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyMax(pub usize);

impl Default for BodyMax {
    fn default() -> Self {
        Self(16 * 1024)
    }
}

/// Serves endpoints. A handler whose types are not the endpoint's does not compile.
///
/// ```
/// use axum::Router;
/// use axum::extract::State;
/// use live::{Mutation, Query};
/// use live_axum::{BadRequest, Endpoints, Reply};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct List { list: u32 }
///
/// const NOTES: Query<List, Vec<String>> = Query::get("/api/lists/{list}/notes");
/// const ADD: Mutation<List, String, u64> = Mutation::post("/api/lists/{list}/notes");
///
/// #[derive(Clone)]
/// struct App;
///
/// async fn notes(State(app): State<App>, params: List) -> Result<Vec<String>, BadRequest> {
///     Ok(vec![format!("the first note of list {}", params.list)])
/// }
///
/// async fn add(
///     State(app): State<App>,
///     params: List,
///     note: String,
/// ) -> Result<Reply<u64>, BadRequest> {
///     Ok(Reply::created(1))
/// }
///
/// let router: Router = Router::new().query(NOTES, notes).mutation(ADD, add).with_state(App);
/// ```
///
/// What it answers is not what the page expects:
///
/// ```compile_fail,E0277
/// # use axum::Router;
/// # use live::Query;
/// # use live_axum::{BadRequest, Endpoints};
/// const COUNT: Query<(), u64> = Query::get("/api/count");
///
/// async fn count(context: (), params: ()) -> Result<String, BadRequest> {
///     Ok("many".to_owned())
/// }
///
/// let router: Router = Router::new().query(COUNT, count);
/// ```
///
/// It takes other parameters than the page sends:
///
/// ```compile_fail,E0631
/// # use axum::Router;
/// # use live::Query;
/// # use live_axum::{BadRequest, Endpoints};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)]
/// struct List { list: u32 }
/// # #[derive(Serialize, Deserialize)]
/// struct Page { page: u32 }
///
/// const COUNT: Query<List, u64> = Query::get("/api/lists/{list}/count");
///
/// async fn count(context: (), params: Page) -> Result<u64, BadRequest> {
///     Ok(1)
/// }
///
/// let router: Router = Router::new().query(COUNT, count);
/// ```
///
/// Or another input:
///
/// ```compile_fail,E0631
/// # use axum::Router;
/// # use live::Mutation;
/// # use live_axum::{BadRequest, Endpoints};
/// const ADD: Mutation<(), String, u64> = Mutation::post("/api/notes");
///
/// async fn add(context: (), params: (), note: u32) -> Result<u64, BadRequest> {
///     Ok(1)
/// }
///
/// let router: Router = Router::new().mutation(ADD, add);
/// ```
pub trait Endpoints<S>: Sized {
    /// Answers this query. A handler takes a context, which is an extractor or a tuple of some,
    /// and the parameters. The answer has an entity tag, and is not sent to who has it already
    /// (`If-None-Match`).
    #[must_use]
    fn query<P, O, X, H, F, R, E>(self, query: Query<P, O>, handler: H) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        O: Serialize + 'static,
        X: FromRequestParts<S> + Send + 'static,
        H: Fn(X, P) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R, E>> + Send + 'static,
        R: Into<Reply<O>> + 'static,
        E: IntoResponse + From<BadRequest> + 'static;

    /// Does this write. A handler takes a context, the parameters and the input: a body of JSON of
    /// at most [`BodyMax`], which is read when the context is there; for `()` no body is read. An
    /// answer that is `null` is 204, with no body.
    #[must_use]
    fn mutation<P, I, O, X, H, F, R, E>(self, mutation: Mutation<P, I, O>, handler: H) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        I: DeserializeOwned + Send + 'static,
        O: Serialize + 'static,
        X: FromRequestParts<S> + Send + 'static,
        H: Fn(X, P, I) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R, E>> + Send + 'static,
        R: Into<Reply<O>> + 'static,
        E: IntoResponse + From<BadRequest> + 'static;
}

impl<S: Clone + Send + Sync + 'static> Endpoints<S> for Router<S> {
    fn query<P, O, X, H, F, R, E>(self, query: Query<P, O>, handler: H) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        O: Serialize + 'static,
        X: FromRequestParts<S> + Send + 'static,
        H: Fn(X, P) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R, E>> + Send + 'static,
        R: Into<Reply<O>> + 'static,
        E: IntoResponse + From<BadRequest> + 'static,
    {
        let serve = async move |State(state): State<S>, request: Request| {
            let (mut parts, _) = request.into_parts();
            let context = match X::from_request_parts(&mut parts, &state).await {
                Ok(context) => context,
                Err(refusal) => return refusal.into_response(),
            };
            let params = match params(&mut parts).await {
                Ok(params) => params,
                Err(error) => return E::from(error).into_response(),
            };
            match handler(context, params).await {
                Ok(reply) => shown(reply.into(), &parts.headers),
                Err(error) => error.into_response(),
            }
        };
        self.route(query.template(), get(serve))
    }

    fn mutation<P, I, O, X, H, F, R, E>(self, mutation: Mutation<P, I, O>, handler: H) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        I: DeserializeOwned + Send + 'static,
        O: Serialize + 'static,
        X: FromRequestParts<S> + Send + 'static,
        H: Fn(X, P, I) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R, E>> + Send + 'static,
        R: Into<Reply<O>> + 'static,
        E: IntoResponse + From<BadRequest> + 'static,
    {
        let serve = async move |State(state): State<S>, request: Request| {
            let (mut parts, body) = request.into_parts();
            let covered = idempotency::Body::default();
            if parts.headers.contains_key(IDEMPOTENCY_KEY) {
                parts.extensions.insert(covered.clone());
            }
            let context = match X::from_request_parts(&mut parts, &state).await {
                Ok(context) => context,
                Err(refusal) => return refusal.into_response(),
            };
            let asked = async {
                let params = params(&mut parts).await?;
                Ok((params, input(&parts, body, &covered).await?))
            };
            let (params, input) = match asked.await {
                Ok(asked) => asked,
                Err(error) => return E::from(error).into_response(),
            };
            match handler(context, params, input).await {
                Ok(reply) => done(reply.into()),
                Err(error) => error.into_response(),
            }
        };
        let method = match mutation.method() {
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        self.route(mutation.template(), on(method, serve))
    }
}

fn is_nothing<T: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<()>()
}

/// What the address says.
async fn params<P: DeserializeOwned + 'static>(parts: &mut Parts) -> Result<P, BadRequest> {
    if is_nothing::<P>() {
        // Whatever else is in the address is nobody's.
        return live::params([], "").map_err(BadRequest::Params);
    }
    let braces = RawPathParams::from_request_parts(parts, &()).await;
    let braces = braces.map_err(|_| BadRequest::Path)?;
    let query = parts.uri.query().unwrap_or_default();
    live::params(&braces, query).map_err(BadRequest::Params)
}

/// What the body says.
async fn input<I: DeserializeOwned + 'static>(
    parts: &Parts,
    body: Body,
    covered: &idempotency::Body,
) -> Result<I, BadRequest> {
    let bytes = if is_nothing::<I>() {
        Bytes::from_static(b"null")
    } else {
        let BodyMax(most) = parts.extensions.get().copied().unwrap_or_default();
        read(&parts.headers, body, most).await?
    };
    if parts.headers.contains_key(IDEMPOTENCY_KEY) {
        covered.is(&bytes);
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        if error.is_data() {
            BadRequest::Input(error.to_string())
        } else {
            BadRequest::Malformed
        }
    })
}

async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, BadRequest> {
    let kind = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.and_then(|it| it.split(';').next()).unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/json") {
        return Err(BadRequest::MediaType);
    }
    let bytes = timeout(BODY_WITHIN, to_bytes(body, most)).await;
    // A body that breaks off has nobody left to tell.
    bytes
        .map_err(|_| BadRequest::TooSlow)?
        .map_err(|_| BadRequest::TooLarge)
}

/// The answer of a query, unless the client has it.
fn shown<O: Serialize>(reply: Reply<O>, headers: &HeaderMap) -> Response {
    let mut answer = match reply.answer() {
        Ok(answer) => answer,
        Err(error) => return unspeakable(&error),
    };
    let etag = answer
        .etag
        .get_or_insert_with(|| tag::digest(answer.json.as_bytes()));
    let known = headers.typed_get::<IfNoneMatch>();
    if let (Some(known), Ok(etag)) = (known, etag.parse())
        && answer.status == StatusCode::OK
        && !known.precondition_passes(&etag)
    {
        answer.status = StatusCode::NOT_MODIFIED;
        answer.json.clear();
    }
    sent(answer)
}

/// The answer of a mutation.
fn done<O: Serialize>(reply: Reply<O>) -> Response {
    let mut answer = match reply.answer() {
        Ok(answer) => answer,
        Err(error) => return unspeakable(&error),
    };
    if answer.json == "null" && answer.status == StatusCode::OK {
        answer.status = StatusCode::NO_CONTENT;
        answer.json.clear();
    }
    sent(answer)
}

fn sent(answer: Answer) -> Response {
    let is_empty = answer.json.is_empty();
    let mut response = (answer.status, answer.json).into_response();
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    if !is_empty {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(etag) = answer.etag.and_then(|it| HeaderValue::try_from(it).ok()) {
        headers.insert(ETAG, etag);
    }
    response
}

/// An answer that JSON cannot say.
fn unspeakable(error: &serde_json::Error) -> Response {
    tracing::error!(%error, "an answer is no JSON");
    let detail = "Something went wrong on our side.";
    bad_request::answer(StatusCode::INTERNAL_SERVER_ERROR, detail)
}
