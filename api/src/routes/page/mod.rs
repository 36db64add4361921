//! The built page: its files as they were built, and for the paths of its router the document
//! whose first bytes fit the visitor.

mod chunks;
mod documents;
mod hints;
mod policy;

use std::io::ErrorKind;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LINK};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

use crate::App;
use crate::config::Config;
use crate::error::ApiError;
use documents::{Documents, Visit};
use hints::Form;
pub use hints::Hints;
use policy::policy;

/// Adds the page to the router, when it has been built.
pub fn serve(router: Router<App>, config: &Config, hints: Option<Hints>) -> Router<App> {
    let index = config.dist_dir.join(documents::INDEX);
    if !index.is_file() {
        let told = format!("{} is missing: serving the API only", index.display());
        // In development trunk serves the page.
        if cfg!(debug_assertions) {
            tracing::debug!("{told}");
        } else {
            tracing::warn!("{told}");
        }
        return router.fallback(|| async { ApiError::NoRoute });
    }
    let documents = Arc::new(Documents::read(&config.dist_dir));
    let policy = policy(&documents.text(), config);
    let of_documents = policy.clone();
    let page = move |request: Request| {
        let (documents, policy, hints) = (documents.clone(), of_documents.clone(), hints.clone());
        async move {
            if !is_page_path(&request) {
                return ApiError::NoRoute.into_response();
            }
            let visit = Visit::of(&request);
            let form = match visit {
                Visit::SignedIn => Form::None,
                _ => Form::of(request.uri().path()),
            };
            let mut response = documents.answer(visit, &policy, request).await;
            if visit != Visit::Welcome
                && let Some(links) = hints.and_then(|it| it.header(form))
            {
                response.headers_mut().insert(LINK, links);
            }
            response
        }
    };
    let files = ServeDir::new(&config.dist_dir)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(axum::handler::HandlerWithoutStateExt::into_service(page));
    let files = move |request: Request| {
        let mut files = files.clone();
        async move {
            match files.try_call(request).await {
                Ok(response) => response.into_response(),
                Err(error) => unreadable(&error).into_response(),
            }
        }
    };
    let served = Router::new().fallback(files).layer(from_fn(cache));
    router.fallback_service(served.layer(map_response(move |mut response: Response| {
        let policy = policy.clone();
        async move {
            if is_html(&response) {
                response
                    .headers_mut()
                    .insert(CONTENT_SECURITY_POLICY, policy);
            }
            response
        }
    })))
}

/// A name that no file can have is a path that leads nowhere; anything else is this machine's
/// fault.
fn unreadable(error: &std::io::Error) -> ApiError {
    match error.kind() {
        ErrorKind::InvalidFilename | ErrorKind::InvalidInput => ApiError::NoRoute,
        _ => {
            tracing::error!(%error, "a file of the page cannot be read");
            ApiError::Panicked
        }
    }
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Page paths have no file extension: a file that is missing must not come as HTML.
fn is_page_path(request: &Request) -> bool {
    let last = request.uri().path().rsplit('/').next().unwrap_or_default();
    [Method::GET, Method::HEAD].contains(request.method()) && !last.contains('.')
}

/// Files with a hash in their name never change; all others are asked for again each time.
async fn cache(request: Request, next: Next) -> Response {
    let hashed = has_hash(request.uri().path());
    let mut response = next.run(request).await;
    let value = if hashed && response.status() == StatusCode::OK {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static(value));
    response
}

/// trunk names files `name-<16 hex digits>.ext` or `name-<16 hex digits>_bg.wasm`.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit('-').next().is_some_and(|rest| {
        name.contains('-')
            && rest.len() > 16
            && rest.bytes().take(16).all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_cached_for_ever() {
        assert!(has_hash("/frontend-0123456789abcdef_bg.wasm"));
        assert!(has_hash("/styles-0123456789abcdef.css"));
        assert!(!has_hash("/index.html"));
        assert!(!has_hash("/sign-in"));
        assert!(!has_hash("/favicon-large.svg"));
    }
}
