//! What is not about users: configuration, health, errors, the page.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::world::{Kind, World, expect, send};

#[tokio::test]
async fn the_page_is_told_what_it_needs() {
    let world = World::new(Kind::Sqlite).await;
    let config = expect(world.request(Method::GET, "/api/config"), StatusCode::OK).await;
    assert_eq!(
        config,
        json!({
            "publishableKey": "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
            "proxyUrl": null,
            "jwtTemplate": null,
        })
    );
}

#[tokio::test]
async fn every_error_is_a_problem_document() {
    let world = World::new(Kind::Sqlite).await;
    let cases = [
        (Method::GET, "/api/nothing", StatusCode::NOT_FOUND),
        (Method::PATCH, "/api/users", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/api/config", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/api/users/me", StatusCode::UNAUTHORIZED),
        (Method::GET, "/", StatusCode::NOT_FOUND),
    ];
    for (method, path, status) in cases {
        let answer = send(world.request(method, path), status).await;
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        let problem: shared::Problem = answer.json().await.expect("a problem");
        assert_eq!(problem.status, status.as_u16());
        assert!(!problem.title.is_empty() && !problem.detail.is_empty());
    }
}

#[tokio::test]
async fn it_is_alive_and_ready() {
    let world = World::new(Kind::Sqlite).await;
    send(world.request(Method::GET, "/healthz"), StatusCode::OK).await;
    send(world.request(Method::GET, "/readyz"), StatusCode::OK).await;
}
