//! What an instance knows of a person: each attribute is required, optional or switched off.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, Browser, PASSWORD, World, id};

const EMAIL: &str = "countess@example.com";

/// A person whom a server has made with all attributes, signed in.
async fn countess(world: &World) -> (Browser<'_>, String) {
    let body = json!({
        "email_address": [EMAIL], "password": PASSWORD, "username": "countess",
        "first_name": "Ada", "last_name": "Lovelace",
    });
    let user = id(&world.server(Method::POST, "/users", body).await);
    let browser = world.browser().await;
    browser.sign_in(EMAIL).await;
    (browser, user)
}

#[tokio::test]
async fn what_is_switched_off_is_refused_by_name() {
    let settings = json!({ "first_name": "off", "last_name": "off", "username": "off" });
    let world = World::with(settings).await;
    let (countess, user) = countess(&world).await;
    let stranger = world.browser().await;
    let form = [("email_address", ADA)];
    let begun = stranger.done(Method::POST, "/client/sign_ups", &form).await;
    let sign_up = format!("/client/sign_ups/{}", id(&begun));
    for name in ["first_name", "last_name", "username"] {
        for (browser, method, path) in [
            (&countess, Method::PATCH, "/me"),
            (&stranger, Method::POST, "/client/sign_ups"),
            (&stranger, Method::PATCH, &sign_up),
        ] {
            let form = [(name, "Enchantress")];
            let error = browser.refused(method, path, &form, "form_param_unknown");
            assert_eq!(error.await["meta"]["param_name"], name, "{path}");
        }
    }
    // A server may know more than people are asked for.
    let path = format!("/users/{user}");
    let body = json!({ "first_name": "Augusta", "username": "enchantress" });
    let changed = world.server(Method::PATCH, &path, body).await;
    assert_eq!(changed["first_name"], "Augusta");
    assert_eq!(changed["username"], "enchantress");
}

/// Clerk's own form sends both names when one of them changes.
#[tokio::test]
async fn a_name_that_stays_as_it_was_is_not_asked_for() {
    let world = World::with(json!({ "first_name": "optional", "last_name": "off" })).await;
    let (countess, _) = countess(&world).await;
    for last_name in ["Lovelace", ""] {
        let form = [("first_name", "Augusta"), ("last_name", last_name)];
        let changed = countess.done(Method::PATCH, "/me", &form).await;
        assert_eq!(changed["first_name"], "Augusta");
        assert_eq!(changed["last_name"], "Lovelace");
    }
}

#[tokio::test]
async fn what_is_optional_can_be_taken_back_and_what_is_required_cannot() {
    let names = ["first_name", "last_name", "username"];
    for level in ["optional", "required"] {
        let settings = names.map(|name| (name.to_owned(), json!(level)));
        let world = World::with(Value::Object(settings.into_iter().collect())).await;
        let (countess, _) = countess(&world).await;
        for name in names {
            let form = [(name, "")];
            if level == "optional" {
                let changed = countess.done(Method::PATCH, "/me", &form).await;
                assert!(
                    matches!(changed[name].as_str(), None | Some("")),
                    "{changed}"
                );
            } else {
                let error = countess.refused(Method::PATCH, "/me", &form, "form_param_missing");
                assert_eq!(error.await["meta"]["param_name"], name);
            }
        }
    }
}

#[tokio::test]
async fn nobody_takes_back_the_last_thing_they_are_known_by() {
    let settings = json!({ "username": "optional", "email_address": "optional" });
    let world = World::with(settings).await;
    let body = json!({ "username": "countess", "password": PASSWORD });
    world.server(Method::POST, "/users", body).await;
    let browser = world.browser().await;
    browser.sign_in("countess").await;
    let form = [("username", "")];
    let code = "last_identification_deletion_failed";
    browser.refused(Method::PATCH, "/me", &form, code).await;
    assert_eq!(
        browser.done(Method::GET, "/me", &[]).await["username"],
        "countess"
    );
}

#[tokio::test]
async fn an_account_is_known_by_something_where_everything_is_optional() {
    let settings = json!({
        "email_address": "optional", "username": "optional", "password": "optional",
        "first_name": "optional", "last_name": "optional", "social": ["google"],
    });
    let world = World::with(settings).await;
    let browser = world.browser().await;
    let form = [("first_name", "Ada")];
    let begun = browser.done(Method::POST, "/client/sign_ups", &form).await;
    assert_eq!(begun["status"], "missing_requirements", "{begun}");
    let path = format!("/client/sign_ups/{}", id(&begun));
    let form = [("username", "countess"), ("password", PASSWORD)];
    let done = browser.done(Method::PATCH, &path, &form).await;
    assert_eq!(done["status"], "complete", "{done}");
}

#[tokio::test]
async fn a_provider_tells_only_what_the_instance_asks_for() {
    let settings = json!({ "social": ["google"], "first_name": "optional", "last_name": "off" });
    let world = World::with(settings).await;
    let browser = world.browser().await;
    crate::providers::sign_up(&browser, EMAIL).await;
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(
        (&user["first_name"], &user["last_name"]),
        (&json!("Ada"), &Value::Null)
    );
}
