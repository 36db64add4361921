//! Accounts at providers: to sign up and in with, and to connect.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, Browser, PASSWORD, World, id, query, text};

const BACK: [(&str, &str); 3] = [
    ("strategy", "oauth_google"),
    ("redirect_url", "http://localhost:8080/sso-callback"),
    ("action_complete_redirect_url", "http://localhost:8080/done"),
];

/// Goes to the provider, answers its page like this, and comes back; answers where to.
async fn answer_provider(
    browser: &Browser<'_>,
    verification: &Value,
    form: &[(&str, &str)],
) -> String {
    let url = text(&verification["external_verification_redirect_url"]);
    let http = &browser.world.http;
    let page = http.get(&url).send().await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(page.contains("stands in for google"), "{page}");
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let answer = http
        .post(&url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let callback = answer.headers()["location"].to_str().expect("an address");
    let callback = format!("{}{callback}", browser.world.url());
    browser.open(&callback).await
}

/// Goes to the provider and comes back as this person.
async fn through_provider(browser: &Browser<'_>, verification: &Value, email: &str) -> String {
    let form = [
        ("email", email),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
    ];
    answer_provider(browser, verification, &form).await
}

/// Goes to the provider and cancels there.
async fn cancel_at_provider(browser: &Browser<'_>, verification: &Value) -> String {
    answer_provider(browser, verification, &[("deny", "1")]).await
}

#[tokio::test]
async fn a_provider_signs_up_signs_in_and_transfers_both_ways() {
    let world = World::with(json!({ "social": ["google"] })).await;
    // Somebody without an account signs in: it becomes a sign-up.
    let browser = world.browser().await;
    let begun = browser.done(Method::POST, "/client/sign_ins", &BACK).await;
    let led = through_provider(&browser, &begun["first_factor_verification"], ADA).await;
    assert_eq!(led, "http://localhost:8080/sso-callback");
    let waiting = browser
        .done(
            Method::GET,
            &format!("/client/sign_ins/{}", id(&begun)),
            &[],
        )
        .await;
    assert_eq!(
        waiting["first_factor_verification"]["status"],
        "transferable"
    );
    let signed_up = browser
        .done(Method::POST, "/client/sign_ups", &[("transfer", "true")])
        .await;
    assert_eq!(signed_up["status"], "complete");
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(user["external_accounts"][0]["provider"], "oauth_google");
    assert_eq!(
        user["email_addresses"][0]["verification"]["status"],
        "verified"
    );

    // Somebody with an account signs up: it becomes a sign-in.
    let there = world.browser().await;
    let begun = there.done(Method::POST, "/client/sign_ups", &BACK).await;
    through_provider(&there, &begun["verifications"]["external_account"], ADA).await;
    let waiting = there
        .done(
            Method::GET,
            &format!("/client/sign_ups/{}", id(&begun)),
            &[],
        )
        .await;
    assert_eq!(
        waiting["verifications"]["external_account"]["error"]["code"],
        "external_account_exists"
    );
    let signed_in = there
        .done(Method::POST, "/client/sign_ins", &[("transfer", "true")])
        .await;
    assert_eq!(signed_in["status"], "complete");

    // And the plain ways.
    let other = world.browser().await;
    let begun = other.done(Method::POST, "/client/sign_ins", &BACK).await;
    let led = through_provider(&other, &begun["first_factor_verification"], ADA).await;
    assert_eq!(led, "http://localhost:8080/done");
    let new = world.browser().await;
    let begun = new.done(Method::POST, "/client/sign_ups", &BACK).await;
    let led = through_provider(
        &new,
        &begun["verifications"]["external_account"],
        "new@example.com",
    )
    .await;
    assert_eq!(led, "http://localhost:8080/done");
    assert_eq!(
        new.client().await["sessions"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn accounts_of_a_provider_are_connected_and_disconnected() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let begun = browser
        .done(Method::POST, "/me/external_accounts", &BACK[..2])
        .await;
    let path = format!("/me/external_accounts/{}", id(&begun));
    let led = through_provider(&browser, &begun["verification"], "ada@elsewhere.example").await;
    assert_eq!(led, "http://localhost:8080/sso-callback");
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(
        user["external_accounts"][0]["email_address"],
        "ada@elsewhere.example"
    );
    let me = browser.done(Method::GET, "/me", &[]).await;
    let tokens = async || {
        let path = format!("/users/{}/oauth_access_tokens/google", id(&me));
        let all = world.server(Method::GET, &path, Value::Null).await;
        all.as_array().map(Vec::len)
    };
    assert_eq!(tokens().await, Some(1));
    browser
        .done(Method::DELETE, &format!("{path}/tokens"), &[])
        .await;
    assert_eq!(tokens().await, Some(0));
    let again = browser
        .done(Method::PATCH, &format!("{path}/reauthorize"), &BACK[1..2])
        .await;
    through_provider(&browser, &again["verification"], "ada@elsewhere.example").await;
    assert_eq!(tokens().await, Some(1));
    let by_server = format!("/users/{}{}", id(&me), path.trim_start_matches("/me"));
    world.server(Method::DELETE, &by_server, Value::Null).await;
    browser
        .refused(Method::DELETE, &path, &[], "resource_not_found")
        .await;
    let again = browser
        .done(Method::POST, "/me/external_accounts", &BACK[..2])
        .await;
    let path = format!("/me/external_accounts/{}", id(&again));
    browser.done(Method::DELETE, &path, &[]).await;
    let other = [("strategy", "oauth_github"), BACK[1]];
    browser
        .refused(
            Method::POST,
            "/me/external_accounts",
            &other,
            "oauth_provider_not_enabled",
        )
        .await;
}

/// Clerk's own form goes on with the sign-up that was begun.
#[tokio::test]
async fn whoever_turns_back_from_the_provider_signs_up_by_the_form() {
    let world = World::with(json!({ "social": ["google"] })).await;
    for cancels in [false, true] {
        let email = format!("{cancels}+clerk_test@example.com");
        let browser = world.browser().await;
        let begun = browser.done(Method::POST, "/client/sign_ups", &BACK).await;
        if cancels {
            cancel_at_provider(&browser, &begun["verifications"]["external_account"]).await;
        }
        let path = format!("/client/sign_ups/{}", id(&begun));
        let form = [
            ("email_address", email.as_str()),
            ("password", PASSWORD),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
        ];
        browser.done(Method::PATCH, &path, &form).await;
        let code = [("strategy", "email_code"), ("code", "424242")];
        browser
            .post(&format!("{path}/prepare_verification"), &code[..1])
            .await;
        let attempt = format!("{path}/attempt_verification");
        let done = browser.done(Method::POST, &attempt, &code).await;
        assert_eq!(done["status"], "complete", "{done}");
    }
}

/// An old tab is still at the provider when its person has begun something else.
#[tokio::test]
async fn what_comes_back_from_a_provider_is_for_the_attempt_that_went_there() {
    const NEW: &str = "new@example.com";
    let world = World::with(json!({ "social": ["google"] })).await;
    for cancels in [false, true] {
        let old_tab = async |browser: &Browser<'_>, proof: &Value| {
            let led = if cancels {
                cancel_at_provider(browser, proof).await
            } else {
                through_provider(browser, proof, ADA).await
            };
            assert_eq!(led, "http://localhost:8080/sso-callback");
        };

        // A new sign-up by the form, or the same one gone on with.
        for anew in [true, false] {
            let browser = world.browser().await;
            let begun = browser.done(Method::POST, "/client/sign_ups", &BACK).await;
            let (method, path) = if anew {
                (Method::POST, "/client/sign_ups".to_owned())
            } else {
                (Method::PATCH, format!("/client/sign_ups/{}", id(&begun)))
            };
            let form = [("email_address", NEW)];
            let new = browser.done(method, &path, &form).await;
            old_tab(&browser, &begun["verifications"]["external_account"]).await;
            assert_eq!(browser.client().await["sign_up"], new, "anew: {anew}");
        }

        // A new one that is at the provider, too.
        let browser = world.browser().await;
        let old = browser.done(Method::POST, "/client/sign_ups", &BACK).await;
        let new = browser.done(Method::POST, "/client/sign_ups", &BACK).await;
        old_tab(&browser, &old["verifications"]["external_account"]).await;
        assert_eq!(browser.client().await["sign_up"], new);
        let email = format!("{cancels}@example.com");
        let led =
            through_provider(&browser, &new["verifications"]["external_account"], &email).await;
        assert_eq!(led, "http://localhost:8080/done");

        let browser = world.browser().await;
        let old = browser.done(Method::POST, "/client/sign_ins", &BACK).await;
        let new = browser.done(Method::POST, "/client/sign_ins", &BACK).await;
        old_tab(&browser, &old["first_factor_verification"]).await;
        assert_eq!(browser.client().await["sign_in"], new);
        let led = through_provider(&browser, &new["first_factor_verification"], &email).await;
        assert_eq!(led, "http://localhost:8080/done");

        // A connection.
        let begun = browser
            .done(Method::POST, "/me/external_accounts", &BACK[..2])
            .await;
        let path = format!("/me/external_accounts/{}/reauthorize", id(&begun));
        let again = browser.done(Method::PATCH, &path, &BACK[1..2]).await;
        old_tab(&browser, &begun["verification"]).await;
        let user = browser.done(Method::GET, "/me", &[]).await;
        let connections = user["external_accounts"].as_array().expect("a list");
        assert!(connections.contains(&again), "{user}");
    }
}

#[tokio::test]
async fn whoever_goes_on_by_the_form_does_not_take_anothers_connection_along() {
    let world = World::with(json!({ "social": ["google"] })).await;
    sign_up(&world.browser().await, ADA).await;

    let browser = world.browser().await;
    let form = [
        ("email_address", "new+clerk_test@example.com"),
        ("password", PASSWORD),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
    ];
    let begun = browser.done(Method::POST, "/client/sign_ups", &BACK).await;
    through_provider(&browser, &begun["verifications"]["external_account"], ADA).await;
    let path = format!("/client/sign_ups/{}", id(&begun));
    browser.done(Method::PATCH, &path, &form).await;
    let code = [("strategy", "email_code"), ("code", "424242")];
    browser
        .post(&format!("{path}/prepare_verification"), &code[..1])
        .await;
    let attempt = format!("{path}/attempt_verification");
    let done = browser.done(Method::POST, &attempt, &code).await;
    assert_eq!(done["status"], "complete", "{done}");
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(user["external_accounts"], json!([]));
}

#[tokio::test]
async fn whoever_is_refused_after_the_provider_is_told_so_on_the_page() {
    let settings = json!({
        "social": ["google"], "username": "optional", "password": "optional",
    });
    let world = World::with(settings).await;
    for how in ["ban", "lock"] {
        let email = format!("{how}@example.com");
        let body = json!({ "email_address": [email] });
        let user = id(&world.server(Method::POST, "/users", body).await);
        world
            .server(Method::POST, &format!("/users/{user}/{how}"), Value::Null)
            .await;
        let browser = world.browser().await;
        let begun = browser.done(Method::POST, "/client/sign_ins", &BACK).await;
        let led = through_provider(&browser, &begun["first_factor_verification"], &email).await;
        assert_eq!(led, "http://localhost:8080/sso-callback");
        let path = format!("/client/sign_ins/{}", id(&begun));
        let proof =
            browser.done(Method::GET, &path, &[]).await["first_factor_verification"].clone();
        assert_eq!(proof["status"], "failed");
        let code = proof["error"]["code"].as_str();
        assert!(code.is_some_and(|it| it.contains(how)), "{proof}");
    }

    // Somebody else was quicker with the name, while this one was at the provider.
    let browser = world.browser().await;
    let form = [&BACK[..], &[("username", "countess")]].concat();
    let begun = browser.done(Method::POST, "/client/sign_ups", &form).await;
    let body = json!({ "email_address": ["bob@example.com"], "username": "countess" });
    world.server(Method::POST, "/users", body).await;
    let led = through_provider(&browser, &begun["verifications"]["external_account"], ADA).await;
    assert_eq!(led, "http://localhost:8080/sso-callback");
    let client = browser.client().await;
    let proof = &client["sign_up"]["verifications"]["external_account"];
    assert_eq!(proof["error"]["code"], "form_identifier_exists", "{proof}");
    assert_eq!(client["sessions"], json!([]));
}

/// Connects this person's account at the provider; answers the connection.
async fn connected(browser: &Browser<'_>, email: &str) -> Value {
    let path = "/me/external_accounts";
    let begun = browser.done(Method::POST, path, &BACK[..2]).await;
    through_provider(browser, &begun["verification"], email).await;
    connection(browser).await
}

/// The person's connection, as they see it.
async fn connection(browser: &Browser<'_>) -> Value {
    let user = browser.done(Method::GET, "/me", &[]).await;
    let all = user["external_accounts"].as_array().expect("a list");
    assert_eq!(all.len(), 1, "{user}");
    all[0].clone()
}

const ELSEWHERE: &str = "ada@elsewhere.example";

#[tokio::test]
async fn a_connection_stays_while_its_person_is_at_the_provider_once_more() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let before = connected(&browser, ELSEWHERE).await;
    let path = format!("/me/external_accounts/{}/reauthorize", id(&before));

    let again = browser.done(Method::PATCH, &path, &BACK[1..2]).await;
    assert_eq!(again["id"], before["id"]);
    assert_eq!(again["verification"]["status"], "unverified");
    assert_eq!(connection(&browser).await, before);
    let there = world.browser().await;
    let begun = there.done(Method::POST, "/client/sign_ins", &BACK).await;
    let led = through_provider(&there, &begun["first_factor_verification"], ELSEWHERE).await;
    assert_eq!(led, "http://localhost:8080/done", "it still signs in");

    // Whoever cancels keeps it, and is told.
    let led = cancel_at_provider(&browser, &again["verification"]).await;
    assert_eq!(led, "http://localhost:8080/sso-callback");
    let proof = connection(&browser).await["verification"].clone();
    assert_eq!(proof["status"], "verified");
    assert_eq!(proof["error"]["code"], "oauth_access_denied");

    let again = browser.done(Method::PATCH, &path, &BACK[1..2]).await;
    through_provider(&browser, &again["verification"], ELSEWHERE).await;
    let after = connection(&browser).await;
    assert_eq!(after["verification"]["status"], "verified");
    assert_eq!(after["verification"]["error"], Value::Null);
}

#[tokio::test]
async fn a_connection_is_renewed_by_its_own_account_only() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let before = connected(&browser, ELSEWHERE).await;
    let path = format!("/me/external_accounts/{}/reauthorize", id(&before));
    let again = browser.done(Method::PATCH, &path, &BACK[1..2]).await;
    through_provider(&browser, &again["verification"], "eve@elsewhere.example").await;
    let after = connection(&browser).await;
    assert_eq!(after["email_address"], ELSEWHERE);
    assert_eq!(after["provider_user_id"], before["provider_user_id"]);
    let proof = &after["verification"];
    assert_eq!(proof["status"], "verified");
    assert_eq!(proof["error"]["code"], "oauth_account_already_connected");
}

#[tokio::test]
async fn whoever_was_signed_out_meanwhile_connects_nothing() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let user = id(&browser.done(Method::GET, "/me", &[]).await);
    let path = "/me/external_accounts";
    let begun = browser.done(Method::POST, path, &BACK[..2]).await;
    let revoke = format!("/sessions/{session}/revoke");
    world.server(Method::POST, &revoke, Value::Null).await;
    let led = through_provider(&browser, &begun["verification"], ELSEWHERE).await;
    assert_eq!(led, "http://localhost:8080/sso-callback");
    let path = format!("/users/{user}");
    let user = world.server(Method::GET, &path, Value::Null).await;
    let proof = &user["external_accounts"][0]["verification"];
    assert_eq!(proof["status"], "failed", "{user}");
    assert_eq!(proof["error"]["code"], "signed_out");
}

#[tokio::test]
async fn whoever_cancels_a_connection_is_told_so_and_can_begin_anew() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let path = "/me/external_accounts";
    let begun = browser.done(Method::POST, path, &BACK[..2]).await;
    cancel_at_provider(&browser, &begun["verification"]).await;
    let proof = connection(&browser).await["verification"].clone();
    assert_eq!(proof["status"], "failed");
    assert_eq!(proof["error"]["code"], "oauth_access_denied");
    let connected = connected(&browser, ELSEWHERE).await;
    assert_eq!(connected["verification"]["status"], "verified");
}

#[tokio::test]
async fn whoever_cancels_at_the_provider_is_told_so_on_the_page() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let browser = world.browser().await;
    let begun = browser.done(Method::POST, "/client/sign_ins", &BACK).await;
    let url = text(&begun["first_factor_verification"]["external_verification_redirect_url"]);
    // Some providers come back by POST.
    let state = query(&url, "state").expect("a state");
    let answer = world
        .http
        .post(format!("{}/v1/oauth_callback", world.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("state={state}&error=access_denied&code="))
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    assert_eq!(
        answer.headers()["location"],
        "http://localhost:8080/sso-callback"
    );
    crate::document::check("fapi", "POST", "/oauth_callback", status, &Value::Null);
    let path = format!("/client/sign_ins/{}", id(&begun));
    let waiting = browser.done(Method::GET, &path, &[]).await;
    assert_eq!(
        waiting["first_factor_verification"]["error"]["code"],
        "oauth_access_denied"
    );
}

/// Signs up as this person of a provider.
pub async fn sign_up(browser: &Browser<'_>, email: &str) {
    let begun = browser.done(Method::POST, "/client/sign_ups", &BACK).await;
    let led = through_provider(browser, &begun["verifications"]["external_account"], email).await;
    assert_eq!(led, "http://localhost:8080/done");
}

/// The sign-up after somebody tried to make an account as this person of a provider.
pub async fn by_provider(world: &World, email: &str, more: &[(&str, &str)]) -> Value {
    let browser = world.browser().await;
    let form: Vec<_> = BACK.iter().chain(more).copied().collect();
    let begun = browser.done(Method::POST, "/client/sign_ups", &form).await;
    through_provider(&browser, &begun["verifications"]["external_account"], email).await;
    let client = browser.client().await;
    assert_eq!(client["sessions"], json!([]), "{email} got in");
    client["sign_up"]["verifications"]["external_account"].clone()
}

#[tokio::test]
async fn who_may_not_sign_up_may_not_by_a_provider_either() {
    let world = World::with(json!({ "social": ["google"] })).await;
    let body = json!({ "identifier": "*@bad.example" });
    world
        .server(Method::POST, "/blocklist_identifiers", body)
        .await;
    for (setting, email, code) in [
        ("blocklist", "eve@bad.example", "not_allowed_access"),
        ("allowlist", "eve@example.com", "not_allowed_access"),
        (
            "block_email_subaddresses",
            "eve+1@example.com",
            "form_email_address_blocked",
        ),
    ] {
        world
            .control(Method::PATCH, "/settings", json!({ setting: true }))
            .await;
        let proof = by_provider(&world, email, &[]).await;
        assert_eq!(proof["error"]["code"], code, "{setting}: {proof}");
        // By a sign-in that finds no account and becomes a sign-up, too.
        let browser = world.browser().await;
        let begun = browser.done(Method::POST, "/client/sign_ins", &BACK).await;
        through_provider(&browser, &begun["first_factor_verification"], email).await;
        browser
            .refused(
                Method::POST,
                "/client/sign_ups",
                &[("transfer", "true")],
                code,
            )
            .await;
        world
            .control(Method::PATCH, "/settings", json!({ setting: false }))
            .await;
    }
}
