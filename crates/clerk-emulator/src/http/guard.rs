//! Who may ask: for the Backend API a server with the secret key; for `/emulator` and the
//! dashboard somebody on this machine.

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::emulator::Emulator;
use crate::error::ClerkError;

/// Whether a request names a loopback host: a page whose name was bound to 127.0.0.1 does not.
pub fn is_local(headers: &HeaderMap) -> bool {
    let host = headers
        .get(HOST)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

/// 421: the host is not one that the emulator answers for.
pub fn wrong_host() -> Response {
    ClerkError::new(
        StatusCode::MISDIRECTED_REQUEST,
        "host_invalid",
        "The emulator answers this on loopback hosts only.",
    )
    .into_response()
}

/// Lets whoever is on this machine and has the secret key through to `/emulator`.
pub async fn control(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    if !is_local(request.headers()) {
        return wrong_host();
    }
    let shown = request
        .headers()
        .get(AUTHORIZATION)
        .map(HeaderValue::as_bytes);
    let known = format!("Bearer {}", emulator.secret_key());
    let right = shown.is_some_and(|shown| {
        aws_lc_rs::constant_time::verify_slices_are_equal(shown, known.as_bytes()).is_ok()
    });
    if right {
        return next.run(request).await;
    }
    ClerkError::new(
        StatusCode::UNAUTHORIZED,
        "clerk_key_invalid",
        "Send the emulator's secret key as a bearer token.",
    )
    .into_response()
}

/// Refuses whoever does not have the secret key.
pub async fn server(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    let shown = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let known = emulator.secret_key().as_bytes();
    if aws_lc_rs::constant_time::verify_slices_are_equal(shown.as_bytes(), known).is_ok() {
        return next.run(request).await;
    }
    ClerkError::new(
        StatusCode::UNAUTHORIZED,
        "clerk_key_invalid",
        "The provided Clerk Secret Key is invalid.",
    )
    .into_response()
}

/// Lets calls to a loopback host through.
pub async fn local(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        next.run(request).await
    } else {
        wrong_host()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_are_local() {
        let local = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            is_local(&headers)
        };
        for host in [
            "localhost",
            "localhost:4000",
            "127.0.0.1:4000",
            "[::1]:4000",
            "[::1]",
        ] {
            assert!(local(host), "{host}");
        }
        for host in [
            "evil.example:4000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "192.168.0.1:4000",
        ] {
            assert!(!local(host), "{host}");
        }
    }
}
