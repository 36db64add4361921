//! `/npm/@clerk/{package}@{version}/…`: clerk-js and its UI, out of a folder that holds
//! `@clerk/{package}/{exact version}/…`.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::error::ClerkError;

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
    let asked = std::mem::replace(request.uri_mut(), uri);
    let mut response = match ServeDir::new(directory).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        return missing(asked.path());
    }
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
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
