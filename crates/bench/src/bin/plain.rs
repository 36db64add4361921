//! axum done plainly: a middleware that verifies each token, a query for each request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Json, Router};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use shared::User;

mod users {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        #[sea_orm(unique)]
        pub clerk_id: String,
        pub email: String,
        pub name: String,
        pub created_at: i64,
        pub updated_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone)]
struct App {
    db: DatabaseConnection,
    key: Arc<DecodingKey>,
    validation: Arc<Validation>,
}

#[derive(Clone, Deserialize)]
struct Claims {
    sub: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let key = DecodingKey::from_rsa_pem(std::env::var("CLERK_JWT_KEY")?.as_bytes())?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[bench::issuer::ISSUER]);
    let app = App {
        db: sea_orm::Database::connect(std::env::var("DATABASE_URL")?).await?,
        key: Arc::new(key),
        validation: Arc::new(validation),
    };
    let router = Router::new()
        .route("/api/users/me", get(me))
        .layer(from_fn_with_state(app.clone(), authenticate))
        .route("/readyz", get(async || "ready"))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN_ADDR")?).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn authenticate(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let header = request.headers().get(AUTHORIZATION);
    let token = header
        .and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or(StatusCode::UNAUTHORIZED)?;
    let claims = decode::<Claims>(token, &app.key, &app.validation)
        .map_err(|_| StatusCode::UNAUTHORIZED)?
        .claims;
    request.extensions_mut().insert(claims);
    Ok(next.run(request).await)
}

async fn me(
    State(app): State<App>,
    Extension(claims): Extension<Claims>,
) -> Result<Json<User>, StatusCode> {
    let row = users::Entity::find()
        .filter(users::Column::ClerkId.eq(claims.sub))
        .one(&app.db)
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?
        .ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(User {
        id: row.id,
        clerk_id: row.clerk_id,
        email: row.email,
        name: row.name,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }))
}
