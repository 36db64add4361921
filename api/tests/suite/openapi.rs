//! The API's description, against the API.

use std::collections::BTreeSet;

use live::{Mutation, Query};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use shared::endpoints::{self, ClerkId};

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
async fn the_page_calls_what_there_is_with_the_types_that_it_has() {
    let world = World::new(Kind::Sqlite).await;
    let document = document(&world).await;
    let ada = ClerkId {
        clerk_id: "user_ada".to_owned(),
    };
    let mut named = BTreeSet::new();
    let mut has = |method: &str, template: &str, path: &str, types: [&str; 2]| {
        let what = format!("{method} {template}");
        let operation = &document["paths"][template][method];
        assert!(operation.is_object(), "{what}");
        assert_eq!(types_of(operation), types, "{what}");
        // The braces are filled with what the parameters say.
        assert_eq!(path, template.replace("{clerkId}", "user_ada"), "{what}");
        named.insert(what);
    };
    query(endpoints::ME, &(), &mut has);
    query(endpoints::GET, &ada, &mut has);
    mutation(endpoints::GET_OR_CREATE, &(), &mut has);
    mutation(endpoints::PUT, &ada, &mut has);
    mutation(endpoints::DELETE, &ada, &mut has);
    // And there is no other about a row, but for the stream in the words of old.
    let mut all = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        if path.starts_with("/api/users") && path != "/api/users/me/events" {
            let methods = operations.as_object().expect("operations").keys();
            all.extend(methods.map(|method| format!("{method} {path}")));
        }
    }
    assert_eq!(named, all);
}

/// The method, the template, a path and the names of the types that go in and come out.
type Has<'a> = &'a mut dyn FnMut(&str, &str, &str, [&str; 2]);

fn query<P: Serialize, O>(endpoint: Query<P, O>, params: &P, has: Has<'_>) {
    let path = endpoint.path(params);
    has("get", endpoint.template(), &path, ["()", name::<O>()]);
}

fn mutation<P: Serialize, I, O>(endpoint: Mutation<P, I, O>, params: &P, has: Has<'_>) {
    let (method, path) = (endpoint.method().as_str(), endpoint.path(params));
    let types = [name::<I>(), name::<O>()];
    has(&method.to_lowercase(), endpoint.template(), &path, types);
}

/// The type's own name, by which its schema goes.
fn name<T>() -> &'static str {
    std::any::type_name::<T>().rsplit("::").next().expect("one")
}

/// The names of the schemas of an operation's body and of its answers that are a success.
fn types_of(operation: &Value) -> [&str; 2] {
    fn schema(of: &Value) -> &str {
        let schema = &of["content"]["application/json"]["schema"]["$ref"];
        let name = schema.as_str().and_then(|it| it.rsplit('/').next());
        name.unwrap_or("()")
    }
    let answers = operation["responses"].as_object().expect("responses");
    let answers = answers.iter().filter(|(status, _)| status.starts_with('2'));
    let answers: BTreeSet<_> = answers.map(|(_, answer)| schema(answer)).collect();
    assert_eq!(answers.len(), 1, "{operation}");
    [
        schema(&operation["requestBody"]),
        answers.first().expect("one"),
    ]
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
