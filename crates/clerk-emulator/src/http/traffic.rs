//! Every request as it comes: noted for the dashboard, and hurt where a test asked for that.

use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::emulator::faults::Instead;
use crate::scope::call;

/// The largest body that is remembered, in bytes.
const REMEMBERED_MAX: usize = 64 * 1024;

/// Notes a request and its answer, and lets faults strike.
pub async fn watch(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let (wait, instead) = emulator.faults().strike(&method, &path);
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let started = Instant::now();
    // Files are no news, and neither is the dashboard that looks at the news.
    let quiet = path.starts_with("/npm/")
        || path.starts_with("/v1/images/")
        || request.headers().contains_key("x-emulator-dashboard");
    let (parts, body) = request.into_parts();
    let body = match call::whole(body).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    let form = parts
        .headers
        .get(CONTENT_TYPE)
        .is_none_or(|it| !it.as_bytes().starts_with(b"multipart"));
    let asked = if form {
        readable(&body)
    } else {
        json!("(a file)")
    };
    let response = match instead {
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
        Some(Instead::Error(error)) => error.into_response(),
        Some(Instead::Malformed) => {
            let mut response = "{\"response\": {\"object\": \"cli".into_response();
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        // Unwinding ends the connection's task, and the connection with it.
        Some(Instead::Drop) => std::panic::resume_unwind(Box::new("a fault drops the connection")),
    };
    if quiet {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let is_json = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes() == b"application/json");
    emulator.traffic().note(json!({
        "at": emulator.now(),
        "method": method.as_str(),
        "path": path,
        "status": parts.status.as_u16(),
        "microseconds": u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request": asked,
        "response": if is_json { readable(&body) } else { Value::Null },
    }));
    Response::from_parts(parts, Body::from(body))
}

/// A body as it may be looked at: no passwords.
fn readable(body: &[u8]) -> Value {
    if body.is_empty() || body.len() > REMEMBERED_MAX {
        return Value::Null;
    }
    let mut value = serde_json::from_slice(body).unwrap_or_else(|_| {
        let fields = form_urlencoded::parse(body).into_owned();
        fields
            .map(|(name, value)| (name, Value::String(value)))
            .collect()
    });
    if let Value::Object(fields) = &mut value {
        for (name, field) in fields {
            if name.contains("password") && field.is_string() {
                *field = json!("…");
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_remembered() {
        let shown = readable(b"identifier=ada&password=secret");
        assert_eq!(
            shown,
            json!({ "identifier": "ada", "password": "\u{2026}" })
        );
    }
}
