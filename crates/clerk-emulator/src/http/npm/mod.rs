//! `/npm/@clerk/{package}@{version}/…`: clerk-js and its UI, out of a folder that holds
//! `@clerk/{package}/{exact version}/…`; compressed, as Clerk's own servers send them.

mod encoding;
mod kept;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_LENGTH, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

use crate::error::ClerkError;

use self::encoding::Encoding;
use self::kept::{File, KEPT};

/// Where Clerk's UI has the icons of providers. The emulator draws its own in their place, so that
/// no page needs the network.
const ICONS: &str = "https://img.clerk.com/static/";

/// Serves the packages in this folder.
pub fn files(directory: &Path) -> Router {
    let directory = directory.to_owned();
    Router::new().fallback(move |request: Request| serve(directory.clone(), request))
}

async fn serve(directory: PathBuf, request: Request) -> Response {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let path = request.uri().path();
    let Some((package, version, rest)) = split(path) else {
        return missing(path);
    };
    let Some(exact) = resolve(&directory.join("@clerk").join(package), version) else {
        return missing(path);
    };
    let is_script = Path::new(rest).extension().is_some_and(|it| it == "js");
    let icons = own_icons(request.headers()).filter(|_| is_script);
    let there = format!("@clerk/{package}/{exact}/{rest}");
    let Some(file) = find(&directory, &there, icons).await else {
        return missing(path);
    };
    // A full version names a file that never changes; a major one moves on.
    let cache = if exact == version {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let answer = answer(request.method(), request.headers(), file).await;
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// The file at this path of the folder, with its page's icons.
async fn find(directory: &Path, path: &str, icons: Option<String>) -> Option<Arc<File>> {
    let key = (directory.join(path), icons);
    if let Some(file) = KEPT.get(&key) {
        return Some(file);
    }
    let asked = Request::get(format!("/{path}"));
    let mut folder = ServeDir::new(directory).append_index_html_on_directories(false);
    let read = folder.try_call(asked.body(Body::empty()).ok()?);
    // A name that no file can have is an error.
    let response = read.await.ok()?.into_response();
    if response.status() != StatusCode::OK {
        return None;
    }
    let kind = response.headers().get(CONTENT_TYPE)?.clone();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.ok()?;
    let file = File::new(kind, with_icons(bytes, key.1.as_deref()));
    Some(KEPT.keep(key, file))
}

/// The file, or that the one which the browser has is still good.
async fn answer(
    method: &Method,
    headers: &HeaderMap,
    file: Arc<File>,
) -> Result<Response, ClerkError> {
    let encoding = if file.is_text() {
        Encoding::accepted(&joined(headers, &ACCEPT_ENCODING))
    } else {
        Encoding::Identity
    };
    let tag = file.tag(encoding);
    let mut response = Response::builder().header(ETAG, &tag);
    if file.is_text() {
        response = response.header(VARY, ACCEPT_ENCODING.as_str());
    }
    let known = joined(headers, &IF_NONE_MATCH);
    let mut known = known
        .split(',')
        .map(|it| it.trim().trim_start_matches("W/"));
    if known.any(|it| it == tag || it == "*") {
        let response = response.status(StatusCode::NOT_MODIFIED);
        return response.body(Body::empty()).map_err(ClerkError::internal);
    }
    if let Some(name) = encoding.name() {
        response = response.header(CONTENT_ENCODING, name);
    }
    response = response.header(CONTENT_TYPE, &file.kind);
    let bytes = tokio::task::spawn_blocking(move || file.bytes(encoding)).await;
    let bytes = bytes.map_err(ClerkError::internal)?;
    response = response.header(CONTENT_LENGTH, bytes.len());
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        Body::from(bytes)
    };
    response.body(body).map_err(ClerkError::internal)
}

/// A header's values as one list.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<&str> = values.filter_map(|it| it.to_str().ok()).collect();
    values.join(",")
}

/// Where the page finds the emulator's icons: below the path of its proxy, or at the host it asked.
fn own_icons(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let base = match text("clerk-proxy-url") {
        Some(url) => {
            let (_, rest) = url.split_once("://")?;
            rest.find('/').map_or("", |at| &rest[at..]).to_owned()
        }
        None => format!("http://{}", text(HOST.as_str())?),
    };
    // It comes to stand in a script.
    let plain = |it: u8| it.is_ascii_alphanumeric() || b":/[]._-".contains(&it);
    let base = base.trim_end_matches('/');
    base.bytes()
        .all(plain)
        .then(|| format!("{base}/v1/images/static/"))
}

/// The script with other addresses for providers' icons.
fn with_icons(script: Bytes, icons: Option<&str>) -> Bytes {
    match (std::str::from_utf8(&script), icons) {
        (Ok(text), Some(icons)) if text.contains(ICONS) => text.replace(ICONS, icons).into(),
        _ => script,
    }
}

fn missing(path: &str) -> Response {
    let version = split(path).map_or("", |(_, version, _)| version);
    let command = format!("clerk-emulator fetch-sdk {version}");
    let command = command.trim();
    tracing::warn!("there is no {path}: `{command}` gets it");
    ClerkError::new(
        StatusCode::NOT_FOUND,
        "resource_not_found",
        format!("There is no {path} here: run `{command}`."),
    )
    .into_response()
}

/// `/@clerk/clerk-js@6/dist/x.js` → (`clerk-js`, `6`, `dist/x.js`). Only plain names, as all files
/// of the packages have: what is kept by its name must not be called by many.
fn split(path: &str) -> Option<(&str, &str, &str)> {
    let (package, rest) = path.strip_prefix("/@clerk/")?.split_once('@')?;
    let (version, rest) = rest.split_once('/')?;
    let plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let all_plain = plain(package) && plain(version) && rest.split('/').all(plain);
    all_plain.then_some((package, version, rest))
}

/// The newest version in the folder that this one stands for: `6` → `6.40.0`.
fn resolve(package: &Path, version: &str) -> Option<String> {
    let newest = |name: &String| -> Vec<u64> {
        name.split(['.', '-'])
            .map(|part| part.parse().unwrap_or(0))
            .collect()
    };
    std::fs::read_dir(package)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let release = !name.contains('-');
            name == version || release && name.starts_with(&format!("{version}."))
        })
        .max_by_key(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_are_the_emulators_own_wherever_the_page_finds_it() {
        let icons = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("127.0.0.1:4000"));
            headers.insert(name, HeaderValue::from_static(value));
            own_icons(&headers)
        };
        for (name, value, expected) in [
            (
                "accept",
                "*/*",
                Some("http://127.0.0.1:4000/v1/images/static/"),
            ),
            (
                "clerk-proxy-url",
                "http://localhost/__clerk",
                Some("/__clerk/v1/images/static/"),
            ),
            ("clerk-proxy-url", "http://localhost/`${alert(1)}`", None),
            ("clerk-proxy-url", "nonsense", None),
        ] {
            assert_eq!(icons(name, value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_major_version_is_the_newest_of_that_major() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for version in ["6.9.0", "6.40.0", "6.41.0-beta.1", "60.0.0", "5.99.0"] {
            std::fs::create_dir(directory.path().join(version)).expect("a folder");
        }
        assert_eq!(resolve(directory.path(), "6").as_deref(), Some("6.40.0"));
        assert_eq!(resolve(directory.path(), "6.9.0").as_deref(), Some("6.9.0"));
        assert_eq!(resolve(directory.path(), "7"), None);
    }

    #[test]
    fn only_packages_and_versions_are_taken_from_the_path() {
        assert_eq!(
            split("/@clerk/ui@1/dist/a.js"),
            Some(("ui", "1", "dist/a.js"))
        );
        for path in [
            "/@clerk/ui@../x",
            "/@clerk/..@1/x",
            "/@evil/ui@1/x",
            "/@clerk/ui/dist",
            "/@clerk/ui@1/dist/%61.js",
            "/@clerk/ui@1/dist//a.js",
            "/@clerk/ui@1/dist/../a.js",
            "/@clerk/ui@1/",
        ] {
            assert_eq!(split(path), None, "{path}");
        }
    }
}
