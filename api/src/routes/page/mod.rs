//! The built page: its files as trunk left them, `index.html` for the paths of its router.

use std::io::ErrorKind;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LINK};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tower::ServiceExt;
use tower_http::services::ServeDir;
use tower_http::services::ServeFile;

use crate::App;
use crate::config::Config;
use crate::error::ApiError;

/// Adds the page to the router, when it has been built.
pub fn serve(router: Router<App>, config: &Config) -> Router<App> {
    let index = config.dist_dir.join("index.html");
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
    let preload = preload(&config.page);
    let policy = policy(&std::fs::read_to_string(&index).unwrap_or_default(), config);
    let index = ServeFile::new(index)
        .precompressed_br()
        .precompressed_gzip();
    let page = move |request: Request| {
        let (index, preload, policy) = (index.clone(), preload.clone(), policy.clone());
        async move {
            if !is_page_path(&request) {
                return ApiError::NoRoute.into_response();
            }
            let mut response = match index.oneshot(request).await {
                Ok(response) => response.into_response(),
                Err(never) => match never {},
            };
            if let Some(preload) = preload {
                response.headers_mut().insert(LINK, preload);
            }
            response
                .headers_mut()
                .insert(CONTENT_SECURITY_POLICY, policy);
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
    router.fallback_service(Router::new().fallback(files).layer(from_fn(cache)))
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

/// Lets the browser fetch Clerk's scripts and the configuration beside the wasm, not after it.
fn preload(page: &shared::PageConfig) -> Option<HeaderValue> {
    let scripts = page.proxy_url.as_ref()?;
    let script = |path| {
        format!("<{scripts}/npm/@clerk/{path}>; rel=preload; as=script; crossorigin=anonymous")
    };
    HeaderValue::from_str(&format!(
        "{}, {}",
        script("clerk-js@6/dist/clerk.browser.js"),
        script("ui@1/dist/ui.browser.js")
    ))
    .ok()
}

/// What the page may load and whom it may call: itself, and what Clerk needs
/// (<https://clerk.com/docs/guides/secure/best-practices/csp-headers>). Scripts in the page are
/// allowed by their hashes.
fn policy(index: &str, config: &Config) -> HeaderValue {
    let clerk = config.frontend_api_origins.join(" ");
    let hashes = inline_scripts(index).map(|script| {
        let hash = digest(&SHA256, script.as_bytes());
        format!("'sha256-{}'", STANDARD.encode(hash))
    });
    let hashes = hashes.collect::<Vec<_>>().join(" ");
    let policy = [
        "default-src 'self'".to_owned(),
        format!("script-src 'self' 'wasm-unsafe-eval' {hashes} {clerk} {CHALLENGES}"),
        format!("connect-src 'self' {clerk} https://clerk-telemetry.com"),
        "img-src 'self' data: blob: https://img.clerk.com".to_owned(),
        // Clerk's forms style themselves.
        "style-src 'self' 'unsafe-inline'".to_owned(),
        "worker-src 'self' blob:".to_owned(),
        format!("frame-src 'self' {CHALLENGES}"),
        "object-src 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'self'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ];
    // Origins and hashes are ASCII.
    HeaderValue::from_str(&policy.join("; "))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
}

/// Where Clerk's protection against bots comes from.
const CHALLENGES: &str = "https://challenges.cloudflare.com";

/// The scripts that stand in the page itself.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_found() {
        let html = r#"<script type="module">a()</script><script src="/b.js"></script>
            <script>c()</script>"#;
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["a()", "c()"]);
    }

    #[test]
    fn only_hashed_names_are_cached_for_ever() {
        assert!(has_hash("/frontend-0123456789abcdef_bg.wasm"));
        assert!(has_hash("/styles-0123456789abcdef.css"));
        assert!(!has_hash("/index.html"));
        assert!(!has_hash("/sign-in"));
        assert!(!has_hash("/favicon-large.svg"));
    }
}
