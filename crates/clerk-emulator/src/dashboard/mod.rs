//! `/dashboard`: a page to look at everything and change it. Its calls show the secret key, which
//! stands in the page: whoever may read it is the business of `http::guard`.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::emulator::Emulator;
use crate::html::escaped;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");

/// The modules of its script, as they name each other.
macro_rules! scripts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("script/", $name)))),*]
    };
}

const SCRIPTS: [(&str, &str); 14] = scripts![
    "calls.js",
    "dialogs.js",
    "elements.js",
    "main.js",
    "notices.js",
    "redraw.js",
    "views/instance.js",
    "views/messages.js",
    "views/organizations.js",
    "views/requests.js",
    "views/sessions.js",
    "views/settings.js",
    "views/users.js",
    "views/webhooks.js",
];

/// The page with its scripts and style; `/` leads there.
pub fn router() -> Router<Emulator> {
    let file = |text: &'static str, kind: &'static str| {
        get(move || async move { respond(text.to_owned(), kind) })
    };
    let router = Router::new()
        .route("/", get(async || Redirect::to("/dashboard")))
        .route("/dashboard", get(page))
        .route("/dashboard/style.css", file(STYLE, "text/css"));
    SCRIPTS.into_iter().fold(router, |router, (name, text)| {
        router.route(&format!("/dashboard/{name}"), file(text, "text/javascript"))
    })
}

async fn page(State(emulator): State<Emulator>) -> Response {
    let page = PAGE.replace("%SECRET%", &escaped(emulator.secret_key()));
    respond(page, "text/html; charset=utf-8")
}

fn respond(text: String, kind: &'static str) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // It shows the secret key: nobody else's page may hold it, in whatever form.
    for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
        headers.insert(name, HeaderValue::from_static("same-origin"));
    }
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    );
    response
}
