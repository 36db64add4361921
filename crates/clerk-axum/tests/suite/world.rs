//! A bare axum app, and an issuer whose keys it fetches.

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use clerk_axum::test::{ISSUER, ORIGIN, TestIssuer};
use clerk_axum::{Auth, KeySource, Verifier, VerifierOptions};
use tokio::net::TcpListener;
use tower::ServiceExt;
use url::Url;

/// The issuer the app trusts, and one it does not know.
pub static TRUSTED: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::new);
pub static STRANGER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::new);

/// What accepts tokens by the JWKS document of the issuer the app trusts.
pub async fn options() -> VerifierOptions {
    let document = Router::new().route("/jwks.json", get(async || Json(TRUSTED.jwks())));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, document).await });
    let url = Url::parse(&format!("http://{address}/jwks.json")).expect("a URL");
    let max_age = Duration::from_hours(1);
    VerifierOptions::new(ISSUER, KeySource::Jwks { url, max_age }).authorized_parties([ORIGIN])
}

/// An app that says who calls.
pub fn app(options: VerifierOptions) -> Router {
    let verifier: Verifier = Verifier::new(options).expect("a verifier");
    Router::new()
        .route("/me", get(async |auth: Auth| auth.user_id().to_owned()))
        .route(
            "/",
            get(async |auth: Option<Auth>| {
                auth.map_or("nobody".to_owned(), |auth| auth.user_id().to_owned())
            }),
        )
        .with_state(verifier)
}

/// A GET with these headers.
pub fn get_with(path: &str, headers: &[(&str, &str)]) -> Request {
    let request = headers
        .iter()
        .fold(Request::get(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    request.body(Body::empty()).expect("a request")
}

/// A GET with this token.
pub fn get_as(path: &str, token: &str) -> Request {
    get_with(path, &[("authorization", &format!("Bearer {token}"))])
}

/// What the app answers.
pub async fn ask(app: &Router, request: Request) -> Response {
    let Ok(response) = app.clone().oneshot(request).await;
    response
}

/// The status and the body of an answer.
pub async fn read(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1024 * 1024).await;
    let body = String::from_utf8(body.expect("a body").to_vec());
    (status, body.expect("text"))
}
