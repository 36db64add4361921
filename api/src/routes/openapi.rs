//! The API's own description: `/api/openapi.json`, and `/api/docs` to try it.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::map_response;
use axum::response::Response;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToResponse};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::App;

/// What the document says beside the paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Users",
        description = "One row for each person who signed up with Clerk, live. \
            JSON in camelCase; times are milliseconds since the Unix epoch. \
            Every request to `/api/users…`, `/api/live` and `/api/writes…` needs a Clerk session token. You can only read and change \
            your own row. A GET with `x-watchable` can be watched through `/api/live`.",
        license(name = "MIT"),
    ),
    tags(
        (name = "users", description = "Your row"),
        (name = "live", description = "Live queries"),
        (name = "webhooks", description = "Clerk webhooks"),
        (name = "page", description = "What the page needs"),
        (name = "operations", description = "Health and metrics"),
    ),
    components(
        schemas(shared::Problem, shared::User, shared::PutUser),
        responses(
            BadRequest, Unauthorized, Forbidden, NotFound, RequestTimeout, Gone,
            PreconditionFailed, PayloadTooLarge, UnsupportedMediaType, Unprocessable,
            TooManyRequests, Unavailable
        )
    ),
    modifiers(&SessionToken),
)]
pub struct Description;

struct SessionToken;

impl Modify for SessionToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("A Clerk session token, as returned by `getToken()`; it lives 60 s. With the emulator, \
                 `POST /emulator/sign_in` returns one, and `EMULATOR_TOKEN_LIFETIME` sets its lifetime."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("sessionToken", SecurityScheme::Http(scheme));
    }
}

macro_rules! problems {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal $title:literal $detail:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(ToResponse)]
        #[response(
            description = concat!($($doc),+),
            content_type = "application/problem+json",
            example = json!({
                "type": "about:blank", "title": $title, "status": $status, "detail": $detail
            })
        )]
        #[allow(dead_code)]
        pub struct $name(shared::Problem);
    )+};
}

problems! {
    /// The request cannot be read.
    BadRequest = 400 "Bad Request" "The body must be a JSON object of strings.";
    /// There is no valid session token; see `WWW-Authenticate` (RFC 6750).
    Unauthorized = 401 "Unauthorized" "The token is not valid or has expired. Get a fresh one.";
    /// The row is not yours, whether it exists or not.
    Forbidden = 403 "Forbidden" "You can only see and change your own row.";
    /// You have no row yet.
    NotFound = 404 "Not Found" "You have no row yet. POST /api/users creates it.";
    /// The body did not arrive in time.
    RequestTimeout = 408 "Request Timeout" "The body did not arrive in time.";
    /// Your account was deleted for good.
    Gone = 410 "Gone" "This account was deleted.";
    /// The row's version is not the one in `If-Match`.
    PreconditionFailed = 412 "Precondition Failed" "The row is not as If-Match or If-None-Match require. Read it again.";
    /// The body is too large.
    PayloadTooLarge = 413 "Payload Too Large" "The body is too large.";
    /// The body is not declared as JSON.
    UnsupportedMediaType = 415 "Unsupported Media Type" "Send the body as Content-Type: application/json.";
    /// Some fields are invalid; `errors` names each.
    Unprocessable = 422 "Unprocessable Entity" "Some fields are not valid.";
    /// Too many requests; `Retry-After` says how long to wait.
    TooManyRequests = 429 "Too Many Requests" "Too many requests. Wait before the next one.";
    /// The database or the keys are unavailable; `Retry-After` says how long to wait.
    Unavailable = 503 "Service Unavailable" "The service is temporarily unavailable. Try again shortly.";
}

/// Swagger UI from this binary, no script from elsewhere. Its styles are inline.
pub fn docs(document: utoipa::openapi::OpenApi) -> Router<App> {
    let ui = SwaggerUi::new("/api/docs")
        .url("/api/openapi.json", document)
        .config(Config::default().try_it_out_enabled(true).use_base_layout());
    Router::from(ui).layer(map_response(async |mut response: Response| {
        response.headers_mut().insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                 img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; \
                 base-uri 'none'; form-action 'none'",
            ),
        );
        response
    }))
}
