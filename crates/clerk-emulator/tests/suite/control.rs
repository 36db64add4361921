//! The emulator's own API: what tests ask of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, Browser, PASSWORD, World, claims, code_of, text};

#[tokio::test]
async fn a_signed_in_browser_is_made_in_one_call() {
    let world = World::new().await;
    let body =
        json!({ "email_address": ADA, "first_name": "Ada", "origin": "http://localhost:3000" });
    let (status, made) = world.control(Method::POST, "/sign_in", body.clone()).await;
    assert_eq!(status, 200, "{made}");
    let browser = Browser::with(&world, &text(&made["dev_browser_token"]));
    assert_eq!(
        browser.client().await["sessions"][0]["id"],
        made["session_id"]
    );
    assert_eq!(
        claims(&json!({ "jwt": made["token"] }))["azp"],
        "http://localhost:3000"
    );
    assert_eq!(made["cookies"][0]["name"], "__clerk_db_jwt");
    let (_, again) = world.control(Method::POST, "/sign_in", body).await;
    assert_eq!(again["user_id"], made["user_id"], "the same person");
    assert_ne!(again["dev_browser_token"], made["dev_browser_token"]);
}

#[tokio::test]
async fn a_signed_in_browsers_token_is_made_by_the_template_that_is_named() {
    let world = World::new().await;
    let body =
        json!({ "email_address": ADA, "origin": "http://localhost:8080", "template": "convex" });
    let (status, made) = world.control(Method::POST, "/sign_in", body).await;
    assert_eq!(status, 200, "{made}");
    let token = claims(&json!({ "jwt": made["token"] }));
    assert_eq!(
        (&token["aud"], &token["email"]),
        (&json!("convex"), &json!(ADA))
    );
    assert_eq!(token["azp"], "http://localhost:8080");
    let cookies = made["cookies"].as_array().expect("cookies");
    let session = cookies.iter().find(|it| it["name"] == "__session");
    let session = claims(&json!({ "jwt": session.expect("a session")["value"] }));
    assert_eq!(session["sid"], made["session_id"], "a browser's own token");
}

#[tokio::test]
async fn a_sign_in_that_says_what_nobody_understands_makes_nobody() {
    let world = World::new().await;
    for (wrong, status, told) in [
        (json!({ "orgin": "http://localhost:3000" }), 422, "orgin"),
        (json!({ "origin": "localhost:3000" }), 422, "origin"),
        (json!({ "origin": "" }), 422, "origin"),
        (json!({ "template": "no such" }), 404, "template"),
        (json!({ "email_address": null }), 422, "email_address"),
    ] {
        let mut body = json!({ "email_address": ADA });
        for (name, value) in wrong.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let (found, answer) = world.control(Method::POST, "/sign_in", body).await;
        assert_eq!(found, status, "{wrong}: {answer}");
        assert!(answer.to_string().contains(told), "{wrong}: {answer}");
    }
    let (_, status) = world.control(Method::GET, "/status", Value::Null).await;
    assert_eq!(
        (&status["users"], &status["sessions"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn the_front_door_leads_to_the_dashboard() {
    let world = World::new().await;
    let answer = world.http.get(world.url()).send().await.expect("an answer");
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/dashboard");
}

#[tokio::test]
async fn codes_are_read_the_clock_moved_and_sessions_expire() {
    let world = World::new().await;
    let browser = world.browser().await;
    let begun = browser
        .done(
            Method::POST,
            "/client/sign_ups",
            &[("email_address", "ada@example.com")],
        )
        .await;
    let path = format!("/client/sign_ups/{}", text(&begun["id"]));
    browser
        .done(
            Method::POST,
            &format!("{path}/prepare_verification"),
            &[("strategy", "email_code")],
        )
        .await;
    let mail = world.mail("ada@example.com").await;
    assert_eq!(text(&mail["code"]).len(), 6);
    world.wait(601).await;
    let late = [
        ("strategy", "email_code"),
        ("code", mail["code"].as_str().expect("a code")),
    ];
    browser
        .refused(
            Method::POST,
            &format!("{path}/attempt_verification"),
            &late,
            "verification_expired",
        )
        .await;

    let session = browser.sign_up(ADA).await;
    let (status, _) = world
        .control(
            Method::POST,
            &format!("/sessions/{session}/expire"),
            Value::Null,
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(browser.client().await["sessions"], json!([]));
    let (_, clock) = world
        .control(Method::POST, "/clock", json!({ "reset": true }))
        .await;
    assert_eq!(clock["offset_ms"], 0);
}

#[tokio::test]
async fn keys_are_rotated_and_the_one_before_stays_published() {
    let world = World::new().await;
    let url = format!("{}/.well-known/jwks.json", world.url());
    let kids = async || -> Vec<String> {
        let keys: Value = world
            .http
            .get(&url)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        keys["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .map(|it| text(&it["kid"]))
            .collect()
    };
    let before = kids().await;
    let (status, _) = world
        .control(Method::POST, "/keys/rotate", Value::Null)
        .await;
    assert_eq!(status, 200);
    let after = kids().await;
    assert_eq!(after.len(), 2);
    assert_eq!(after[1], before[0]);
    world
        .control(Method::POST, "/keys/rotate", Value::Null)
        .await;
    assert_eq!(kids().await.len(), 2);
}

/// Seconds.
const CENTURY: i64 = 100 * 365 * 24 * 60 * 60;

#[tokio::test]
async fn the_clock_moves_by_a_century_at_most() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    for seconds in [
        i64::MAX,
        i64::MIN,
        i64::MAX / 1000,
        CENTURY + 1,
        -CENTURY - 1,
    ] {
        let body = json!({ "advance_seconds": seconds });
        let (status, answer) = world.control(Method::POST, "/clock", body).await;
        assert_eq!(
            (status, code_of(&answer)),
            (422, "form_param_value_invalid")
        );
        assert_eq!(answer["errors"][0]["meta"]["param_name"], "advance_seconds");
    }
    world.wait(CENTURY).await;
    // Not by several steps either.
    let (status, _) = world
        .control(Method::POST, "/clock", json!({ "advance_seconds": 1 }))
        .await;
    assert_eq!(status, 422);
    // Everything works then.
    let there = world.browser().await;
    assert_eq!(there.sign_in(ADA).await["status"], "complete");
    let reset = json!({ "reset": true });
    assert_eq!(world.control(Method::POST, "/clock", reset).await.0, 200);
    assert_eq!(browser.client().await["sessions"][0]["status"], "active");
}

#[tokio::test]
async fn faults_happen_where_and_as_often_as_asked() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let path = format!("/client/sessions/{session}/tokens");
    let fault = async |fault: Value| {
        let (status, body) = world.control(Method::POST, "/faults", fault).await;
        assert_eq!(status, 200, "{body}");
    };
    let tokens = "/v1/client/sessions/*/tokens";
    fault(json!({ "path": tokens, "status": 503, "count": 1 })).await;
    browser
        .refused(Method::POST, &path, &[], "emulated_fault")
        .await;
    browser.post(&path, &[]).await;
    fault(json!({ "path": tokens, "rate_limit": 7, "count": 1 })).await;
    browser
        .refused(Method::POST, &path, &[], "too_many_requests")
        .await;
    fault(json!({ "path": tokens, "latency_ms": 50, "count": 1 })).await;
    let started = std::time::Instant::now();
    browser.post(&path, &[]).await;
    assert!(started.elapsed().as_millis() >= 50);
    let plain = async || {
        let url = format!("{}/v1{path}?__clerk_db_jwt={}", world.url(), browser.token);
        world.http.post(url).send().await
    };
    fault(json!({ "path": tokens, "malformed": true, "count": 1 })).await;
    assert!(
        plain()
            .await
            .expect("an answer")
            .json::<Value>()
            .await
            .is_err()
    );
    fault(json!({ "path": tokens, "drop": true, "count": 1 })).await;
    assert!(plain().await.is_err(), "no answer at all");
    assert!(plain().await.is_ok());
    fault(json!({ "path": "/v1/*", "status": 500, "share": 0.0 })).await;
    browser.post(&path, &[]).await;
    let (_, all) = world.control(Method::GET, "/faults", Value::Null).await;
    assert_eq!(all.as_array().map(Vec::len), Some(1));
    let one = text(&all[0]["id"]);
    world
        .control(Method::DELETE, &format!("/faults/{one}"), Value::Null)
        .await;
    let (status, _) = world
        .control(Method::POST, "/faults", json!({ "path": "/v1/me" }))
        .await;
    assert_eq!(status, 422, "nothing would go wrong");
}

#[tokio::test]
async fn a_seed_is_planted_exported_and_imported() {
    let world = World::new().await;
    let seed = json!({
        "settings": { "organizations": { "enabled": true } },
        "users": [
            { "email_address": ADA, "password": PASSWORD, "first_name": "Ada" },
            { "email_address": "bob@example.com", "public_metadata": { "role": "editor" } },
        ],
        "organizations": [{
            "name": "Engines",
            "slug": "engines",
            "members": [{ "user": ADA, "role": "org:admin" }, { "user": "bob@example.com" }],
        }],
    });
    let (status, body) = world.control(Method::POST, "/seed", seed.clone()).await;
    assert_eq!(status, 200, "{body}");
    let (status, body) = world.control(Method::POST, "/seed", seed).await;
    assert_eq!((status, &body["users"]), (200, &json!([])), "twice is once");
    assert_eq!(
        world.browser().await.sign_in(ADA).await["status"],
        "complete"
    );
    let (status, body) = world
        .control(
            Method::POST,
            "/seed",
            json!({ "users": [{ "emial": "typo" }] }),
        )
        .await;
    assert_eq!(status, 422);
    assert!(body.to_string().contains("emial"), "{body}");

    let (_, exported) = world.control(Method::GET, "/export", Value::Null).await;
    let other = World::new().await;
    let (status, body) = other.control(Method::POST, "/import", exported).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        other.browser().await.sign_in(ADA).await["status"],
        "complete"
    );
    let (_, status) = other.control(Method::GET, "/status", Value::Null).await;
    assert_eq!(
        (&status["users"], &status["organizations"]),
        (&json!(2), &json!(1))
    );
    let (code, _) = other.control(Method::POST, "/reset", Value::Null).await;
    assert_eq!(code, 204);
    let (_, status) = other.control(Method::GET, "/status", Value::Null).await;
    assert_eq!(status["users"], 0);
}

#[tokio::test]
async fn requests_are_shown_as_they_come_without_passwords() {
    let world = World::new().await;
    world.browser().await.sign_up(ADA).await;
    let (_, all) = world.control(Method::GET, "/requests", Value::Null).await;
    let sign_up = all
        .as_array()
        .and_then(|all| all.iter().find(|it| it["path"] == "/v1/client/sign_ups"))
        .expect("it was noted")
        .clone();
    assert_eq!(sign_up["request"]["email_address"], ADA);
    assert!(!all.to_string().contains(PASSWORD));
    let newest = all.as_array().and_then(|all| all.last()).expect("one")["number"].clone();
    let (_, newer) = world
        .control(
            Method::GET,
            &format!("/requests?after={newest}"),
            Value::Null,
        )
        .await;
    assert_eq!(newer, json!([]));
}

#[tokio::test]
async fn settings_take_effect_at_once_and_nonsense_is_refused() {
    let world = World::new().await;
    let environment = async || {
        let (_, body) = world
            .browser()
            .await
            .call(Method::GET, "/environment", &[])
            .await;
        body
    };
    assert_eq!(
        environment().await["display_config"]["application_name"],
        "My Application"
    );
    let (status, _) = world
        .control(
            Method::PATCH,
            "/settings",
            json!({ "application_name": "Engines" }),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        environment().await["display_config"]["application_name"],
        "Engines"
    );
    for wrong in [
        json!({ "aplication_name": "typo" }),
        json!({ "token_lifetime_seconds": 0 }),
        json!({ "email_address": "off", "username": "off" }),
        json!({ "email_code": false }),
    ] {
        let (status, body) = world
            .control(Method::PATCH, "/settings", wrong.clone())
            .await;
        assert_eq!(status, 422, "{wrong}: {body}");
    }
}

#[tokio::test]
async fn the_dashboards_script_is_modules_that_are_all_served() {
    let world = World::new().await;
    let mut found = vec!["/dashboard/main.js".to_owned()];
    let mut seen = 0;
    while let Some(path) = found.get(seen).cloned() {
        seen += 1;
        let answer = world.http.get(format!("{}{path}", world.url())).send();
        let answer = answer.await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/javascript");
        let script = answer.text().await.expect("text");
        let base = format!("http://emulator{path}").parse::<reqwest::Url>();
        let base = base.expect("an address");
        for line in script.lines().filter(|it| it.starts_with("import ")) {
            let name = line.split('\'').nth(1).expect("a module's name");
            let path = base.join(name).expect("an address").path().to_owned();
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    for view in [
        "users",
        "sessions",
        "organizations",
        "messages",
        "webhooks",
        "requests",
        "settings",
        "instance",
    ] {
        let path = format!("/dashboard/views/{view}.js");
        assert!(found.contains(&path), "{path}");
    }
}
