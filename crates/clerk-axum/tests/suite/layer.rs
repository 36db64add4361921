//! A layer before a whole router.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use clerk_axum::test::claims;
use clerk_axum::{Auth, AuthLayer, Condition};
use serde_json::json;

use crate::world::{TRUSTED, ask, get_as, get_with, read};

fn behind(layer: AuthLayer) -> Router {
    let who = async |auth: Option<Extension<Auth>>| {
        auth.map_or("nobody".to_owned(), |auth| auth.user_id().to_owned())
    };
    Router::new().route("/", get(who)).layer(layer)
}

fn layer() -> AuthLayer {
    AuthLayer::new(TRUSTED.verifier())
}

#[tokio::test]
async fn who_has_a_good_token_is_handed_on() {
    let app = behind(layer());
    let answer = read(ask(&app, get_as("/", &TRUSTED.token("user_ada"))).await).await;
    assert_eq!(answer, (StatusCode::OK, "user_ada".to_owned()));
    for request in [get_with("/", &[]), get_as("/", "hello")] {
        let refused = ask(&app, request).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_condition_holds_for_all_of_it() {
    let app = behind(layer().require(Condition::new().role("org:admin")));
    let refused = ask(&app, get_as("/", &TRUSTED.token("user_ada"))).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let mut admin = claims("user_ada");
    admin["o"] = json!({ "id": "org_1", "rol": "admin" });
    let answer = ask(&app, get_as("/", &TRUSTED.sign(&admin))).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_optional_layer_lets_in_who_has_no_token_and_nobody_with_a_bad_one() {
    let app = behind(layer().optional());
    let answer = read(ask(&app, get_with("/", &[])).await).await;
    assert_eq!(answer, (StatusCode::OK, "nobody".to_owned()));
    let answer = read(ask(&app, get_as("/", &TRUSTED.token("user_ada"))).await).await;
    assert_eq!(answer, (StatusCode::OK, "user_ada".to_owned()));
    let refused = ask(&app, get_as("/", "hello")).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_app_refuses_in_its_own_way() {
    let refuse =
        |error: clerk_axum::AuthError| (StatusCode::IM_A_TEAPOT, error.to_string()).into_response();
    let app = behind(layer().refuse_with(refuse));
    let answer = read(ask(&app, get_with("/", &[])).await).await;
    assert_eq!(answer, (StatusCode::IM_A_TEAPOT, "no token".to_owned()));
}
