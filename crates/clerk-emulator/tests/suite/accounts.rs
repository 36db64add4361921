//! Accounts with address and password: the Frontend API, called as clerk-js calls it.

use reqwest::Method;
use serde_json::json;

use crate::world::{ADA, Browser, PASSWORD, World, claims, code_of};

#[tokio::test]
async fn tokens_say_who_one_is_and_for_which_page() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let plain = claims(
        &browser
            .post(&format!("/client/sessions/{session}/tokens"), &[])
            .await,
    );
    assert_eq!(plain["iss"], world.url());
    assert_eq!(plain["azp"], "http://localhost:8080");
    assert_eq!(plain["sid"], session);
    assert_eq!((&plain["v"], &plain["sts"]), (&json!(2), &json!("active")));
    assert_eq!(
        plain["exp"].as_i64(),
        plain["iat"].as_i64().map(|iat| iat + 60)
    );
    assert_eq!(
        plain["nbf"].as_i64(),
        plain["iat"].as_i64().map(|iat| iat - 10)
    );

    let path = format!("/client/sessions/{session}/tokens/convex");
    let template = claims(&browser.post(&path, &[]).await);
    assert_eq!(template["aud"], "convex");
    assert_eq!(
        (&template["email"], &template["name"]),
        (&json!(ADA), &json!("Ada Lovelace"))
    );
    assert_eq!(template["sub"], plain["sub"]);
    assert!(template.get("sid").is_none());
    let (status, _) = browser
        .call(Method::POST, &path.replace("convex", "none"), &[])
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn every_browser_is_its_own_client() {
    let world = World::new().await;
    let (adas, bobs) = (world.browser().await, world.browser().await);
    let session = adas.sign_up(ADA).await;
    bobs.sign_up("bob+clerk_test@example.com").await;
    let (ada, bob) = (adas.client().await, bobs.client().await);
    assert_eq!(ada["sessions"][0]["id"], session);
    assert_ne!(ada["id"], bob["id"]);
    assert_ne!(
        ada["sessions"][0]["user"]["id"],
        bob["sessions"][0]["user"]["id"]
    );

    // One's session cannot be used or ended with the other's token, nor with none.
    for action in ["tokens", "tokens/convex", "touch", "end", "remove"] {
        let path = format!("/client/sessions/{session}/{action}");
        let (status, body) = bobs.call(Method::POST, &path, &[]).await;
        assert_eq!((status, code_of(&body)), (401, "signed_out"), "{action}");
        let nobody = Browser::with(&world, "dvb_guessed");
        let (status, body) = nobody.call(Method::POST, &path, &[]).await;
        assert_eq!(
            (status, code_of(&body)),
            (401, "dev_browser_unauthenticated"),
            "{action}"
        );
    }
    adas.post(&format!("/client/sessions/{session}/tokens"), &[])
        .await;
}

#[tokio::test]
async fn a_sign_up_in_progress_belongs_to_its_browser() {
    let world = World::new().await;
    let (adas, bobs) = (world.browser().await, world.browser().await);
    let begun = adas
        .post("/client/sign_ups", &[("email_address", ADA)])
        .await;
    let path = format!(
        "/client/sign_ups/{}",
        begun["response"]["id"].as_str().expect("an id")
    );
    let (status, _) = bobs.call(Method::GET, &path, &[]).await;
    assert_eq!(status, 404);
    let attempt = [("strategy", "email_code"), ("code", "424242")];
    let (status, _) = bobs
        .call(
            Method::POST,
            &format!("{path}/attempt_verification"),
            &attempt,
        )
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn guessing_a_code_ends_after_a_few_attempts() {
    let world = World::new().await;
    let browser = world.browser().await;
    let begun = browser
        .post("/client/sign_ups", &[("email_address", ADA)])
        .await;
    let path = format!(
        "/client/sign_ups/{}",
        begun["response"]["id"].as_str().expect("an id")
    );
    let strategy = ("strategy", "email_code");
    browser
        .post(&format!("{path}/prepare_verification"), &[strategy])
        .await;
    let guess = async |code| {
        let path = format!("{path}/attempt_verification");
        browser
            .call(Method::POST, &path, &[strategy, ("code", code)])
            .await
    };
    for _ in 0..5 {
        let (status, body) = guess("000000").await;
        assert_eq!((status, code_of(&body)), (422, "form_code_incorrect"));
        assert_eq!(body["errors"][0]["meta"]["param_name"], "code");
    }
    let (status, body) = guess("424242").await;
    assert_eq!(
        (status, code_of(&body)),
        (422, "verification_failed"),
        "even the right one"
    );
    browser
        .post(&format!("{path}/prepare_verification"), &[strategy])
        .await;
    assert_eq!(guess("424242").await.0, 200, "a new code, a new chance");
}

#[tokio::test]
async fn wrong_forms_get_clerks_codes() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let other = world.browser().await;
    let upper = ADA.to_uppercase();
    let cases = [
        (
            "/client/sign_ups",
            vec![("email_address", upper.as_str())],
            "form_identifier_exists",
        ),
        (
            "/client/sign_ups",
            vec![("email_address", "nobody")],
            "form_param_format_invalid",
        ),
        (
            "/client/sign_ups",
            vec![("password", "short")],
            "form_password_length_too_short",
        ),
        (
            "/client/sign_ins",
            vec![("identifier", "a@b.co")],
            "form_identifier_not_found",
        ),
        (
            "/client/sign_ins",
            vec![
                ("identifier", ADA),
                ("strategy", "password"),
                ("password", "wrong"),
            ],
            "form_password_incorrect",
        ),
    ];
    for (path, form, expected) in cases {
        let (status, body) = other.call(Method::POST, path, &form).await;
        assert_eq!((status, code_of(&body)), (422, expected));
    }
}

#[tokio::test]
async fn signing_out_ends_the_tokens() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let (status, _) = browser.call(Method::DELETE, "/client/sessions", &[]).await;
    assert_eq!(status, 200);
    assert_eq!(browser.client().await["sessions"], json!([]));
    let path = format!("/client/sessions/{session}/tokens");
    let (status, body) = browser.call(Method::POST, &path, &[]).await;
    assert_eq!((status, code_of(&body)), (401, "signed_out"));
}

#[tokio::test]
async fn a_person_moves_to_another_address() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let new = "countess+clerk_test@example.com";
    // clerk-js ends this path with a slash.
    let added = browser
        .post("/me/email_addresses/", &[("email_address", new)])
        .await;
    let id = added["response"]["id"].as_str().expect("an id").to_owned();
    let primary = [("primary_email_address_id", id.as_str())];
    let (status, _) = browser.call(Method::PATCH, "/me", &primary).await;
    assert_eq!(status, 422, "not before it is verified");
    // Until then it keeps nobody else from it.
    let other = world.browser().await;
    other
        .post("/client/sign_ups", &[("email_address", new)])
        .await;

    let path = format!("/me/email_addresses/{id}");
    let code = [("strategy", "email_code"), ("code", "424242")];
    browser
        .post(&format!("{path}/prepare_verification"), &code[..1])
        .await;
    browser
        .post(&format!("{path}/attempt_verification"), &code)
        .await;
    let (status, body) = browser.call(Method::PATCH, "/me", &primary).await;
    assert_eq!(
        (status, &body["response"]["primary_email_address_id"]),
        (200, &json!(id))
    );
    let (status, _) = browser.call(Method::DELETE, &path, &[]).await;
    assert_eq!(status, 422, "the primary one stays");

    let (status, body) = other
        .call(Method::POST, "/client/sign_ups", &[("email_address", new)])
        .await;
    assert_eq!((status, code_of(&body)), (422, "form_identifier_exists"));
}

#[tokio::test]
async fn a_new_password_signs_out_the_other_browsers_if_one_likes() {
    let world = World::new().await;
    let (here, there) = (world.browser().await, world.browser().await);
    here.sign_up(ADA).await;
    let sign_in = |password| {
        [
            ("identifier", ADA),
            ("strategy", "password"),
            ("password", password),
        ]
    };
    there.post("/client/sign_ins", &sign_in(PASSWORD)).await;
    let sessions = async || here.call(Method::GET, "/me/sessions/active", &[]).await.1;
    assert_eq!(sessions().await.as_array().map(Vec::len), Some(2));
    let change = |current| {
        [
            ("current_password", current),
            ("new_password", "battery horse correct"),
            ("sign_out_of_other_sessions", "true"),
        ]
    };
    let (status, body) = here
        .call(Method::POST, "/me/change_password", &change("wrong"))
        .await;
    assert_eq!((status, code_of(&body)), (422, "form_password_incorrect"));
    here.post("/me/change_password", &change(PASSWORD)).await;
    assert_eq!(sessions().await.as_array().map(Vec::len), Some(1));
    assert_eq!(there.client().await["sessions"], json!([]));
    let (status, _) = there
        .call(Method::POST, "/client/sign_ins", &sign_in(PASSWORD))
        .await;
    assert_eq!(status, 422, "the old password");
    there
        .post("/client/sign_ins", &sign_in("battery horse correct"))
        .await;
}

#[tokio::test]
async fn what_is_not_supported_gets_clerks_error_shape() {
    let world = World::new().await;
    let browser = world.browser().await;
    let (status, body) = browser.call(Method::GET, "/me/phone_numbers", &[]).await;
    assert_eq!((status, code_of(&body)), (404, "resource_not_found"));
    assert!(
        body["errors"][0]["long_message"]
            .as_str()
            .is_some_and(|it| it.contains("GET /v1/me/phone_numbers"))
    );
    assert!(body["clerk_trace_id"].is_string());
}

#[tokio::test]
async fn a_browser_begins_is_shown_and_ends() {
    let world = World::new().await;
    let browser = world.browser().await;
    for method in [Method::POST, Method::PUT] {
        let client = browser.done(method, "/client", &[]).await;
        assert_eq!(client["object"], "client");
    }
    browser.call(Method::PATCH, "/environment", &[]).await;
    let (_, health) = browser.call(Method::GET, "/health", &[]).await;
    assert_eq!(health["status"], "healthy");
    let session = browser.sign_up(ADA).await;
    let changed = browser
        .done(
            Method::PATCH,
            "/me/metadata",
            &[("unsafe_metadata", r#"{"theme":"dark"}"#)],
        )
        .await;
    assert_eq!(changed["unsafe_metadata"], json!({ "theme": "dark" }));
    let (_, all) = browser.call(Method::GET, "/me/email_addresses", &[]).await;
    let first = all[0]["id"].as_str().expect("an id").to_owned();
    browser
        .done(Method::GET, &format!("/me/email_addresses/{first}"), &[])
        .await;
    let second = [("email_address", "second@example.com")];
    let added = browser
        .done(Method::POST, "/me/email_addresses", &second)
        .await;
    let path = format!(
        "/me/email_addresses/{}",
        added["id"].as_str().expect("an id")
    );
    browser.done(Method::DELETE, &path, &[]).await;
    let ended = browser
        .done(
            Method::POST,
            &format!("/client/sessions/{session}/end"),
            &[],
        )
        .await;
    assert_eq!(ended["status"], "ended");
    browser.call(Method::DELETE, "/client", &[]).await;
    assert_eq!(browser.client().await["sessions"], json!([]));
}

#[tokio::test]
async fn a_browser_that_has_not_begun_anything_has_a_client_to_read() {
    let world = World::new().await;
    let browser = world.browser().await;
    let fresh = browser.client().await;
    assert_eq!(fresh["object"], "client");
    assert_eq!(fresh["sessions"], json!([]));
    assert!(
        fresh
            .as_object()
            .is_some_and(|it| it.contains_key("last_authentication_strategy"))
    );
    browser.sign_up(ADA).await;
    let client = browser.client().await;
    assert_eq!(client["id"], fresh["id"], "and keeps it");
    assert_ne!(world.browser().await.client().await["id"], fresh["id"]);
}

#[tokio::test]
async fn a_verified_address_stays_verified_whatever_is_asked_for_it() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let user = browser.done(Method::GET, "/me", &[]).await;
    let address = user["primary_email_address_id"].as_str().expect("an id");
    let path = format!("/me/email_addresses/{address}");
    let code = [("strategy", "email_code"), ("code", "424242")];
    for step in ["prepare_verification", "attempt_verification"] {
        browser
            .refused(
                Method::POST,
                &format!("{path}/{step}"),
                &code,
                "verification_already_verified",
            )
            .await;
    }
    let of_servers = format!("/email_addresses/{address}/prepare_verification");
    let (status, body) = world
        .backend(
            Method::POST,
            &of_servers,
            json!({ "strategy": "email_code" }),
        )
        .await;
    assert_eq!(
        (status, code_of(&body)),
        (400, "verification_already_verified")
    );
    assert_eq!(
        world.browser().await.sign_in(ADA).await["status"],
        "complete"
    );
}
