//! What a session may do, and how it is carried.

use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clerk_axum::test::{ORIGIN, claims};
use clerk_axum::{Auth, AuthError, Condition, Reverification, Verifier};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::{TRUSTED, app, ask, get_as, get_with, options, read};

/// The app's own claims.
#[derive(Clone, Debug, Deserialize)]
struct Profile {
    email: Option<String>,
}

/// The app's own state.
#[derive(Clone)]
struct State {
    verifier: Verifier<Profile>,
}

impl FromRef<State> for Verifier<Profile> {
    fn from_ref(state: &State) -> Self {
        state.verifier.clone()
    }
}

/// The app's own error.
struct Problem(AuthError);

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0.status(), format!("problem: {}", self.0)).into_response()
    }
}

fn token(more: &Value) -> String {
    let mut all = claims("user_ada");
    let (Some(all_map), Some(more)) = (all.as_object_mut(), more.as_object()) else {
        panic!("objects")
    };
    all_map.extend(more.clone());
    TRUSTED.sign(&all)
}

/// An app that asks for this of a session.
fn asking(condition: Condition) -> Router {
    let verifier: Verifier = TRUSTED.verifier();
    let handler = async move |auth: Auth| auth.require(&condition);
    let handler = move |auth: Auth| {
        let handler = handler.clone();
        async move { handler(auth).await }
    };
    Router::new().route("/", get(handler)).with_state(verifier)
}

#[tokio::test]
async fn the_apps_own_claims_and_error_are_typed() {
    let state = State {
        verifier: TRUSTED.verifier(),
    };
    let email = async |auth: Result<Auth<Profile>, AuthError>| -> Result<String, Problem> {
        Ok(auth?.claims().extra.email.clone().unwrap_or_default())
    };
    let app = Router::new().route("/", get(email)).with_state(state);
    let good = token(&json!({ "email": "ada@example.com" }));
    let answer = read(ask(&app, get_as("/", &good)).await).await;
    assert_eq!(answer, (StatusCode::OK, "ada@example.com".to_owned()));
    let answer = read(ask(&app, get_with("/", &[])).await).await;
    assert_eq!(
        answer,
        (StatusCode::UNAUTHORIZED, "problem: no token".to_owned())
    );
    let other_form = token(&json!({ "email": 1 }));
    let (status, _) = read(ask(&app, get_as("/", &other_form)).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_may_do_what_either_version_of_its_token_says() {
    let version_2 = token(&json!({
        "v": 2, "fea": "o:posts", "pla": "o:pro",
        "o": { "id": "org_1", "rol": "admin", "per": "read,write", "fpm": "1" },
    }));
    let version_1 = token(&json!({
        "v": 1, "org_id": "org_1", "org_role": "org:admin", "org_permissions": ["org:posts:read"],
        "fea": "o:posts", "pla": "o:pro",
    }));
    for token in [version_2, version_1] {
        for (condition, status) in [
            (Condition::new().role("org:admin"), StatusCode::OK),
            (
                Condition::new().permission("org:posts:read"),
                StatusCode::OK,
            ),
            (
                Condition::new().feature("posts").plan("org:pro"),
                StatusCode::OK,
            ),
            (
                Condition::new().permission("org:posts:write"),
                StatusCode::FORBIDDEN,
            ),
            (Condition::new().role("org:member"), StatusCode::FORBIDDEN),
            (Condition::new().plan("user:pro"), StatusCode::FORBIDDEN),
        ] {
            let what = format!("{condition:?}");
            let answer = ask(&asking(condition), get_as("/", &token)).await;
            assert_eq!(answer.status(), status, "{what}");
        }
    }
}

#[tokio::test]
async fn who_was_verified_too_long_ago_is_asked_to_do_it_again() {
    let stale = token(&json!({ "fva": [20, -1], "o": { "id": "org_1", "rol": "admin" } }));
    let fresh = token(&json!({ "fva": [9, -1], "o": { "id": "org_1", "rol": "admin" } }));
    let strict = || Condition::new().reverification(Reverification::Strict);
    for condition in [strict(), strict().role("admin")] {
        let app = asking(condition);
        let (status, body) = read(ask(&app, get_as("/", &stale)).await).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(body["clerk_error"]["reason"], "reverification-error");
        assert_eq!(
            body["clerk_error"]["metadata"]["reverification"],
            json!("strict")
        );
        let answer = ask(&app, get_as("/", &fresh)).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    // It would not help who may not do it anyway.
    let (status, body) =
        read(ask(&asking(strict().role("owner")), get_as("/", &stale)).await).await;
    assert_eq!((status, body.as_str()), (StatusCode::FORBIDDEN, ""));
}

#[tokio::test]
async fn the_session_cookie_counts_when_asked_for_and_from_an_own_page() {
    let cookie = format!("__session={}", TRUSTED.token("user_ada"));
    let own = [("cookie", cookie.as_str()), ("origin", ORIGIN)];
    let others = [
        ("cookie", cookie.as_str()),
        ("origin", "https://evil.example"),
    ];
    let without = app(options().await);
    let answer = ask(&without, get_with("/me", &own)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let with = app(options().await.session_cookie(true));
    let answer = read(ask(&with, get_with("/me", &own)).await).await;
    assert_eq!(answer, (StatusCode::OK, "user_ada".to_owned()));
    let answer = ask(&with, get_with("/me", &others)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_cookie_that_is_not_good_is_none_where_nobody_is_let_in_too() {
    let app = app(options().await.session_cookie(true));
    let good = format!("__session={}", TRUSTED.token("user_ada"));
    let mut expired = claims("user_ada");
    expired["exp"] = json!(1);
    let expired = format!("__session={}", TRUSTED.sign(&expired));
    for headers in [
        [("cookie", expired.as_str()), ("origin", ORIGIN)],
        [
            ("cookie", good.as_str()),
            ("origin", "https://evil.example"),
        ],
    ] {
        let answer = read(ask(&app, get_with("/", &headers)).await).await;
        assert_eq!(answer, (StatusCode::OK, "nobody".to_owned()));
    }
}
