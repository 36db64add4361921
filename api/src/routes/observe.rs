//! What every request gets: an id, a client, the limit of its address, headers that protect the
//! answer, a measurement, a line in the log.
//!
//! The log names routes, not paths, and no header's value: tokens and addresses stay out of it.

use std::hash::{BuildHasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::App;
use crate::client::Client;
use crate::error::{ApiError, Reason};
use crate::metrics;

/// The header that names a request, in the answer and in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// W3C trace context (<https://www.w3.org/TR/trace-context/>).
pub const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// What is no route's: the page and its files.
const PAGE: &str = "page";
/// Paths of the API that lead nowhere.
const NOWHERE: &str = "/api/…";
/// Whatever lies below the Frontend API proxy.
const PROXY: &str = "proxy";

/// The patterns of all routes, to name them without a copy.
const ROUTES: [&str; 11] = [
    "/api/users",
    "/api/users/me",
    "/api/users/me/events",
    "/api/users/{clerkId}",
    "/api/webhooks/clerk",
    "/api/config",
    "/api/live",
    "/api/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
];

/// The outermost layer.
pub async fn observe(
    State(app): State<App>,
    Extension(client): Extension<Client>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let seen = Seen {
        id: request_id(&client, request.headers()),
        trace_id: trace_id(request.headers()),
        method: method(request.method()),
        route: route(&request),
    };
    let limited = if ["/healthz", "/readyz", "/metrics"].contains(&seen.route) {
        Ok(())
    } else {
        app.limits.address(&client)
    };
    let mut response = match limited.and_then(|()| app.hosts.check(&request)) {
        Ok(()) => AssertUnwindSafe(next.run(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| ApiError::Panicked.into_response()),
        Err(error) => error.into_response(),
    };
    protect(response.headers_mut(), seen.route, &client);
    let took = begun.elapsed();
    seen.log(&response, took);
    app.metrics.request(
        &metrics::Request {
            route: seen.route,
            method: seen.method,
            status: response.status().as_u16(),
        },
        took,
    );
    response.headers_mut().insert(REQUEST_ID, seen.id);
    response
}

/// A request as log and metrics know it.
struct Seen {
    id: HeaderValue,
    trace_id: Option<String>,
    method: &'static str,
    route: &'static str,
}

impl Seen {
    fn log(&self, response: &Response, took: Duration) {
        let status = response.status();
        if !status.is_server_error() && !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let reason = response
            .extensions()
            .get::<Reason>()
            .map(|Reason(error)| tracing::field::display(error.clone()));
        let request_id = self.id.to_str().unwrap_or_default();
        let trace_id = self.trace_id.as_deref();
        let milliseconds = took.as_secs_f64() * 1000.0;
        let (method, route, status) = (self.method, self.route, status.as_u16());
        if status >= 500 {
            tracing::error!(
                request_id,
                trace_id,
                method,
                route,
                status,
                milliseconds,
                reason,
                "request failed"
            );
        } else {
            tracing::debug!(
                request_id,
                trace_id,
                method,
                route,
                status,
                milliseconds,
                reason,
                "request"
            );
        }
    }
}

/// Headers that every answer has unless the handler knew better.
fn protect(headers: &mut HeaderMap, route: &str, client: &Client) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if route != PROXY {
        default(REFERRER_POLICY, "strict-origin-when-cross-origin");
    }
    if route != PROXY && route != PAGE {
        default(CACHE_CONTROL, "no-store");
        default(
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        );
    }
    if client.secure {
        default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// The id a trusted proxy gave the request, or a new one.
fn request_id(client: &Client, headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|id| {
        let id = id.as_bytes();
        client.proxied
            && (1..=64).contains(&id.len())
            && id.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    });
    given.cloned().unwrap_or_else(new_request_id)
}

/// This process by a random number, then this request's number, hashed: it tells nobody how many
/// requests there are, and costs no call of the operating system.
fn new_request_id() -> HeaderValue {
    static PROCESS: LazyLock<(u64, RandomState)> =
        LazyLock::new(|| (Uuid::new_v4().as_u64_pair().0, RandomState::new()));
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let (process, hasher) = &*PROCESS;
    let number = hasher.hash_one(REQUESTS.fetch_add(1, Ordering::Relaxed));
    let id = (u128::from(*process) << 64) | u128::from(number);
    let mut buffer = Uuid::encode_buffer();
    let id = Uuid::from_u128(id).simple().encode_lower(&mut buffer);
    // Hexadecimal digits are always a valid value.
    HeaderValue::from_str(id).unwrap_or_else(|_| HeaderValue::from_static("-"))
}

/// The trace this request belongs to: `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(TRACE_PARENT)?.to_str().ok()?;
    let mut parts = value.split('-');
    let hex = |part: &str, length| {
        part.len() == length
            && part
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let valid = hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace, 32)
        && hex(parent, 16)
        && hex(flags, 2)
        && trace.bytes().any(|b| b != b'0')
        && parent.bytes().any(|b| b != b'0');
    valid.then(|| trace.to_owned())
}

fn route(request: &Request) -> &'static str {
    let Some(matched) = request.extensions().get::<MatchedPath>() else {
        let path = request.uri().path();
        let in_api = path == "/api" || path.starts_with("/api/");
        return if in_api { NOWHERE } else { PAGE };
    };
    let matched = matched.as_str();
    if let Some(route) = ROUTES.iter().find(|route| **route == matched) {
        route
    } else if matched.starts_with("/api/") {
        "/api/docs"
    } else {
        PROXY
    }
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_taken_from_a_well_formed_header_only() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACE_PARENT, HeaderValue::from_str(value).expect("text"));
            trace_id(&headers)
        };
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            of(&format!("00-{trace}-00f067aa0ba902b7-01")).as_deref(),
            Some(trace)
        );
        for bad in [
            String::new(),
            trace.to_owned(),
            format!("00-{trace}-00f067aa0ba902b7"),
            format!("00-{trace}-00f067aa0ba902b7-01-x"),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{trace}-0000000000000000-01"),
        ] {
            assert_eq!(of(&bad), None, "{bad}");
        }
    }
}
