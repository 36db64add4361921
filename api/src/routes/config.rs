use axum::Json;
use axum::extract::State;
use shared::PageConfig;

use crate::App;

/// What the page needs before it can load Clerk.
#[utoipa::path(
    get,
    path = "/config",
    tag = "page",
    responses(
        (status = 200, body = PageConfig, example = json!({
            "publishableKey": "pk_test_…", "proxyUrl": null, "jwtTemplate": "convex"
        })),
        (status = 429, response = super::openapi::TooManyRequests),
    )
)]
pub async fn config(State(app): State<App>) -> Json<PageConfig> {
    Json(app.config.page.clone())
}
