//! `/npm/@clerk/{package}@{version}/…`: clerk-js and its UI, out of a folder that holds
//! `@clerk/{package}/{exact version}/…`.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LENGTH, HOST};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::error::ClerkError;

/// Where Clerk's UI has the icons of providers. The emulator draws its own in their place, so that
/// no page needs the network.
const ICONS: &str = "https://img.clerk.com/static/";

/// Serves the packages in this folder.
pub fn files(directory: &Path) -> Router {
    let directory = directory.to_owned();
    Router::new().fallback(move |request: Request| serve(directory.clone(), request))
}

async fn serve(directory: PathBuf, mut request: Request) -> Response {
    let Some((package, version, rest)) = split(request.uri().path()) else {
        return missing(request.uri().path());
    };
    let Some(exact) = resolve(&directory.join("@clerk").join(package), version) else {
        return missing(request.uri().path());
    };
    // A full version names a file that never changes; a major one moves on.
    let cache = if exact == version {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let Ok(uri) = format!("/@clerk/{package}/{exact}/{rest}").parse::<Uri>() else {
        return missing(request.uri().path());
    };
    let icons = own_icons(request.headers()).filter(|_| {
        request.method() == Method::GET && Path::new(rest).extension().is_some_and(|it| it == "js")
    });
    let asked = std::mem::replace(request.uri_mut(), uri);
    let mut response = match ServeDir::new(directory).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        return missing(asked.path());
    }
    if let (Some(icons), StatusCode::OK) = (icons, response.status()) {
        response = with_icons(response, &icons).await;
    }
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
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
async fn with_icons(response: Response, icons: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(script) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let script = match std::str::from_utf8(&script) {
        Ok(text) if text.contains(ICONS) => text.replace(ICONS, icons).into(),
        _ => script,
    };
    parts.headers.insert(CONTENT_LENGTH, script.len().into());
    Response::from_parts(parts, Body::from(script))
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

/// `/@clerk/clerk-js@6/dist/x.js` → (`clerk-js`, `6`, `dist/x.js`)
fn split(path: &str) -> Option<(&str, &str, &str)> {
    let (package, rest) = path.strip_prefix("/@clerk/")?.split_once('@')?;
    let (version, rest) = rest.split_once('/')?;
    let plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
    };
    (plain(package) && plain(version)).then_some((package, version, rest))
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
        .filter(|name| name == version || name.starts_with(&format!("{version}.")))
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
        for version in ["6.9.0", "6.40.0", "60.0.0", "5.99.0"] {
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
        ] {
            assert_eq!(split(path), None, "{path}");
        }
    }
}
