use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::error::ApiError;

/// The text is valid in both of Prometheus' formats.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Metrics for Prometheus. No personal data.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    responses(
        (status = 200, description = "Prometheus text, or OpenMetrics when asked for",
            content((String = "text/plain"), (String = "application/openmetrics-text"))),
    )
)]
pub async fn metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let kind = match accepted {
        Some(accepted) if accepted.contains("openmetrics") => OPEN_METRICS,
        _ => TEXT,
    };
    match app.metrics.text(&app) {
        Ok(text) => ([(CONTENT_TYPE, kind)], text).into_response(),
        Err(_) => ApiError::Panicked.into_response(),
    }
}
