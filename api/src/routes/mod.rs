//! The URL space, one file for each group of paths.

mod body;
mod config;
mod events;
mod health;
mod live;
mod metrics;
mod observe;
mod openapi;
mod page;
mod users;
mod webhooks;
mod writes;

pub use health::Readiness;
pub use page::Hints;

use std::time::Duration;

use axum::Router;
use axum::http::Method;
use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LOCATION,
    RETRY_AFTER,
};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use clerk_axum::proxy::FrontendApiProxy;
use tower_http::cors::CorsLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::client::Client;
use crate::error::ApiError;

/// How long a browser may remember what CORS allows.
const CORS_MAX_AGE: Duration = Duration::from_hours(1);

/// The API's own paths.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::Description::openapi()).nest(
        "/api",
        OpenApiRouter::new()
            .routes(routes!(users::get_or_create))
            .routes(routes!(users::me))
            .routes(routes!(events::events))
            .routes(routes!(users::get, users::put, users::delete))
            .routes(routes!(live::live))
            .routes(routes!(writes::written))
            .routes(routes!(webhooks::clerk))
            .routes(routes!(config::config))
            .fallback(|| async { ApiError::NoRoute }),
    )
}

/// What live queries may watch: the API, past the limits on requests from outside.
pub fn watchable(app: &App) -> Router {
    Router::from(api()).with_state(app.clone())
}

/// Everything this process answers.
pub fn router(app: App, proxy: Option<FrontendApiProxy>, hints: Option<Hints>) -> Router {
    let operations = OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics));
    let (api, mut document) = api().split_for_parts();
    let (operations, described) = operations.split_for_parts();
    document.merge(described);
    let mut api = api.method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed });
    if let Some(cors) = cors(&app.config.cors_origins) {
        api = api.layer(cors);
    }
    let others = operations
        .merge(openapi::docs(document))
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed });
    let mut router = api.merge(others);
    if let Some(proxy) = proxy {
        let proxy = proxy
            .bodies(app.bodies.clone())
            .exchanges(app.exchanges.clone())
            .client_address(|extensions| extensions.get().map(|client: &Client| client.address))
            .refuse_with(|error| ApiError::from(error).into_response());
        router = router.nest(proxy.path(), proxy.router());
    }
    page::serve(router, &app.config, hints)
        .layer(from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

/// Lets scripts of these origins call the API; none when there are no such origins.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|it| it.parse().ok()).collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_MATCH,
                IF_NONE_MATCH,
                HeaderName::from_static("last-event-id"),
                live_axum::IDEMPOTENCY_KEY,
                observe::TRACE_PARENT,
            ])
            .expose_headers([ETAG, LOCATION, RETRY_AFTER, observe::REQUEST_ID])
            .max_age(CORS_MAX_AGE)
    })
}
