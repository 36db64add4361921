//! The Frontend API below a path of the app.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use clerk_axum::Budget;
use clerk_axum::proxy::FrontendApiProxy;
use tokio::net::TcpListener;
use url::Url;

use crate::world::{ask, get_with, read};

/// An upstream that says what it was asked, and through which proxy.
async fn echo() -> Url {
    serve(Router::new().fallback(async |request: Request| {
        let header = |name: &str| {
            let value = request.headers().get(name);
            value
                .map_or("-", |value| value.to_str().expect("text"))
                .to_owned()
        };
        let names = ["clerk-proxy-url", "clerk-secret-key", "x-forwarded-for"];
        format!("{} {}", request.uri(), names.map(header).join(" "))
    }))
    .await
}

async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}")).expect("a URL")
}

fn app(proxy: &FrontendApiProxy) -> Router {
    Router::new().nest("/__clerk", proxy.router())
}

#[tokio::test]
async fn calls_reach_the_frontend_api_with_the_proxys_own_name() {
    let proxy = FrontendApiProxy::new("/__clerk", echo().await)
        .expect("a client")
        .origins(vec!["https://app.example.com".to_owned()])
        .secret_key("sk_test_a".to_owned().into())
        .client_address(|_| Some([192, 0, 2, 1].into()));
    let forged = [
        ("host", "evil.example"),
        ("clerk-secret-key", "sk_test_forged"),
        ("x-forwarded-for", "6.6.6.6"),
    ];
    let answer = ask(&app(&proxy), get_with("/__clerk/v1/client?a=b", &forged)).await;
    let expected = "/v1/client?a=b https://app.example.com/__clerk sk_test_a 192.0.2.1";
    assert_eq!(read(answer).await, (StatusCode::OK, expected.to_owned()));
}

/// An upstream whose script is kept by browsers, and compressed if they take it so.
async fn compressing() -> Url {
    serve(Router::new().fallback(async |request: Request| {
        let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, HeaderValue::from_static("\"1-br\""));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("immutable"));
        if header(IF_NONE_MATCH) == Some(b"\"1-br\"") {
            return (StatusCode::NOT_MODIFIED, headers, &b""[..]);
        }
        if header(ACCEPT_ENCODING) != Some(b"gzip, br") {
            return (StatusCode::OK, headers, b"plain");
        }
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        (StatusCode::OK, headers, COMPRESSED)
    }))
    .await
}

/// What only its receiver can make sense of.
const COMPRESSED: &[u8] = b"\x0b\x02\x80\xff\x00\x03";

#[tokio::test]
async fn a_compressed_answer_passes_as_it_is() {
    let proxy = FrontendApiProxy::new("/__clerk", compressing().await).expect("a client");
    let app = app(&proxy);
    let path = "/__clerk/npm/@clerk/clerk-js@6.40.0/dist/clerk.browser.js";
    let encoding = ("accept-encoding", "gzip, br");
    let answer = ask(&app, get_with(path, &[encoding])).await;
    assert_eq!(answer.status(), StatusCode::OK);
    for (name, value) in [
        (CONTENT_ENCODING, "br"),
        (CONTENT_LENGTH, "6"),
        (ETAG, "\"1-br\""),
        (VARY, "accept-encoding"),
        (CACHE_CONTROL, "immutable"),
    ] {
        assert_eq!(answer.headers()[&name], value, "{name}");
    }
    let body = to_bytes(answer.into_body(), usize::MAX).await;
    assert_eq!(body.expect("a body"), COMPRESSED);

    let known = [encoding, ("if-none-match", "\"1-br\"")];
    let answer = ask(&app, get_with(path, &known)).await;
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(answer.headers()[ETAG], "\"1-br\"");

    let answer = ask(&app, get_with(path, &[])).await;
    assert_eq!(read(answer).await, (StatusCode::OK, "plain".to_owned()));
}

#[tokio::test]
async fn nothing_but_the_frontend_api_passes() {
    let proxy = FrontendApiProxy::new("/__clerk", echo().await).expect("a client");
    let app = app(&proxy);
    for path in ["/dashboard", "/v1/users", "/v1/client/%2e%2e/users"] {
        let answer = ask(&app, get_with(&format!("/__clerk{path}"), &[])).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let secret = [("authorization", "Bearer sk_test_a")];
    let answer = ask(&app, get_with("/__clerk/v1/client", &secret)).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let put = Request::put("/__clerk/v1/client");
    let answer = ask(&app, put.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn an_app_bounds_it_and_refuses_in_its_own_way() {
    let proxy = FrontendApiProxy::new("/__clerk", echo().await)
        .expect("a client")
        .exchanges(Budget::new(|_, _| None))
        .refuse_with(|error| (StatusCode::IM_A_TEAPOT, error.to_string()).into_response());
    let answer = ask(&app(&proxy), get_with("/__clerk/v1/client", &[])).await;
    let expected = "too many exchanges with the Frontend API".to_owned();
    assert_eq!(read(answer).await, (StatusCode::IM_A_TEAPOT, expected));
}
