//! What is refused, and how it says so.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, Browser, PAGE, PASSWORD, World, code_of, id, read};

#[tokio::test]
async fn phones_and_wallets_are_refused_by_name_and_not_dropped() {
    let world = World::new().await;
    let body = json!({ "email_address": ["ada@example.com"], "password": PASSWORD });
    let ada = id(&world.server(Method::POST, "/users", body.clone()).await);
    let path = format!("/users/{ada}");
    for (method, path, name, value) in [
        (
            Method::POST,
            "/users",
            "phone_number",
            json!(["+15555550100"]),
        ),
        (Method::POST, "/users", "web3_wallet", json!(["0x1"])),
        (
            Method::PATCH,
            path.as_str(),
            "primary_phone_number_id",
            json!("idn_1"),
        ),
        (
            Method::PATCH,
            path.as_str(),
            "primary_web3_wallet_id",
            json!("idn_1"),
        ),
    ] {
        let mut body = json!({ "email_address": ["bob@example.com"], "password": PASSWORD });
        body[name] = value;
        let (status, answer) = world.backend(method, path, body).await;
        assert_eq!(
            (status, code_of(&answer)),
            (422, "form_param_unknown"),
            "{name}: {answer}"
        );
        assert_eq!(answer["errors"][0]["meta"]["param_name"], name);
    }
    let count = world.server(Method::GET, "/users/count", Value::Null).await;
    assert_eq!(count["total_count"], 1, "nobody was made without the phone");

    let browser = world.browser().await;
    let phone = [("phone_number", "+15555550100")];
    for (method, path) in [
        (Method::POST, "/client/sign_ups"),
        (Method::POST, "/client/sign_ins"),
        (Method::PATCH, "/me"),
    ] {
        browser
            .refused(method, path, &phone, "form_param_unknown")
            .await;
    }
    // Given as empty, nothing is asked.
    let mut body = json!({ "email_address": ["bob@example.com"], "password": PASSWORD });
    body["phone_number"] = json!([]);
    world.server(Method::POST, "/users", body).await;
}

#[tokio::test]
async fn a_page_with_another_instances_key_is_told_the_right_one() {
    let world = World::new().await;
    // With a key of another kind clerk-js does not ask for a dev-browser token.
    let asked = format!("{}/v1/client?__clerk_api_version=2025-11-10", world.url());
    let answer = world.http.get(asked).header("Origin", PAGE).send().await;
    let (status, body) = read(answer.expect("an answer")).await;
    assert_eq!((status, code_of(&body)), (400, "publishable_key_invalid"));
    let key = world.emulator.publishable_key();
    assert!(body.to_string().contains(&key), "{body}");

    // An unknown token is another thing: clerk-js gets a new one then.
    let forgotten = Browser::with(&world, "dvb_forgotten");
    let get = Method::GET;
    forgotten
        .refused(get, "/client", &[], "dev_browser_unauthenticated")
        .await;

    // A page with a development key where the instance plays production.
    let production = json!({ "instance": "production" });
    world.control(Method::PATCH, "/settings", production).await;
    let asked = format!("{}/v1/dev_browser", world.url());
    let answer = world.http.post(asked).header("Origin", PAGE).send().await;
    let (status, body) = read(answer.expect("an answer")).await;
    assert_eq!((status, code_of(&body)), (400, "publishable_key_invalid"));
    assert!(body.to_string().contains("pk_live_"), "{body}");
}

#[tokio::test]
async fn a_server_without_a_key_is_told_that_it_needs_one() {
    let world = World::new().await;
    for (method, path) in [
        (Method::GET, "/users"),
        (Method::GET, "/users/user_1"),
        (Method::GET, "/organizations"),
        (Method::POST, "/invitations/bulk"),
    ] {
        let url = format!("{}/v1{path}", world.url());
        let answer = world.http.request(method.clone(), url).send().await;
        let (status, body) = read(answer.expect("an answer")).await;
        assert_eq!(
            (status, code_of(&body)),
            (401, "authentication_invalid"),
            "{method} {path}: {body}"
        );
    }
    let url = format!("{}/v1/nothing_of_clerks", world.url());
    let answer = world.http.get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn a_bulk_operation_without_its_list_is_refused() {
    let world = World::with(json!({ "organizations": { "enabled": true } })).await;
    let body = json!({ "email_address": ["ada@example.com"], "password": PASSWORD });
    let ada = id(&world.server(Method::POST, "/users", body).await);
    let body = json!({ "name": "Engines", "created_by": ada });
    let engines = id(&world.server(Method::POST, "/organizations", body).await);
    let of_engines = format!("/organizations/{engines}/invitations/bulk");
    for path in ["/invitations/bulk", "/waitlist_entries/bulk", &of_engines] {
        for body in [
            json!({ "email_address": "bob@example.com" }),
            json!({ "invitations": [{ "email_address": "bob@example.com" }] }),
            json!(["bob@example.com"]),
            json!({}),
        ] {
            let (status, answer) = world.backend(Method::POST, path, body.clone()).await;
            assert_eq!(
                (status, code_of(&answer)),
                (400, "request_body_invalid"),
                "{path} {body}"
            );
        }
    }
    for path in ["/users/ban", "/users/unban"] {
        let (status, answer) = world.backend(Method::POST, path, json!({})).await;
        assert_eq!((status, code_of(&answer)), (422, "form_param_missing"));
    }
}

#[tokio::test]
async fn who_shows_a_cookie_that_nobody_gave_shares_no_client() {
    let world = World::with(json!({ "instance": "production" })).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let url = format!("{}/v1/client", world.url());
        let asked = world.http.post(url).header("Cookie", "__client=guessed");
        let (status, body) = read(asked.send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{body}");
        ids.push(id(&body["response"]));
    }
    assert_ne!(ids[0], ids[1]);
}

/// An object in an object, so many deep.
fn nested(depth: usize) -> String {
    format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))
}

#[tokio::test]
async fn metadata_that_is_nested_too_deep_is_refused_wherever_it_is_kept() {
    let world = World::new().await;
    let browser = world.browser().await;
    let deep = nested(100);
    let unsafe_metadata = [("unsafe_metadata", deep.as_str())];
    for (method, path) in [(Method::POST, "/client/sign_ups"), (Method::PATCH, "/me")] {
        if method == Method::PATCH {
            browser.sign_up(ADA).await;
        }
        browser
            .refused(method, path, &unsafe_metadata, "form_param_format_invalid")
            .await;
    }
    let patch = Method::PATCH;
    browser
        .refused(
            patch,
            "/me/metadata",
            &unsafe_metadata,
            "form_param_format_invalid",
        )
        .await;
    let user = id(&browser.done(Method::GET, "/me", &[]).await);
    let value: Value = serde_json::from_str(&deep).expect("JSON");
    for (method, path, body) in [
        (Method::POST, "/users", json!({ "public_metadata": value })),
        (
            Method::PATCH,
            &*format!("/users/{user}/metadata"),
            json!({ "private_metadata": value }),
        ),
        (
            Method::POST,
            "/actor_tokens",
            json!({ "user_id": user, "actor": { "sub": "user_1", "deep": value } }),
        ),
        (
            Method::POST,
            "/jwt_templates",
            json!({ "name": "deep", "claims": value }),
        ),
    ] {
        let (status, answer) = world.backend(method, path, body).await;
        assert_eq!(
            (status, code_of(&answer)),
            (422, "form_param_format_invalid"),
            "{path}: {answer}"
        );
    }
    // What is not too deep is kept, and read.
    let fine = nested(30);
    let form = [("unsafe_metadata", fine.as_str())];
    browser.done(Method::PATCH, "/me", &form).await;
    let (status, _) = world.control(Method::GET, "/export", Value::Null).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_text_is_as_long_as_clerk_takes_it_at_most() {
    let settings = json!({ "organizations": { "enabled": true }, "username": "optional" });
    let world = World::with(settings).await;
    let stranger = world.browser().await;
    let ada = world.browser().await;
    ada.sign_up(ADA).await;
    let user = id(&ada.done(Method::GET, "/me", &[]).await);
    let engines = [("name", "Engines")];
    let engines = ada.done(Method::POST, "/organizations", &engines).await;
    let engines = format!("/organizations/{}", id(&engines));
    let long = "x".repeat(257);
    let most = "é".repeat(256);
    let post = Method::POST;
    for (browser, method, path, field) in [
        (&stranger, &post, "/client/sign_ups", "first_name"),
        (&stranger, &post, "/client/sign_ups", "locale"),
        (&stranger, &post, "/client/sign_ins", "identifier"),
        (&ada, &Method::PATCH, "/me", "last_name"),
        (&ada, &post, "/organizations", "name"),
        (&ada, &Method::PATCH, &engines, "slug"),
    ] {
        let error = browser
            .refused(
                method.clone(),
                path,
                &[(field, &long)],
                "form_param_max_length_exceeded",
            )
            .await;
        assert_eq!(error["meta"]["param_name"], field);
    }
    ada.done(Method::PATCH, "/me", &[("first_name", &most)])
        .await;
    for (method, path, body) in [
        (post.clone(), "/users", json!({ "first_name": long })),
        (post.clone(), "/users", json!({ "external_id": long })),
        (
            Method::PATCH,
            &*format!("/users/{user}"),
            json!({ "locale": long }),
        ),
        (post.clone(), "/users", json!({ "email_address": [long] })),
        (
            post,
            "/invitations/bulk",
            json!([{ "email_address": long }]),
        ),
        (Method::PATCH, &engines, json!({ "name": long })),
    ] {
        let (status, answer) = world.backend(method, path, body).await;
        assert_eq!(
            (status, code_of(&answer)),
            (422, "form_param_max_length_exceeded"),
            "{path}: {answer}"
        );
    }
    // Whatever a field is called.
    let page = "x".repeat(100_000);
    let form = [
        ("strategy", "oauth_google"),
        ("redirect_url", page.as_str()),
    ];
    stranger
        .refused(
            Method::POST,
            "/client/sign_ups",
            &form,
            "form_param_max_length_exceeded",
        )
        .await;
}
