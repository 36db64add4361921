use axum::Json;
use axum::extract::State;
use shared::PageConfig;

use crate::App;

/// `GET /api/config`: what the page needs before it can load Clerk.
pub async fn config(State(app): State<App>) -> Json<PageConfig> {
    Json(app.config.page.clone())
}
