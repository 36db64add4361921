//! `/dashboard`: a page to look at everything and change it. It answers on loopback hosts only,
//! and its calls show the secret key, which no other site can read or send.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::html::escaped;
use crate::{Emulator, control};

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("script.js");
const STYLE: &str = include_str!("style.css");

/// The page with its script and style.
pub fn router() -> Router<Emulator> {
    let file = |text: &'static str, kind: &'static str| {
        get(move |headers: HeaderMap| async move { respond(&headers, text.to_owned(), kind) })
    };
    Router::new()
        .route("/dashboard", get(page))
        .route("/dashboard/script.js", file(SCRIPT, "text/javascript"))
        .route("/dashboard/style.css", file(STYLE, "text/css"))
}

async fn page(State(emulator): State<Emulator>, headers: HeaderMap) -> Response {
    let page = PAGE.replace("%SECRET%", &escaped(emulator.secret_key()));
    respond(&headers, page, "text/html; charset=utf-8")
}

fn respond(headers: &HeaderMap, text: String, kind: &'static str) -> Response {
    if !control::is_local(headers) {
        return control::wrong_host();
    }
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    );
    response
}
