//! The Frontend-API proxy: passes requests below one path to one upstream
//! (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONNECTION, CONTENT_TYPE, COOKIE,
    HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, ORIGIN, PROXY_AUTHENTICATE, RANGE, REFERER, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use futures_util::Stream;
use futures_util::stream::try_unfold;

use super::body;
use crate::App;
use crate::client::Client;
use crate::config::ProxyConfig;
use crate::error::ApiError;
use crate::host::{FORWARDED_HOST, without_scheme};

mod paths;

/// The largest request, in bytes: a picture of 10 MB, as Clerk takes it, and its form.
const REQUEST_MAX: usize = 11 * 1024 * 1024;
/// How long a client may take to send one.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// The largest answer, in bytes: many times the largest of Clerk's scripts.
const ANSWER_MAX: u64 = 32 * 1024 * 1024;
/// How long the upstream may take for a whole answer, and the client to read it.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// What of a request is passed on, beside headers that begin with one of [`PASSED_PREFIXES`].
const PASSED: [HeaderName; 14] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    AUTHORIZATION,
    CONTENT_TYPE,
    COOKIE,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    ORIGIN,
    RANGE,
    REFERER,
    USER_AGENT,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];
/// What browsers and clerk-js say of themselves.
const PASSED_PREFIXES: [&str; 2] = ["sec-", "x-clerk-"];

/// What belongs to one connection only, beside what `Connection` names (RFC 9110 § 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// The proxy, to be nested below its path.
pub fn router(config: ProxyConfig) -> Router<App> {
    // The only methods clerk-js sends.
    let methods = MethodFilter::GET.or(MethodFilter::POST);
    let handler = move |State(app): State<App>,
                        Extension(peer): Extension<Client>,
                        request: Request| async move {
        forward(&app, &config, &peer, request).await
    };
    Router::new()
        .route("/{*path}", on(methods, handler))
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
}

async fn forward(
    app: &App,
    config: &ProxyConfig,
    peer: &Client,
    request: Request,
) -> Result<Response, ApiError> {
    // `nest` took the proxy's own path away.
    let url = paths::onward(&config.upstream, request.uri()).ok_or(ApiError::NoRoute)?;
    let mut headers = passed(request.headers());
    // A secret key opens the Backend API, which is not here.
    if headers.get_all(AUTHORIZATION).iter().any(has_secret_key) {
        return Err(ApiError::NoRoute);
    }
    introduce(app, config, peer, request.headers(), &mut headers)?;
    let method = request.method().clone();
    // Only a POST has a body that counts. It is read before the upstream is asked, which need
    // not wait for the client then.
    let (body, share) = if method == Method::POST {
        let body = body::read(app, request, REQUEST_MAX, REQUEST_TIMEOUT).await?;
        let (bytes, share) = body.into_parts();
        (Some(bytes), Some(share))
    } else {
        (None, None)
    };
    let exchange = app.exchanges.take(Some(peer.network()), 1);
    let exchange = exchange.ok_or(ApiError::Busy("exchanges with the Frontend API"))?;
    let mut onward = app.http.request(method, url).headers(headers);
    if let Some(body) = body {
        onward = onward.body(body);
    }
    let answer = onward.timeout(ANSWER_TIMEOUT).send().await;
    let answer = answer.map_err(|_| ApiError::BadGateway)?;
    drop(share);
    if answer.content_length().is_some_and(|it| it > ANSWER_MAX) {
        return Err(ApiError::BadGateway);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = returned(answer.headers());
    *response.body_mut() = Body::from_stream(bounded(answer, exchange));
    Ok(response)
}

/// The answer's body, broken off when it is larger than any; `held` is kept until it ends.
fn bounded<T>(answer: reqwest::Response, held: T) -> impl Stream<Item = std::io::Result<Bytes>> {
    try_unfold(
        (answer, held, ANSWER_MAX),
        async |(mut answer, held, left)| {
            let chunk = answer.chunk().await.map_err(std::io::Error::other)?;
            let Some(chunk) = chunk else {
                return Ok(None);
            };
            let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            let left = left
                .checked_sub(length)
                .ok_or_else(|| std::io::Error::other("the answer is too large"))?;
            Ok(Some((chunk, (answer, held, left))))
        },
    )
}

/// Says who asks, and through which proxy. Nothing of it comes from the client but its address.
fn introduce(
    app: &App,
    config: &ProxyConfig,
    peer: &Client,
    asked: &HeaderMap,
    headers: &mut HeaderMap,
) -> Result<(), ApiError> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| ApiError::BadGateway);
    headers.insert(
        HeaderName::from_static("x-forwarded-for"),
        value(&peer.address.to_string())?,
    );
    if let Some(secret) = &config.secret_key {
        let mut secret = value(secret.expose())?;
        secret.set_sensitive(true);
        headers.insert(HeaderName::from_static("clerk-secret-key"), secret);
    }
    if let Some(origin) = app.hosts.origin(asked) {
        headers.insert(
            HeaderName::from_static("clerk-proxy-url"),
            value(&format!("{origin}{}", config.path))?,
        );
        headers.insert(FORWARDED_HOST, value(without_scheme(origin))?);
    }
    Ok(())
}

/// Whether the header holds one of Clerk's secret keys, however it is written.
fn has_secret_key(authorization: &HeaderValue) -> bool {
    authorization
        .as_bytes()
        .split(|byte| !byte.is_ascii_graphic() || b",\"".contains(byte))
        .any(|word| word.len() >= 3 && word[..3].eq_ignore_ascii_case(b"sk_"))
}

fn passed(headers: &HeaderMap) -> HeaderMap {
    let allowed = |name: &HeaderName| {
        PASSED.contains(name)
            || PASSED_PREFIXES
                .iter()
                .any(|prefix| name.as_str().starts_with(prefix))
    };
    copy(headers, allowed)
}

fn returned(headers: &HeaderMap) -> HeaderMap {
    copy(headers, |_| true)
}

/// Those of these headers that are wanted and are not the connection's own.
fn copy(headers: &HeaderMap, wanted: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let of_the_connection = |name: &HeaderName| {
        OF_THE_CONNECTION.contains(name)
            || headers
                .get_all(CONNECTION)
                .iter()
                .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
                .any(|named| {
                    named
                        .trim_ascii()
                        .eq_ignore_ascii_case(name.as_str().as_bytes())
                })
    };
    headers
        .iter()
        .filter(|(name, _)| wanted(name) && !of_the_connection(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_is_seen_however_it_is_written() {
        for value in [
            "Bearer sk_test_a",
            "bearer sk_live_a",
            "Bearer  \tsk_test_a",
            "sk_test_a",
            "SK_TEST_A",
            "Bearer a, Bearer sk_test_a",
            "Bearer \"sk_test_a\"",
        ] {
            assert!(has_secret_key(&HeaderValue::from_static(value)), "{value}");
        }
        for value in [
            "Bearer eyJ.ask_a.sk_a",
            "Basic c2tfdGVzdA==",
            "Bearer ak_sk_1",
            "",
        ] {
            assert!(!has_secret_key(&HeaderValue::from_static(value)), "{value}");
        }
    }

    #[test]
    fn what_connection_names_stays_with_the_connection() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Clerk-One"),
            ("connection", "cookie"),
            ("x-clerk-one", "1"),
            ("x-clerk-two", "2"),
            ("cookie", "a=b"),
            ("keep-alive", "timeout=5"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        for copied in [passed(&headers), returned(&headers)] {
            let names: Vec<_> = copied.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["x-clerk-two"]);
        }
    }
}
