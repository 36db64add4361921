//! The API's description, against the API.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::world::{Kind, World, expect, send, token};

async fn document(world: &World) -> Value {
    expect(
        world.request(Method::GET, "/api/openapi.json"),
        StatusCode::OK,
    )
    .await
}

const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

#[tokio::test]
async fn it_names_every_route_and_no_other() {
    let world = World::new(Kind::Sqlite).await;
    let document = document(&world).await;
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    let named: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(
        named,
        BTreeSet::from([
            "/api/config",
            "/api/live",
            "/api/users",
            "/api/users/me",
            "/api/users/me/events",
            "/api/users/{clerkId}",
            "/api/webhooks/clerk",
            "/api/writes/{key}",
            "/healthz",
            "/metrics",
            "/readyz",
        ])
    );
    for (path, operations) in paths {
        for method in METHODS {
            let request = world
                .request(
                    method.to_uppercase().parse().expect("a method"),
                    &path.replace("{clerkId}", "user_ada"),
                )
                .bearer_auth(token("user_ada"));
            let status = request.send().await.expect("an answer").status();
            // GET answers HEAD, too (RFC 9110 § 9.3.2).
            let documented = if method == "head" { "get" } else { method };
            let exists = operations.get(documented).is_some();
            assert_eq!(
                status != StatusCode::METHOD_NOT_ALLOWED,
                exists,
                "{method} {path}: {status}"
            );
        }
    }
}

#[tokio::test]
async fn every_operation_says_what_it_answers_and_who_may_ask() {
    let world = World::new(Kind::Sqlite).await;
    let document = document(&world).await;
    let scheme = &document["components"]["securitySchemes"]["sessionToken"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&"http".into(), &"bearer".into())
    );
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let what = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{what}");
            let responses = operation["responses"].as_object().expect("responses");
            assert_eq!(
                responses.contains_key("429"),
                path.starts_with("/api"),
                "{what}"
            );
            let public = ["/api/config", "/api/webhooks/clerk"].contains(&path.as_str());
            let secured = path.starts_with("/api") && !public;
            assert_eq!(operation["security"].is_array(), secured, "{what}");
            assert_eq!(responses.contains_key("401"), secured, "{what}");
        }
    }
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().expect("its end");
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    // Every problem has an example.
    for (name, response) in document["components"]["responses"]
        .as_object()
        .expect("some")
    {
        let example = &response["content"]["application/problem+json"]["example"];
        assert!(example["detail"].is_string(), "{name}");
    }
}

#[tokio::test]
async fn the_page_to_try_it_is_served_by_ourselves() {
    let world = World::new(Kind::Sqlite).await;
    let page = send(world.request(Method::GET, "/api/docs/"), StatusCode::OK).await;
    let html = page.text().await.expect("a page");
    assert!(
        !html.contains("http://") && !html.contains("https://"),
        "{html}"
    );
    for part in html.split("src=\"").skip(1) {
        let file = part
            .split('"')
            .next()
            .expect("its end")
            .trim_start_matches("./");
        send(
            world.request(Method::GET, &format!("/api/docs/{file}")),
            StatusCode::OK,
        )
        .await;
    }
    let redirect = world.request(Method::GET, "/api/docs");
    send(redirect, StatusCode::OK).await;
}
