//! The URL space: the Frontend API, the Backend API, clerk-js, and the emulator's own pages.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{ACCESS_CONTROL_REQUEST_HEADERS, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tower::ServiceExt;
use tower::util::MapRequestLayer;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tower_http::trace::TraceLayer;

use crate::dashboard;
use crate::emulator::Emulator;
use crate::error::{ClerkError, json_response};
use crate::scope::call::BODY_MAX;

use super::{backend, control, frontend, guard, npm, traffic};

/// Everything the emulator answers.
pub fn router(emulator: Emulator) -> Router {
    let backend = Router::new()
        .nest("/v1", backend::router(&emulator))
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .with_state(emulator.clone());
    let frontend = frontend_api(emulator.clone(), &backend);
    let apis = Router::new()
        .fallback(move |request: Request| {
            let (frontend, backend) = (frontend.clone(), backend.clone());
            async move {
                if !is_for_backend(&request) {
                    return frontend.oneshot(request).await.into_response();
                }
                backend.oneshot(request).await.into_response()
            }
        })
        .layer(from_fn_with_state(emulator.clone(), traffic::watch))
        .layer(compression());
    Router::new()
        .nest("/emulator", control::router(&emulator))
        .merge(dashboard::router().layer(from_fn_with_state(emulator.clone(), guard::dashboard)))
        .fallback_service(apis)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(emulator.clone(), guard::host))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(emulator)
}

/// JSON compressed, as Clerk sends it. The files of clerk-js have their own.
fn compression() -> CompressionLayer<impl Predicate> {
    let is_json = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        let of = headers.get(CONTENT_TYPE);
        of.is_some_and(|it| it.as_bytes().starts_with(b"application/json"))
    };
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::default().and(is_json))
}

/// One port for both: the secret key tells a server.
fn is_for_backend(request: &Request) -> bool {
    request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("Bearer sk_"))
}

fn frontend_api(emulator: Emulator, backend: &Router) -> Router {
    // A page of any origin may call, as at Clerk: the browser's token is what counts. The
    // cookie of production is SameSite=Lax, so that it does not ride on other sites' calls. No
    // page may send a secret key.
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true);
    let sdk = npm::files(emulator.sdk_dir());
    // Somebody without a key may mean the Backend API, which says so.
    let backend = backend.clone();
    let elsewhere = move |request: Request| backend.oneshot(request);
    Router::new()
        .nest("/v1", frontend::router())
        .route("/.well-known/jwks.json", get(jwks))
        .route("/.well-known/openid-configuration", get(openid))
        .fallback(elsewhere.clone())
        .method_not_allowed_fallback(elsewhere)
        .layer(cors)
        .layer(MapRequestLayer::new(without_authorization))
        .nest_service("/npm", sdk)
        .with_state(emulator)
}

/// Takes the header of the secret key out of what a preflight asks leave for: what is allowed is
/// what was asked for.
fn without_authorization(mut request: Request) -> Request {
    let headers = request.headers_mut();
    let Some(asked) = headers.remove(ACCESS_CONTROL_REQUEST_HEADERS) else {
        return request;
    };
    let kept: Vec<&str> = asked
        .to_str()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.eq_ignore_ascii_case(AUTHORIZATION.as_str()))
        .collect();
    if let Ok(kept) = kept.join(", ").parse() {
        headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, kept);
    }
    request
}

/// A request's span: its path without the query, which holds the browser's token.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path())
}

/// `GET /.well-known/jwks.json`
async fn jwks(State(emulator): State<Emulator>) -> Result<Response, ClerkError> {
    let keys = tokio::task::spawn_blocking(move || emulator.keys())
        .await
        .map_err(ClerkError::internal)??;
    Ok(json_response(StatusCode::OK, &json!(keys.jwks())))
}

/// `GET /.well-known/openid-configuration`: how others find the keys. The emulator itself is
/// nobody's OAuth provider: the addresses that Clerk has for that are named, and not there.
async fn openid(State(emulator): State<Emulator>) -> Response {
    let url = emulator.url();
    let shown = json!({
        "issuer": url,
        "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "authorization_endpoint": format!("{url}/oauth/authorize"),
        "token_endpoint": format!("{url}/oauth/token"),
        "revocation_endpoint": format!("{url}/oauth/token/revoke"),
        "introspection_endpoint": format!("{url}/oauth/token_info"),
        "userinfo_endpoint": format!("{url}/oauth/userinfo"),
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "email", "name"],
        "code_challenge_methods_supported": ["S256"],
        "backchannel_logout_supported": false,
        "frontchannel_logout_supported": false,
    });
    json_response(StatusCode::OK, &shown)
}

/// Clerk's own error for what the emulator does not do.
async fn unknown(request: Request) -> Response {
    // The query holds the browser's token.
    let call = format!("{} {}", request.method(), request.uri().path());
    tracing::warn!("not supported by the emulator: {call}");
    ClerkError::new(
        StatusCode::NOT_FOUND,
        "resource_not_found",
        format!("The emulator does not support {call}."),
    )
    .into_response()
}
