//! Every way to prove who one is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::world::{ADA, Browser, PASSWORD, World, code_of, id, read, text};

const BOB: &str = "bob+clerk_test@example.com";

/// The code that an authenticator app shows at this time, in milliseconds.
fn app_code(secret: &str, now: i64) -> String {
    let secret = Secret::Encoded(secret.to_owned())
        .to_bytes()
        .expect("Base32");
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, None, String::new()).expect("an app");
    app.generate(u64::try_from(now / 1000).expect("a time"))
}

async fn now(world: &World) -> i64 {
    let (_, clock) = world.control(Method::GET, "/clock", Value::Null).await;
    clock["now"].as_i64().expect("a time")
}

/// Sets an authenticator app up; answers its secret and the backup codes.
async fn set_up_app(browser: &Browser<'_>) -> (String, Vec<String>) {
    let begun = browser.done(Method::POST, "/me/totp", &[]).await;
    let secret = text(&begun["secret"]);
    assert!(text(&begun["uri"]).starts_with("otpauth://totp/"));
    browser
        .refused(
            Method::POST,
            "/me/totp/attempt_verification",
            &[("code", "000000")],
            "form_code_incorrect",
        )
        .await;
    let code = app_code(&secret, now(browser.world).await);
    let done = browser
        .done(
            Method::POST,
            "/me/totp/attempt_verification",
            &[("code", &code)],
        )
        .await;
    assert_eq!(done["verified"], true);
    assert_eq!(done["secret"], Value::Null, "it is shown once");
    let codes = done["backup_codes"].as_array().expect("backup codes");
    (secret, codes.iter().map(text).collect())
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_an_apps_code_works_once() {
    let world = World::new().await;
    let here = world.browser().await;
    here.sign_up(ADA).await;
    let (secret, backup) = set_up_app(&here).await;
    let user = here.done(Method::GET, "/me", &[]).await;
    assert_eq!(
        (
            &user["totp_enabled"],
            &user["two_factor_enabled"],
            &user["backup_code_enabled"]
        ),
        (&json!(true), &json!(true), &json!(true))
    );
    world.wait(60).await;
    let code = app_code(&secret, now(&world).await);
    let guess = [("code", code.as_str())];
    let path = "/me/totp/attempt_verification";
    here.refused(Method::POST, path, &guess, "verification_already_verified")
        .await;
    for used in [false, true] {
        let there = world.browser().await;
        let begun = there.sign_in(ADA).await;
        assert_eq!(begun["status"], "needs_second_factor");
        assert_eq!(there.client().await["sessions"], json!([]), "not yet");
        let path = format!("/client/sign_ins/{}/attempt_second_factor", id(&begun));
        let proof = [("strategy", "totp"), ("code", code.as_str())];
        if used {
            there
                .refused(Method::POST, &path, &proof, "form_code_incorrect")
                .await;
            continue;
        }
        // A reload in between loses nothing.
        let path_of = format!("/client/sign_ins/{}", id(&begun));
        assert_eq!(
            there.done(Method::GET, &path_of, &[]).await["status"],
            "needs_second_factor"
        );
        there
            .done(
                Method::POST,
                &format!("{path_of}/prepare_second_factor"),
                &[],
            )
            .await;
        assert_eq!(
            there.done(Method::POST, &path, &proof).await["status"],
            "complete"
        );
    }
    let there = world.browser().await;
    let begun = there.sign_in(ADA).await;
    let path = format!("/client/sign_ins/{}/attempt_second_factor", id(&begun));
    let proof = [("strategy", "backup_code"), ("code", backup[0].as_str())];
    assert_eq!(
        there.done(Method::POST, &path, &proof).await["status"],
        "complete"
    );

    let renewed = here.done(Method::POST, "/me/backup_codes", &[]).await;
    assert_eq!(renewed["codes"].as_array().map(Vec::len), Some(10));
    here.done(Method::DELETE, "/me/totp", &[]).await;
    let other = world.browser().await;
    assert_eq!(other.sign_in(ADA).await["status"], "complete");
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_a_code() {
    let world = World::new().await;
    let here = world.browser().await;
    here.sign_up(ADA).await;
    let there = world.browser().await;
    let begun = there
        .done(Method::POST, "/client/sign_ins", &[("identifier", ADA)])
        .await;
    assert_eq!(begun["status"], "needs_first_factor");
    let path = format!("/client/sign_ins/{}", id(&begun));
    let factor = begun["supported_first_factors"]
        .as_array()
        .and_then(|all| {
            all.iter()
                .find(|it| it["strategy"] == "reset_password_email_code")
        })
        .expect("it is offered")
        .clone();
    let address = text(&factor["email_address_id"]);
    let strategy = ("strategy", "reset_password_email_code");
    there
        .done(
            Method::POST,
            &format!("{path}/prepare_first_factor"),
            &[strategy, ("email_address_id", &address)],
        )
        .await;
    let proven = there
        .done(
            Method::POST,
            &format!("{path}/attempt_first_factor"),
            &[strategy, ("code", "424242")],
        )
        .await;
    assert_eq!(proven["status"], "needs_new_password");
    let reset = format!("{path}/reset_password");
    let error = there
        .refused(
            Method::POST,
            &reset,
            &[("password", "password1")],
            "form_password_pwned",
        )
        .await;
    assert_eq!(error["meta"]["param_name"], "password");
    let new = [
        ("password", "battery horse correct"),
        ("sign_out_of_other_sessions", "true"),
    ];
    assert_eq!(
        there.done(Method::POST, &reset, &new).await["status"],
        "complete"
    );
    assert_eq!(
        here.client().await["sessions"],
        json!([]),
        "signed out elsewhere"
    );
    let old = [("identifier", ADA), ("password", PASSWORD)];
    here.refused(
        Method::POST,
        "/client/sign_ins",
        &old,
        "form_password_incorrect",
    )
    .await;
}

#[tokio::test]
async fn a_username_is_as_good_as_an_address() {
    let world = World::with(json!({ "username": "required" })).await;
    let browser = world.browser().await;
    let form = [
        ("email_address", ADA),
        ("username", "Countess"),
        ("password", PASSWORD),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
    ];
    for (name, code) in [
        ("a", "form_username_invalid_length"),
        ("a b c d", "form_username_invalid_character"),
    ] {
        let error = browser
            .refused(
                Method::POST,
                "/client/sign_ups",
                &[("username", name)],
                code,
            )
            .await;
        assert_eq!(error["meta"]["param_name"], "username");
    }
    let begun = browser
        .done(Method::POST, "/client/sign_ups", &form[..2])
        .await;
    assert_eq!(
        begun["missing_fields"],
        json!(["password", "first_name", "last_name"])
    );
    let path = format!("/client/sign_ups/{}", id(&begun));
    browser.done(Method::PATCH, &path, &form[2..]).await;
    let code = [("strategy", "email_code"), ("code", "424242")];
    browser
        .done(
            Method::POST,
            &format!("{path}/prepare_verification"),
            &code[..1],
        )
        .await;
    browser.done(Method::GET, &path, &[]).await;
    browser
        .done(Method::POST, &format!("{path}/attempt_verification"), &code)
        .await;

    let there = world.browser().await;
    assert_eq!(there.sign_in("countess").await["status"], "complete");
    let renamed = browser
        .done(Method::PATCH, "/me", &[("username", "analyst")])
        .await;
    assert_eq!(renamed["username"], "analyst");
    let other = world.browser().await;
    other
        .refused(
            Method::POST,
            "/client/sign_ins",
            &[("identifier", "countess")],
            "form_identifier_not_found",
        )
        .await;
}

#[tokio::test]
async fn an_account_is_locked_after_too_many_wrong_guesses_and_opens_again() {
    let world = World::with(json!({ "lockout_attempts": 3, "lockout_minutes": 15 })).await;
    world.browser().await.sign_up(ADA).await;
    let browser = world.browser().await;
    let wrong = [("identifier", ADA), ("password", "wrong guess")];
    for code in [
        "form_password_incorrect",
        "form_password_incorrect",
        "user_locked",
    ] {
        browser
            .refused(Method::POST, "/client/sign_ins", &wrong, code)
            .await;
    }
    let right = [("identifier", ADA), ("password", PASSWORD)];
    let locked = browser
        .refused(Method::POST, "/client/sign_ins", &right, "user_locked")
        .await;
    let seconds = locked["meta"]["lockout_expires_in_seconds"]
        .as_i64()
        .expect("seconds");
    assert!((1..=900).contains(&seconds), "{seconds}");
    world.wait(901).await;
    assert_eq!(browser.sign_in(ADA).await["status"], "complete");
}

#[tokio::test]
async fn a_sensitive_change_asks_for_a_fresh_proof() {
    let world = World::with(json!({ "reverification": true })).await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let change = [("email_address", "countess+clerk_test@example.com")];
    world.wait(11 * 60).await;
    browser
        .refused(
            Method::POST,
            "/me/email_addresses",
            &change,
            "session_reverification_required",
        )
        .await;
    let path = format!("/client/sessions/{session}/verify");
    let asked = browser
        .done(Method::POST, &path, &[("level", "first_factor")])
        .await;
    assert_eq!(asked["status"], "needs_first_factor");
    let attempt = format!("{path}/attempt_first_factor");
    let wrong = [("strategy", "password"), ("password", "wrong")];
    browser
        .refused(Method::POST, &attempt, &wrong, "form_password_incorrect")
        .await;
    let right = [("strategy", "password"), ("password", PASSWORD)];
    assert_eq!(
        browser.done(Method::POST, &attempt, &right).await["status"],
        "complete"
    );
    browser
        .done(Method::POST, "/me/email_addresses", &change)
        .await;

    // By a code, and with a second factor.
    let (secret, _) = set_up_app(&browser).await;
    world.wait(11 * 60).await;
    browser
        .done(Method::POST, &path, &[("level", "multi_factor")])
        .await;
    let code = [("strategy", "email_code"), ("code", "424242")];
    browser
        .done(
            Method::POST,
            &format!("{path}/prepare_first_factor"),
            &code[..1],
        )
        .await;
    let half = browser.done(Method::POST, &attempt, &code).await;
    assert_eq!(half["status"], "needs_second_factor");
    browser
        .done(Method::POST, &format!("{path}/prepare_second_factor"), &[])
        .await;
    let code = app_code(&secret, now(&world).await);
    let proof = [("strategy", "totp"), ("code", code.as_str())];
    let done = browser
        .done(
            Method::POST,
            &format!("{path}/attempt_second_factor"),
            &proof,
        )
        .await;
    assert_eq!(done["status"], "complete");
    assert_eq!(done["session"]["factor_verification_age"], json!([0, 0]));
}

#[tokio::test]
async fn a_password_can_be_removed_and_the_account_deleted() {
    let world = World::with(json!({ "password": "optional" })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let wrong = [("current_password", "wrong")];
    browser
        .refused(
            Method::POST,
            "/me/remove_password",
            &wrong,
            "form_password_incorrect",
        )
        .await;
    let right = [("current_password", PASSWORD)];
    let user = browser
        .done(Method::POST, "/me/remove_password", &right)
        .await;
    assert_eq!(user["password_enabled"], false);
    let gone = browser.done(Method::DELETE, "/me", &[]).await;
    assert_eq!(gone["deleted"], true);
    assert_eq!(browser.client().await["sessions"], json!([]));
    browser
        .refused(
            Method::POST,
            "/client/sign_ins",
            &[("identifier", ADA)],
            "form_identifier_not_found",
        )
        .await;
}

#[tokio::test]
async fn a_picture_of_ten_megabytes_is_taken_and_a_larger_one_refused() {
    const MEGABYTES_10: usize = 10 * 1024 * 1024;
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    picture.resize(MEGABYTES_10, 0);
    let image = (Method::POST, "/me/profile_image", false);
    let (status, body) = browser.upload(image.clone(), &picture, "image/png").await;
    assert_eq!(status, 200, "{body}");
    let user = browser.done(Method::GET, "/me", &[]).await;
    let shown = world.http.get(text(&user["image_url"])).send().await;
    let shown = shown.expect("an answer").bytes().await.expect("bytes");
    assert_eq!(shown.len(), MEGABYTES_10);

    // clerk-js sends a picture that it has as text.
    let text = STANDARD.encode(&picture);
    let url = format!(
        "{}/v1/me/profile_image?__clerk_db_jwt={}",
        world.url(),
        browser.token
    );
    let request = world
        .http
        .post(url)
        .header("Content-Type", "application/octet-stream");
    let (status, body) = read(request.body(text).send().await.expect("an answer")).await;
    assert_eq!(status, 200, "{body}");

    picture.push(0);
    let (status, body) = browser.upload(image.clone(), &picture, "image/png").await;
    assert_eq!((status, code_of(&body)), (422, "image_too_large"));
    picture.resize(2 * MEGABYTES_10, 0);
    let (status, body) = browser.upload(image, &picture, "image/png").await;
    assert_eq!((status, code_of(&body)), (413, "request_body_too_large"));
}

#[tokio::test]
async fn a_profile_image_is_taken_served_and_deleted() {
    const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n0000";
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let image = (Method::POST, "/me/profile_image", false);
    let (status, body) = browser
        .upload(image.clone(), b"<svg/>", "image/svg+xml")
        .await;
    assert_eq!(status, 422, "{body}");
    let (status, body) = browser.upload(image, PIXEL, "image/png").await;
    assert_eq!(status, 200, "{body}");
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(user["has_image"], true);
    let image = world
        .http
        .get(text(&user["image_url"]))
        .send()
        .await
        .expect("an answer");
    assert_eq!(image.headers()["content-type"], "image/png");
    assert_eq!(image.bytes().await.expect("bytes"), PIXEL);
    browser.done(Method::DELETE, "/me/profile_image", &[]).await;
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(user["has_image"], false);
    let image = world
        .http
        .get(text(&user["image_url"]))
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        image.headers()["content-type"],
        "image/svg+xml",
        "the initials"
    );
}

#[tokio::test]
async fn several_people_share_a_browser_and_devices_are_signed_out_from_afar() {
    let world = World::with(json!({ "single_session": false })).await;
    let shared = world.browser().await;
    let ada = shared.sign_up(ADA).await;
    let form = [
        ("email_address", "bob+clerk_test@example.com"),
        ("password", PASSWORD),
        ("first_name", "Bob"),
        ("last_name", "B"),
    ];
    let begun = shared.done(Method::POST, "/client/sign_ups", &form).await;
    let path = format!("/client/sign_ups/{}", id(&begun));
    let code = [("strategy", "email_code"), ("code", "424242")];
    shared
        .done(
            Method::POST,
            &format!("{path}/prepare_verification"),
            &code[..1],
        )
        .await;
    shared
        .done(Method::POST, &format!("{path}/attempt_verification"), &code)
        .await;
    assert_eq!(
        shared.client().await["sessions"].as_array().map(Vec::len),
        Some(2)
    );
    let again = [("identifier", ADA), ("password", PASSWORD)];
    shared
        .refused(
            Method::POST,
            "/client/sign_ins",
            &again,
            "identifier_already_signed_in",
        )
        .await;
    shared
        .done(
            Method::POST,
            &format!("/client/sessions/{ada}/touch"),
            &[("active_organization_id", "")],
        )
        .await;
    assert_eq!(shared.client().await["last_active_session_id"], json!(ada));
    shared
        .done(Method::GET, &format!("/client/sessions/{ada}"), &[])
        .await;

    let far = world.browser().await;
    let signed_in = far.sign_in(ADA).await;
    *shared.session.lock().expect("a session") = Some(ada.clone());
    let (_, devices) = shared.call(Method::GET, "/me/sessions/active", &[]).await;
    assert_eq!(devices.as_array().map(Vec::len), Some(2));
    let other = text(&signed_in["created_session_id"]);
    shared
        .done(Method::POST, &format!("/me/sessions/{other}/revoke"), &[])
        .await;
    assert_eq!(far.client().await["sessions"], json!([]));
    shared.call(Method::GET, "/me/sessions", &[]).await;
    shared
        .done(Method::POST, &format!("/client/sessions/{ada}/remove"), &[])
        .await;
    assert_eq!(
        shared.client().await["sessions"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_passkey_is_made_named_used_and_removed() {
    let world = World::with(json!({ "passkeys": true })).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let key = crate::authenticator::Authenticator::new();
    let made = browser.done(Method::POST, "/me/passkeys", &[]).await;
    let path = format!("/me/passkeys/{}", id(&made));
    let options = text(&made["verification"]["nonce"]);
    let attempt = format!("{path}/attempt_verification");
    let forged = key.registration(&options, "http://evil.example");
    let form = [
        ("strategy", "passkey"),
        ("public_key_credential", forged.as_str()),
    ];
    browser
        .refused(
            Method::POST,
            &attempt,
            &form,
            "passkey_invalid_public_key_credential",
        )
        .await;
    let credential = key.registration(&options, crate::world::PAGE);
    let form = [
        ("strategy", "passkey"),
        ("public_key_credential", credential.as_str()),
    ];
    browser.done(Method::POST, &attempt, &form).await;
    let named = browser
        .done(Method::PATCH, &path, &[("name", "Laptop")])
        .await;
    assert_eq!(named["name"], "Laptop");
    browser.done(Method::GET, &path, &[]).await;

    // Whoever has it needs to name nobody.
    let there = world.browser().await;
    let begun = there
        .done(Method::POST, "/client/sign_ins", &[("strategy", "passkey")])
        .await;
    let options = text(&begun["first_factor_verification"]["nonce"]);
    let credential = key.assertion(&options, crate::world::PAGE);
    let form = [
        ("strategy", "passkey"),
        ("public_key_credential", credential.as_str()),
    ];
    let attempt = format!("/client/sign_ins/{}/attempt_first_factor", id(&begun));
    assert_eq!(
        there.done(Method::POST, &attempt, &form).await["status"],
        "complete"
    );

    let user = browser.done(Method::GET, "/me", &[]).await;
    let by_server = format!("/users/{}/passkeys/{}", id(&user), id(&made));
    world.server(Method::DELETE, &by_server, Value::Null).await;
    browser
        .refused(Method::DELETE, &path, &[], "resource_not_found")
        .await;
    let again = browser.done(Method::POST, "/me/passkeys", &[]).await;
    let path = format!("/me/passkeys/{}", id(&again));
    browser.done(Method::DELETE, &path, &[]).await;
}

/// Bob with an authenticator app, and the ticket of Ada's invitation of him.
async fn invited(world: &World, bob: &Browser<'_>) -> (String, String) {
    let ada = world.browser().await;
    ada.sign_up(ADA).await;
    bob.sign_up(BOB).await;
    let (secret, _) = set_up_app(bob).await;
    let name = [("name", "Engines")];
    let engines = ada.done(Method::POST, "/organizations", &name).await;
    let path = format!("/organizations/{}/invitations", id(&engines));
    let form = [("email_address", BOB), ("role", "org:member")];
    ada.done(Method::POST, &path, &form).await;
    let link = text(&world.mail(BOB).await["link"]);
    let (_, ticket) = link.split_once("ticket=").expect("a ticket");
    (secret, ticket.to_owned())
}

#[tokio::test]
async fn an_invitation_is_one_factor_and_a_second_one_is_still_asked_for() {
    let world = World::with(json!({ "organizations": { "enabled": true } })).await;
    let bob = world.browser().await;
    let (secret, ticket) = invited(&world, &bob).await;
    world.wait(60).await;
    let there = world.browser().await;
    let form = [("strategy", "ticket"), ("ticket", ticket.as_str())];
    let begun = there.done(Method::POST, "/client/sign_ins", &form).await;
    assert_eq!(begun["status"], "needs_second_factor");
    assert_eq!(there.client().await["sessions"], json!([]));
    let memberships = "/me/organization_memberships?paginated=true";
    let before = bob.done(Method::GET, memberships, &[]).await;
    assert_eq!(before["total_count"], 0, "half a sign-in joins nothing");

    let code = app_code(&secret, now(&world).await);
    let path = format!("/client/sign_ins/{}/attempt_second_factor", id(&begun));
    let proof = [("strategy", "totp"), ("code", code.as_str())];
    let done = there.done(Method::POST, &path, &proof).await;
    assert_eq!(done["status"], "complete");
    let after = there.done(Method::GET, memberships, &[]).await;
    assert_eq!(after["total_count"], 1);
}

#[tokio::test]
async fn a_sensitive_change_asks_for_the_second_factor_where_there_is_one() {
    let world = World::with(json!({ "reverification": true })).await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let (secret, _) = set_up_app(&browser).await;
    // Whoever has just shown an app's code need not show another.
    browser.done(Method::POST, "/me/backup_codes", &[]).await;
    world.wait(11 * 60).await;
    let path = format!("/client/sessions/{session}/verify");
    let password = [("strategy", "password"), ("password", PASSWORD)];
    let code = app_code(&secret, now(&world).await);
    let code = [("strategy", "totp"), ("code", code.as_str())];
    for (level, factor, proof, enough) in [
        ("first_factor", "attempt_first_factor", password, false),
        ("second_factor", "attempt_second_factor", code, true),
    ] {
        browser.done(Method::POST, &path, &[("level", level)]).await;
        let done = browser
            .done(Method::POST, &format!("{path}/{factor}"), &proof)
            .await;
        assert_eq!(done["status"], "complete");
        let (status, body) = browser.call(Method::DELETE, "/me/totp", &[]).await;
        assert_eq!(status == 200, enough, "{level}: {body}");
    }
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_wrong_guess() {
    for (change, wrong) in [
        (
            "change_password",
            [
                ("current_password", "wrong"),
                ("new_password", "another good one 7"),
            ],
        ),
        (
            "remove_password",
            [("current_password", "wrong"), ("unused", "")],
        ),
    ] {
        let world = World::with(json!({ "lockout_attempts": 3, "password": "optional" })).await;
        let browser = world.browser().await;
        browser.sign_up(ADA).await;
        let path = format!("/me/{change}");
        for code in [
            "form_password_incorrect",
            "form_password_incorrect",
            "user_locked",
        ] {
            browser.refused(Method::POST, &path, &wrong, code).await;
        }
        let mut right = wrong;
        right[0].1 = PASSWORD;
        browser
            .refused(Method::POST, &path, &right, "user_locked")
            .await;
        world.wait(61 * 60).await;
        browser.done(Method::POST, &path, &right).await;
    }
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let world = World::new().await;
    let session = world.browser().await;
    let id_of_session = session.sign_up(ADA).await;
    let settings = |value| world.control(Method::PATCH, "/settings", value);
    settings(json!({ "email_code": false, "email_link": true, "social": ["google"] })).await;
    let browser = world.browser().await;
    let named = [("identifier", ADA)];
    let begun = browser.done(Method::POST, "/client/sign_ins", &named).await;
    let path = format!("/client/sign_ins/{}", id(&begun));
    let refused = "strategy_for_user_invalid";
    let code = [("strategy", "email_code"), ("code", "424242")];
    for (step, form) in [("prepare", &code[..1]), ("attempt", &code[..])] {
        let path = format!("{path}/{step}_first_factor");
        browser.refused(Method::POST, &path, form, refused).await;
    }
    let path = format!("/client/sessions/{id_of_session}/verify");
    let level = [("level", "first_factor")];
    session.done(Method::POST, &path, &level).await;
    let path = format!("{path}/prepare_first_factor");
    session
        .refused(Method::POST, &path, &code[..1], refused)
        .await;

    settings(json!({ "email_code": true, "password": "off" })).await;
    let password = [("identifier", ADA), ("password", PASSWORD)];
    browser
        .refused(Method::POST, "/client/sign_ins", &password, refused)
        .await;
    let reset = [
        ("identifier", ADA),
        ("strategy", "reset_password_email_code"),
    ];
    browser
        .refused(Method::POST, "/client/sign_ins", &reset, refused)
        .await;
    for (setting, field, value) in [
        ("password", "password", PASSWORD),
        ("username", "username", "countess"),
        ("first_name", "first_name", "Ada"),
        ("email_address", "email_address", "eve@example.com"),
    ] {
        settings(json!({ setting: "off" })).await;
        let form = [(field, value)];
        let error = browser
            .refused(
                Method::POST,
                "/client/sign_ups",
                &form,
                "form_param_unknown",
            )
            .await;
        assert_eq!(error["meta"]["param_name"], field);
    }
}
