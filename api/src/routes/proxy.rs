//! The Frontend-API proxy: passes requests below one path to one upstream
//! (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::Response;
use axum::routing::{MethodFilter, on};

use crate::App;
use crate::config::ProxyConfig;
use crate::error::ApiError;

/// Headers that belong to one connection (RFC 9110 § 7.6.1), the body's framing and the host.
const NOT_FORWARDED: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HOST,
];

/// The proxy, to be nested below its path.
pub fn router(config: ProxyConfig) -> Router<App> {
    // The only methods clerk-js sends.
    let methods = MethodFilter::GET.or(MethodFilter::POST);
    let handler =
        move |State(app): State<App>,
              ConnectInfo(peer): ConnectInfo<SocketAddr>,
              request: Request| async move { forward(&app.http, &config, peer, request).await };
    Router::new()
        .route("/{*path}", on(methods, handler))
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
}

async fn forward(
    client: &reqwest::Client,
    config: &ProxyConfig,
    peer: SocketAddr,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let mut url = config.upstream.clone();
    // `nest` took the proxy's own path away. Setting path and query cannot change the host.
    set_path(&mut url, &parts.uri);
    let mut headers = forwarded(&parts.headers);
    if parts.method != Method::POST {
        headers.remove(CONTENT_LENGTH);
    }
    headers.insert(
        HeaderName::from_static("x-forwarded-for"),
        HeaderValue::from_str(&peer.ip().to_string()).map_err(|_| ApiError::BadGateway)?,
    );
    if let Some(secret) = &config.secret_key {
        let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| ApiError::BadGateway)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static("clerk-secret-key"), value);
        if let Some(proxy_url) = public_url(&parts.headers, &config.path) {
            headers.insert(HeaderName::from_static("clerk-proxy-url"), proxy_url);
        }
    }
    let mut onward = client.request(parts.method.clone(), url).headers(headers);
    // Only a POST has a body that counts; the length of another would promise one.
    if parts.method == Method::POST {
        onward = onward.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer = onward.send().await.map_err(|_| ApiError::BadGateway)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = forwarded(answer.headers());
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}

fn set_path(url: &mut url::Url, uri: &Uri) {
    url.set_path(uri.path());
    url.set_query(uri.query());
}

fn forwarded(headers: &HeaderMap) -> HeaderMap {
    headers
        .iter()
        .filter(|(name, _)| !NOT_FORWARDED.contains(name) && **name != "clerk-secret-key")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// This proxy as browsers name it.
fn public_url(headers: &HeaderMap, path: &str) -> Option<HeaderValue> {
    let host = headers.get(HOST)?.to_str().ok()?;
    HeaderValue::from_str(&format!("https://{host}{path}")).ok()
}
