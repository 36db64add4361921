//! What endpoints answer, over HTTP's types.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode};
use axum::response::{IntoResponse, Response as Answer};
use axum::{Extension, Router};
use live::{Mutation, Query};
use live_axum::{BadRequest, BodyMax, Endpoints, IdempotencyKey, IfMatch, Reply};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    list: u32,
    page: Option<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    text: String,
}

const LIST: Query<Asked, String> = Query::get("/lists/{list}/notes");
const ADD: Mutation<Asked, Note, String> = Mutation::post("/lists/{list}/notes");
const CLEAR: Mutation<Asked, (), ()> = Mutation::delete("/lists/{list}/notes");
const NAMES: Query<(), Vec<String>> = Query::get("/names");
const RENAME: Mutation<(), Option<String>, Option<String>> = Mutation::patch("/names");

/// How this app words its errors.
#[derive(Debug)]
struct Own(StatusCode, String);

impl From<BadRequest> for Own {
    fn from(error: BadRequest) -> Self {
        Self(error.status(), format!("own words: {error}"))
    }
}

impl IntoResponse for Own {
    fn into_response(self) -> Answer {
        (self.0, self.1).into_response()
    }
}

/// Somebody who has signed in.
struct Somebody;

impl<S: Sync> FromRequestParts<S> for Somebody {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let known = parts.headers.contains_key("authorization");
        known.then_some(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

async fn list(State(app): State<&'static str>, asked: Asked) -> Result<String, Own> {
    if asked.list == 0 {
        return Err(Own(StatusCode::NOT_FOUND, "no such list".to_owned()));
    }
    Ok(format!("{app} {} {:?}", asked.list, asked.page))
}

async fn add(
    (_, key, if_match): (Somebody, IdempotencyKey, IfMatch),
    asked: Asked,
    note: Note,
) -> Result<Reply<String>, Own> {
    if_match.check(Some(7))?;
    let added = format!("{} {} {:?}", asked.list, note.text, key.key());
    Ok(Reply::created(added).etag(8))
}

async fn clear(_: Somebody, _: Asked, (): ()) -> Result<(), Own> {
    Ok(())
}

async fn names((): (), (): ()) -> Result<Reply<Vec<String>>, BadRequest> {
    Ok(Reply::ok(vec!["ada".to_owned()]).etag("v1"))
}

/// Answers the fingerprint, in place of a name.
async fn rename(
    key: IdempotencyKey,
    (): (),
    name: Option<String>,
) -> Result<Option<String>, BadRequest> {
    Ok(name.map(|_| key.fingerprint()))
}

fn router() -> Router {
    Router::new()
        .query(LIST, list)
        .mutation(ADD, add)
        .mutation(CLEAR, clear)
        .query(NAMES, names)
        .mutation(RENAME, rename)
        .with_state("app")
}

async fn send(router: Router, request: Request<Body>) -> (Response<()>, String) {
    let Ok(response) = router.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let body = String::from_utf8(body.into()).expect("text");
    (Response::from_parts(parts, ()), body)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_owned().into()).expect("a request")
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let (response, body) = send(router(), request(method, path, headers, body)).await;
    (response.status().as_u16(), body)
}

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const KNOWN: (&str, &str) = ("authorization", "x");

#[tokio::test]
async fn a_query_is_answered_with_its_parameters() {
    let path = LIST.path(&Asked {
        list: 7,
        page: Some(2),
    });
    let (response, body) = send(router(), request("GET", &path, &[], "")).await;
    assert_eq!(body, "\"app 7 Some(2)\"");
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let head = ask("HEAD", &path, &[], "").await;
    assert_eq!(head, (200, String::new()));
    for (path, status, text) in [
        ("/lists/7/notes?other=1", 200, "\"app 7 None\""),
        ("/names?other=1", 200, "[\"ada\"]"),
        ("/lists/0/notes", 404, "no such list"),
        ("/lists/x/notes", 400, "own words: The address"),
        ("/lists/7/notes?page=x", 400, "own words: The address"),
        ("/lists/7/notes?list=8", 400, "own words: The address"),
        ("/lists/%FF/notes", 400, "own words: The path is not UTF-8"),
    ] {
        let (got, body) = ask("GET", path, &[], "").await;
        assert_eq!(got, status, "{path}: {body}");
        assert!(body.starts_with(text), "{path}: {body}");
    }
    assert_eq!(ask("PUT", "/names", &[], "").await.0, 405);
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    for (path, named) in [("/lists/7/notes", None), ("/names", Some("\"v1\""))] {
        let (response, body) = send(router(), request("GET", path, &[], "")).await;
        let etag = response.headers()[ETAG].to_str().expect("text").to_owned();
        assert_eq!(named.unwrap_or(&etag), etag);
        assert!(!body.is_empty());
        let many = format!("\"other\", W/{etag}");
        for known in [etag.as_str(), many.as_str(), "*"] {
            let known = [(IF_NONE_MATCH.as_str(), known)];
            let (response, body) = send(router(), request("GET", path, &known, "")).await;
            assert_eq!((response.status().as_u16(), body.as_str()), (304, ""));
            assert_eq!(response.headers()[ETAG], etag.as_str());
            assert!(!response.headers().contains_key(CONTENT_TYPE));
        }
        for unknown in ["\"other\"", "nonsense"] {
            let unknown = [(IF_NONE_MATCH.as_str(), unknown)];
            assert_eq!(ask("GET", path, &unknown, "").await, (200, body.clone()));
        }
    }
}

#[tokio::test]
async fn a_mutation_takes_what_it_asks_for() {
    let path = "/lists/7/notes";
    let key = ("idempotency-key", "\"k\"");
    let (response, body) = send(
        router(),
        request("POST", path, &[JSON, KNOWN, key], r#"{"text":"hi"}"#),
    )
    .await;
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()[ETAG], "\"8\"");
    assert_eq!(body, r#""7 hi Some(\"k\")""#);
    let large = format!(r#"{{"text":"{}"}}"#, "x".repeat(16 * 1024));
    let text = ("content-type", "text/plain");
    for (headers, body, status) in [
        // Who is nobody hears of nothing else.
        (&[] as &[_], "", 401),
        (&[KNOWN], "{}", 415),
        (&[KNOWN, text], "{}", 415),
        (&[KNOWN, JSON], "", 400),
        (&[KNOWN, JSON], r#"{"text":"#, 400),
        (&[KNOWN, JSON], r#"{"text":1}"#, 422),
        (&[KNOWN, JSON], "{}", 422),
        (&[KNOWN, JSON], &large, 413),
        (
            &[KNOWN, JSON, (IF_MATCH.as_str(), "\"6\"")],
            r#"{"text":""}"#,
            412,
        ),
        (
            &[KNOWN, JSON, (IF_MATCH.as_str(), "\"7\"")],
            r#"{"text":""}"#,
            201,
        ),
        (
            &[KNOWN, JSON, ("idempotency-key", "k")],
            r#"{"text":""}"#,
            400,
        ),
    ] {
        let (got, answer) = ask("POST", path, headers, body).await;
        assert_eq!(got, status, "{headers:?} {answer}");
    }
    // A router may take larger ones.
    let larger = router().layer(Extension(BodyMax(32 * 1024)));
    let (response, _) = send(larger, request("POST", path, &[JSON, KNOWN], &large)).await;
    assert_eq!(response.status(), 201);
}

#[tokio::test]
async fn nothing_is_no_content() {
    // Whatever there is of a body, it is not read.
    assert_eq!(
        ask("DELETE", "/lists/7/notes", &[KNOWN], "{").await,
        (204, String::new())
    );
    assert_eq!(
        ask("PATCH", "/names", &[JSON], "null").await,
        (204, String::new())
    );
}

#[tokio::test]
async fn a_fingerprint_covers_the_body() {
    let key = ("idempotency-key", "\"k\"");
    let of = async |body| ask("PATCH", "/names", &[JSON, key], body).await.1;
    assert_eq!(of("\"a\"").await, of("\"a\"").await);
    assert_ne!(of("\"a\"").await, of("\"b\"").await);
}

#[tokio::test]
async fn an_error_in_nobodys_words_is_a_problem_document() {
    let (response, body) = send(router(), request("PATCH", "/names", &[], "")).await;
    assert_eq!(response.status(), 415);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(problem["status"], 415);
    assert_eq!(problem["title"], "Unsupported Media Type");
}
