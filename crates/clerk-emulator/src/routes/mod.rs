//! The URL space of the Frontend API, one file for each resource.

mod client;
mod email_addresses;
mod me;
mod npm;
mod sessions;
mod sign_ins;
mod sign_ups;

use axum::extract::{Request, State};
use axum::routing::{delete, get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tower_http::trace::TraceLayer;

use crate::Emulator;
use crate::environment::environment;
use crate::error::ClerkError;
use crate::model::Client;
use crate::view::View;

type Answer = Result<Json<Value>, ClerkError>;

/// Everything the emulator answers.
pub fn router(emulator: Emulator) -> Router {
    let v1 = Router::new()
        .route("/dev_browser", post(client::dev_browser))
        .route(
            "/environment",
            get(show_environment).patch(show_environment),
        )
        .route("/client", get(client::show))
        .route("/client/sessions", delete(client::remove_sessions))
        .route("/client/sessions/{id}/touch", post(sessions::touch))
        .route("/client/sessions/{id}/end", post(sessions::end))
        .route("/client/sessions/{id}/remove", post(sessions::remove))
        .route("/client/sessions/{id}/tokens", post(sessions::token))
        .route(
            "/client/sessions/{id}/tokens/{template}",
            post(sessions::template_token),
        )
        .route("/client/sign_ups", post(sign_ups::create))
        .route(
            "/client/sign_ups/{id}",
            get(sign_ups::show).patch(sign_ups::update),
        )
        .route(
            "/client/sign_ups/{id}/prepare_verification",
            post(sign_ups::prepare),
        )
        .route(
            "/client/sign_ups/{id}/attempt_verification",
            post(sign_ups::attempt),
        )
        .route("/client/sign_ins", post(sign_ins::create))
        .route("/client/sign_ins/{id}", get(sign_ins::show))
        .route(
            "/client/sign_ins/{id}/prepare_first_factor",
            post(sign_ins::prepare),
        )
        .route(
            "/client/sign_ins/{id}/attempt_first_factor",
            post(sign_ins::attempt),
        )
        .route("/me", patch(me::update).get(me::show))
        .route("/me/change_password", post(me::change_password))
        .route("/me/email_addresses", post(email_addresses::create))
        .route("/me/email_addresses/{id}", delete(email_addresses::remove))
        .route(
            "/me/email_addresses/{id}/prepare_verification",
            post(email_addresses::prepare),
        )
        .route(
            "/me/email_addresses/{id}/attempt_verification",
            post(email_addresses::attempt),
        )
        .route("/me/sessions/active", get(me::active_sessions));
    // A page of any origin may call, as at Clerk: no cookie counts, only the browser's token.
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true);
    Router::new()
        .nest("/v1", v1)
        .route("/.well-known/jwks.json", get(jwks))
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(cors)
        .nest_service("/npm", npm::files(&emulator.sdk_dir))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(emulator)
}

/// A request's span: its path without the query, which holds the browser's token.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path())
}

/// `GET|PATCH /v1/environment`
async fn show_environment() -> Json<Value> {
    Json(environment())
}

/// `GET /.well-known/jwks.json`
async fn jwks(State(emulator): State<Emulator>) -> Json<Value> {
    Json(json!(emulator.keys.jwks()))
}

async fn unknown(request: Request) -> ClerkError {
    // The query holds the browser's token.
    let call = format!("{} {}", request.method(), request.uri().path());
    tracing::warn!("not supported by the emulator: {call}");
    ClerkError::new(
        axum::http::StatusCode::NOT_FOUND,
        "resource_not_found",
        format!("The emulator does not support {call}."),
    )
}

/// An answer with the whole client riding along, by which clerk-js replaces its state.
fn answer(view: &View<'_>, response: &Value, client: &Client) -> Answer {
    Ok(Json(
        json!({ "response": response, "client": view.client(client)? }),
    ))
}
