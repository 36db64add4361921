//! The URL space, one file for each group of paths.

mod config;
mod events;
mod health;
mod page;
mod proxy;
mod users;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use tower_http::trace::TraceLayer;

use crate::App;
use crate::error::ApiError;

/// The largest body the API reads, in bytes.
const BODY_MAX: usize = 16 * 1024;

/// Everything this process answers.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/users", axum::routing::post(users::get_or_create))
        .route("/users/me", get(users::me))
        .route("/users/me/events", get(events::events))
        .route(
            "/users/{clerk_id}",
            get(users::get).put(users::put).delete(users::delete),
        )
        .route("/config", get(config::config))
        .fallback(|| async { ApiError::NoRoute })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(DefaultBodyLimit::max(BODY_MAX));
    let mut router = Router::new()
        .nest("/api", api)
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed });
    if let Some(proxy) = &app.config.proxy {
        router = router.nest(&proxy.path, proxy::router(proxy.clone()));
    }
    page::serve(router, &app.config)
        .with_state(app)
        .layer(TraceLayer::new_for_http().make_span_with(span))
}

/// A request's span: its path without the query, which may hold tokens.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}
