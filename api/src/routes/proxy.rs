//! The Frontend-API proxy: passes requests below one path to one upstream
//! (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONNECTION, CONTENT_LENGTH,
    CONTENT_TYPE, COOKIE, HOST, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, ORIGIN, RANGE,
    REFERER, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};

use crate::App;
use crate::client::Client;
use crate::config::ProxyConfig;
use crate::error::ApiError;

/// What of a request is passed on, beside headers that begin with one of [`PASSED_PREFIXES`].
const PASSED: [HeaderName; 15] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    AUTHORIZATION,
    CONTENT_LENGTH,
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

/// What of an answer belongs to one connection only (RFC 9110 § 7.6.1).
const NOT_RETURNED: [HeaderName; 7] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
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
        forward(&app.http, &config, &peer, request).await
    };
    Router::new()
        .route("/{*path}", on(methods, handler))
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
}

async fn forward(
    client: &reqwest::Client,
    config: &ProxyConfig,
    peer: &Client,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let mut url = config.upstream.clone();
    // `nest` took the proxy's own path away. Setting path and query cannot change the host.
    set_path(&mut url, &parts.uri);
    let mut headers = passed(&parts.headers);
    if parts.method != Method::POST {
        headers.remove(CONTENT_LENGTH);
    }
    headers.insert(
        HeaderName::from_static("x-forwarded-for"),
        HeaderValue::from_str(&peer.address.to_string()).map_err(|_| ApiError::BadGateway)?,
    );
    if let Some(secret) = &config.secret_key {
        let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| ApiError::BadGateway)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static("clerk-secret-key"), value);
    }
    if let Some(proxy_url) = public_url(&parts.headers, &config.path) {
        headers.insert(HeaderName::from_static("clerk-proxy-url"), proxy_url);
    }
    let mut onward = client.request(parts.method.clone(), url).headers(headers);
    // Only a POST has a body that counts; the length of another would promise one.
    if parts.method == Method::POST {
        onward = onward.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer = onward.send().await.map_err(|_| ApiError::BadGateway)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = returned(answer.headers());
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}

fn set_path(url: &mut url::Url, uri: &Uri) {
    url.set_path(uri.path());
    url.set_query(uri.query());
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
    copy(headers, |name| !NOT_RETURNED.contains(name))
}

fn copy(headers: &HeaderMap, which: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    headers
        .iter()
        .filter(|(name, _)| which(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// This proxy as browsers name it.
fn public_url(headers: &HeaderMap, path: &str) -> Option<HeaderValue> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let name = host.split(':').next().unwrap_or_default();
    // Only one's own machine is reached without TLS.
    let local = ["localhost", "127.0.0.1"].contains(&name);
    let scheme = if local { "http" } else { "https" };
    HeaderValue::from_str(&format!("{scheme}://{host}{path}")).ok()
}
