//! Proofs that lead through other pages: links, tickets, lists.

use reqwest::Method;
use serde_json::{Value, json};

use crate::providers::by_provider;
use crate::world::{ADA, Browser, PAGE, World, claims, id, query, text};

#[tokio::test]
async fn a_link_signs_up_and_in_while_the_page_waits() {
    let world =
        World::with(json!({ "email_link": true, "email_code": false, "password": "off" })).await;
    let browser = world.browser().await;
    let form = [
        ("email_address", ADA),
        ("first_name", "Ada"),
        ("last_name", "L"),
    ];
    let begun = browser.done(Method::POST, "/client/sign_ups", &form).await;
    let path = format!("/client/sign_ups/{}", id(&begun));
    let link = [
        ("strategy", "email_link"),
        ("redirect_url", "http://localhost:8080/sign-up#/verify"),
    ];
    browser
        .done(Method::POST, &format!("{path}/prepare_verification"), &link)
        .await;
    let url = text(&world.mail(ADA).await["link"]);
    let led = browser.open(&url).await;
    assert!(led.starts_with("http://localhost:8080/sign-up?"), "{led}");
    assert!(led.contains("__clerk_status=verified"), "{led}");
    assert!(led.ends_with("#/verify"), "{led}");
    let done = browser.done(Method::GET, &path, &[]).await;
    assert_eq!(done["status"], "complete");
    assert!(
        browser.open(&url).await.contains("__clerk_status=failed"),
        "it works once"
    );

    let there = world.browser().await;
    let begun = there
        .done(Method::POST, "/client/sign_ins", &[("identifier", ADA)])
        .await;
    let path = format!("/client/sign_ins/{}", id(&begun));
    let address = text(&begun["supported_first_factors"][0]["email_address_id"]);
    let link = [
        ("strategy", "email_link"),
        ("email_address_id", &address),
        ("redirect_url", "http://localhost:8080/in"),
    ];
    there
        .done(Method::POST, &format!("{path}/prepare_first_factor"), &link)
        .await;
    let url = text(&world.mail(ADA).await["link"]);
    world.wait(601).await;
    assert!(there.open(&url).await.contains("__clerk_status=expired"));
    there
        .done(Method::POST, &format!("{path}/prepare_first_factor"), &link)
        .await;
    let url = text(&world.mail(ADA).await["link"]);
    assert!(
        there
            .open(&url)
            .await
            .contains("__clerk_created_session=sess_")
    );
    let done = there.done(Method::GET, &path, &[]).await;
    assert_eq!(done["status"], "complete");
    assert_eq!(done["first_factor_verification"]["status"], "verified");
}

#[tokio::test]
async fn an_invitation_lets_one_in_where_others_may_not() {
    let world = World::with(json!({ "sign_up_mode": "restricted" })).await;
    let browser = world.browser().await;
    browser
        .refused(
            Method::POST,
            "/client/sign_ups",
            &[("email_address", ADA)],
            "sign_up_mode_restricted",
        )
        .await;
    let body = json!({ "email_address": ADA, "public_metadata": { "plan": "pro" } });
    let invitation = world.server(Method::POST, "/invitations", body).await;
    let led = browser.open(&text(&world.mail(ADA).await["link"])).await;
    assert!(led.starts_with(&format!("{PAGE}/sign-up?")), "{led}");
    assert_eq!(query(&led, "__clerk_status").as_deref(), Some("sign_up"));
    let ticket = query(&led, "__clerk_ticket").expect("a ticket");
    let form = [
        ("strategy", "ticket"),
        ("ticket", ticket.as_str()),
        ("password", "correct horse battery"),
        ("first_name", "Ada"),
        ("last_name", "L"),
    ];
    let done = browser.done(Method::POST, "/client/sign_ups", &form).await;
    assert_eq!(
        done["status"], "complete",
        "an invited address needs no code"
    );
    let user = browser.done(Method::GET, "/me", &[]).await;
    assert_eq!(user["public_metadata"]["plan"], "pro");
    let all = world
        .server(Method::GET, "/invitations?status=accepted", Value::Null)
        .await;
    assert_eq!(all[0]["id"], invitation["id"]);
    let other = world.browser().await;
    other
        .refused(
            Method::POST,
            "/client/sign_ups",
            &form,
            "ticket_invalid_code",
        )
        .await;
}

#[tokio::test]
async fn sign_in_tokens_and_actors_open_a_session_once() {
    let world = World::new().await;
    world.browser().await.sign_up(ADA).await;
    let user = world.server(Method::GET, "/users", Value::Null).await[0].clone();
    let body = json!({ "user_id": user["id"], "expires_in_seconds": 60 });
    let token = world
        .server(Method::POST, "/sign_in_tokens", body.clone())
        .await;
    let browser = world.browser().await;
    let secret = text(&token["token"]);
    let form = [("strategy", "ticket"), ("ticket", secret.as_str())];
    assert_eq!(
        browser.done(Method::POST, "/client/sign_ins", &form).await["status"],
        "complete"
    );
    let other = world.browser().await;
    other
        .refused(
            Method::POST,
            "/client/sign_ins",
            &form,
            "ticket_invalid_code",
        )
        .await;

    let stale = text(
        &world
            .server(Method::POST, "/sign_in_tokens", body.clone())
            .await["token"],
    );
    world.wait(61).await;
    let form = [("strategy", "ticket"), ("ticket", stale.as_str())];
    other
        .refused(
            Method::POST,
            "/client/sign_ins",
            &form,
            "ticket_expired_code",
        )
        .await;
    let revoked = world.server(Method::POST, "/sign_in_tokens", body).await;
    world
        .server(
            Method::POST,
            &format!("/sign_in_tokens/{}/revoke", id(&revoked)),
            Value::Null,
        )
        .await;
    let secret = text(&revoked["token"]);
    let form = [("strategy", "ticket"), ("ticket", secret.as_str())];
    other
        .refused(
            Method::POST,
            "/client/sign_ins",
            &form,
            "ticket_invalid_code",
        )
        .await;

    let body = json!({ "user_id": user["id"], "actor": { "sub": "user_support" } });
    let actor = world
        .server(Method::POST, "/actor_tokens", body.clone())
        .await;
    let secret = text(&actor["token"]);
    let form = [("strategy", "ticket"), ("ticket", secret.as_str())];
    let done = other.done(Method::POST, "/client/sign_ins", &form).await;
    let session = text(&done["created_session_id"]);
    let token = other
        .post(&format!("/client/sessions/{session}/tokens"), &[])
        .await;
    assert_eq!(claims(&token)["act"]["sub"], "user_support");
    let unused = world.server(Method::POST, "/actor_tokens", body).await;
    world
        .server(
            Method::POST,
            &format!("/actor_tokens/{}/revoke", id(&unused)),
            Value::Null,
        )
        .await;
    let testing = world
        .server(Method::POST, "/testing_tokens", Value::Null)
        .await;
    assert_eq!(testing["object"], "testing_token");
}

#[tokio::test]
async fn a_waitlist_lets_in_whom_somebody_chooses() {
    let world = World::with(json!({ "sign_up_mode": "waitlist" })).await;
    let browser = world.browser().await;
    let address = [("email_address", ADA)];
    browser
        .refused(
            Method::POST,
            "/client/sign_ups",
            &address,
            "sign_up_restricted_waitlist",
        )
        .await;
    let (status, entry) = browser.call(Method::POST, "/waitlist", &address).await;
    assert_eq!((status, &entry["object"]), (200, &json!("waitlist_entry")));
    let path = format!("/waitlist_entries/{}", id(&entry));
    let invited = world
        .server(Method::POST, &format!("{path}/invite"), json!({}))
        .await;
    assert_eq!(invited["status"], "invited");
    let led = browser.open(&text(&world.mail(ADA).await["link"])).await;
    let ticket = query(&led, "__clerk_ticket").expect("a ticket");
    let form = [
        ("ticket", ticket.as_str()),
        ("password", "correct horse battery"),
        ("first_name", "Ada"),
        ("last_name", "L"),
    ];
    browser.done(Method::POST, "/client/sign_ups", &form).await;
    let entries = world
        .server(
            Method::GET,
            "/waitlist_entries?status=completed",
            Value::Null,
        )
        .await;
    assert_eq!(entries["total_count"], 1);
    let made = world
        .server(
            Method::POST,
            "/waitlist_entries",
            json!({ "email_address": "b@example.com" }),
        )
        .await;
    let path = format!("/waitlist_entries/{}", id(&made));
    world
        .server(Method::POST, &format!("{path}/reject"), Value::Null)
        .await;
    world.server(Method::DELETE, &path, Value::Null).await;
    let many = json!([{ "email_address": "c@example.com" }, { "email_address": "d@example.com" }]);
    let made = world
        .server(Method::POST, "/waitlist_entries/bulk", many)
        .await;
    assert_eq!(made.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn lists_say_who_may_sign_up() {
    let world = World::new().await;
    let listed = world
        .server(
            Method::POST,
            "/allowlist_identifiers",
            json!({ "identifier": "*@example.com", "notify": false }),
        )
        .await;
    world
        .server(
            Method::PATCH,
            "/instance/restrictions",
            json!({ "allowlist": true, "blocklist": true }),
        )
        .await;
    let browser = world.browser().await;
    let other = [("email_address", "ada@elsewhere.example")];
    let error = browser
        .refused(
            Method::POST,
            "/client/sign_ups",
            &other,
            "not_allowed_access",
        )
        .await;
    assert_eq!(error["meta"]["param_name"], "email_address");
    browser
        .done(Method::POST, "/client/sign_ups", &[("email_address", ADA)])
        .await;
    let blocked = world
        .server(
            Method::POST,
            "/blocklist_identifiers",
            json!({ "identifier": "eve@example.com" }),
        )
        .await;
    let eve = [("email_address", "eve@example.com")];
    browser
        .refused(Method::POST, "/client/sign_ups", &eve, "not_allowed_access")
        .await;
    world
        .server(Method::GET, "/allowlist_identifiers", Value::Null)
        .await;
    world
        .server(Method::GET, "/blocklist_identifiers", Value::Null)
        .await;
    world
        .server(
            Method::DELETE,
            &format!("/blocklist_identifiers/{}", id(&blocked)),
            Value::Null,
        )
        .await;
    world
        .server(
            Method::DELETE,
            &format!("/allowlist_identifiers/{}", id(&listed)),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn a_page_of_another_site_is_not_where_links_lead() {
    let world = World::new().await;
    let browser = world.browser().await;
    let opened = reqwest::Client::new()
        .post(format!("{}/v1/dev_browser", world.url()))
        .header("Origin", "https://evil.example");
    opened.send().await.expect("an answer");
    let body = json!({ "email_address": ADA });
    world.server(Method::POST, "/invitations", body).await;
    let led = browser.open(&text(&world.mail(ADA).await["link"])).await;
    assert!(led.starts_with(&format!("{PAGE}/sign-up?")), "{led}");
}

#[tokio::test]
async fn an_address_that_another_has_taken_meanwhile_is_not_proven_by_a_link() {
    let world = World::with(json!({ "email_link": true })).await;
    let eve = world.browser().await;
    eve.sign_up("eve+clerk_test@example.com").await;
    let (path, link) = link_to_prove(&eve, ADA).await;
    let ada = world.browser().await;
    ada.sign_up(ADA).await;

    let led = ada.open(&link).await;
    assert_eq!(query(&led, "__clerk_status").as_deref(), Some("failed"));
    let shown = eve.done(Method::GET, &path, &[]).await;
    assert_ne!(shown["verification"]["status"], "verified");
}

/// Whoever was thrown out of an account must not leave a way in behind.
#[tokio::test]
async fn whoever_was_signed_out_meanwhile_proves_no_address_by_a_link() {
    let world = World::with(json!({ "email_link": true })).await;
    let eve = world.browser().await;
    let session = eve.sign_up(ADA).await;
    let user = id(&eve.done(Method::GET, "/me", &[]).await);
    let address = "eve+clerk_test@example.com";
    let (_, link) = link_to_prove(&eve, address).await;
    let revoke = format!("/sessions/{session}/revoke");
    world.server(Method::POST, &revoke, Value::Null).await;

    let led = eve.open(&link).await;
    assert_eq!(query(&led, "__clerk_status").as_deref(), Some("failed"));
    let user = world
        .server(Method::GET, &format!("/users/{user}"), Value::Null)
        .await;
    let proof = &user["email_addresses"][1]["verification"];
    assert_eq!(proof["status"], "failed", "{user}");
}

#[tokio::test]
async fn whoever_was_banned_or_locked_meanwhile_is_not_let_in_by_a_link() {
    let world = World::with(json!({ "email_link": true })).await;
    for how in ["ban", "lock"] {
        let email = format!("{how}+clerk_test@example.com");
        let person = world.browser().await;
        person.sign_up(&email).await;
        let user = id(&person.done(Method::GET, "/me", &[]).await);
        let browser = world.browser().await;
        let form = [
            ("identifier", email.as_str()),
            ("strategy", "email_link"),
            ("redirect_url", "http://localhost:8080/verify"),
        ];
        browser.done(Method::POST, "/client/sign_ins", &form).await;
        let link = text(&world.mail(&email).await["link"]);
        world
            .server(Method::POST, &format!("/users/{user}/{how}"), Value::Null)
            .await;
        let led = browser.open(&link).await;
        assert_eq!(query(&led, "__clerk_status").as_deref(), Some("failed"));
        assert_eq!(browser.client().await["sessions"], json!([]));
        let shown = world
            .server(Method::GET, &format!("/users/{user}"), Value::Null)
            .await;
        assert!(
            shown["banned"] == true || shown["locked"] == true,
            "{shown}"
        );
        let body = json!({ "user_id": user });
        let (status, _) = world.backend(Method::POST, "/sessions", body).await;
        assert_eq!(status, 403, "no session by any way: {how}");
    }
}

/// Adds an address, which a link that is sent there is to prove; answers the address's path and the
/// link.
async fn link_to_prove(browser: &Browser<'_>, address: &str) -> (String, String) {
    let form = [("email_address", address)];
    let added = browser
        .done(Method::POST, "/me/email_addresses", &form)
        .await;
    let path = format!("/me/email_addresses/{}", id(&added));
    let form = [
        ("strategy", "email_link"),
        ("redirect_url", "http://localhost:8080/verify"),
    ];
    browser
        .done(Method::POST, &format!("{path}/prepare_verification"), &form)
        .await;
    let link = text(&browser.world.mail(address).await["link"]);
    (path, link)
}

/// Signs up as ADA by a link, which is sent; answers the sign-up's path and the link.
async fn link_sent(browser: &Browser<'_>, more: &[(&str, &str)]) -> (String, String) {
    let mut form = vec![("email_address", ADA)];
    form.extend(more);
    let begun = browser.done(Method::POST, "/client/sign_ups", &form).await;
    let path = format!("/client/sign_ups/{}", id(&begun));
    let form = [
        ("strategy", "email_link"),
        ("redirect_url", "http://localhost:8080/sign-up#/verify"),
    ];
    browser
        .done(Method::POST, &format!("{path}/prepare_verification"), &form)
        .await;
    let link = text(&browser.world.mail(ADA).await["link"]);
    (path, link)
}

#[tokio::test]
async fn whoever_may_not_sign_up_any_more_is_led_back_by_the_link_to_be_told() {
    let settings = json!({
        "email_link": true, "password": "off", "first_name": "off", "last_name": "off",
        "username": "optional",
    });
    let world = World::with(settings).await;
    let blocked = json!({ "identifier": ADA });
    world
        .server(Method::POST, "/blocklist_identifiers", blocked)
        .await;
    let mut refused = Vec::new();
    for setting in [
        json!({ "sign_up_mode": "restricted" }),
        json!({ "sign_up_mode": "waitlist" }),
        json!({ "allowlist": true }),
        json!({ "blocklist": true }),
        json!({ "block_email_subaddresses": true }),
    ] {
        let browser = world.browser().await;
        let (path, link) = link_sent(&browser, &[]).await;
        let (_, before) = world.control(Method::GET, "/settings", Value::Null).await;
        world.control(Method::PATCH, "/settings", setting).await;
        refused.push((browser.open(&link).await, browser, path));
        world.control(Method::PATCH, "/settings", before).await;
    }
    // Or somebody else was quicker with the address, or with the name.
    let browser = world.browser().await;
    let (path, link) = link_sent(&browser, &[("username", "countess")]).await;
    let other = world.browser().await;
    let (other_path, other_link) = link_sent(&other, &[]).await;
    let body = json!({ "email_address": ["bob@example.com"], "username": "countess" });
    world.server(Method::POST, "/users", body).await;
    refused.push((browser.open(&link).await, browser, path));
    let body = json!({ "email_address": [ADA] });
    world.server(Method::POST, "/users", body).await;
    refused.push((other.open(&other_link).await, other, other_path));

    for (led, browser, path) in refused {
        assert!(led.starts_with("http://localhost:8080/sign-up?"), "{led}");
        assert!(led.ends_with("#/verify"), "{led}");
        assert_eq!(query(&led, "__clerk_status").as_deref(), Some("failed"));
        let waiting = browser.done(Method::GET, &path, &[]).await;
        let proof = &waiting["verifications"]["email_address"];
        assert_eq!(proof["status"], "failed", "{waiting}");
        assert_eq!(browser.client().await["sessions"], json!([]));
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_so_on_a_page() {
    let world = World::new().await;
    let addresses = [
        "/verify?token=guessed",
        "/verify",
        "/tickets/accept?ticket=guessed",
        "/oauth_callback?state=guessed",
        "/oauth/emulator?state=guessed",
    ];
    for address in addresses {
        let url = format!("{}/v1{address}", world.url());
        let answer = world.http.get(url).send().await.expect("an answer");
        let kind = &answer.headers()["content-type"];
        assert_eq!(kind, "text/html; charset=utf-8", "{address}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("<h1>"), "{address}: {page}");
    }
}

#[tokio::test]
async fn one_invitation_makes_one_account_of_the_invited_address() {
    let settings = json!({ "sign_up_mode": "restricted", "social": ["google"] });
    let world = World::with(settings).await;
    let ticket_for = async |email: &str| {
        let body = json!({ "email_address": email });
        let invitation = world.server(Method::POST, "/invitations", body).await;
        let url = text(&invitation["url"]);
        let (_, ticket) = url.split_once("ticket=").expect("a ticket");
        (id(&invitation), ticket.to_owned())
    };
    let (_, ticket) = ticket_for(ADA).await;
    let proof = by_provider(&world, "eve@example.com", &[("ticket", &ticket)]).await;
    assert_eq!(proof["error"]["code"], "form_param_value_invalid");

    // Two sign-ups begin with it; one becomes an account.
    let rest = [
        ("password", "correct horse battery"),
        ("first_name", "Ada"),
        ("last_name", "L"),
    ];
    let mut begun = Vec::new();
    for _ in 0..2 {
        let browser = world.browser().await;
        let form = [("ticket", ticket.as_str())];
        let made = browser.done(Method::POST, "/client/sign_ups", &form).await;
        begun.push((browser, format!("/client/sign_ups/{}", id(&made))));
    }
    let (browser, path) = &begun[0];
    let done = browser.done(Method::PATCH, path, &rest).await;
    assert_eq!(done["status"], "complete");
    let (browser, path) = &begun[1];
    let (status, body) = browser.call(Method::PATCH, path, &rest).await;
    assert_eq!(status, 422, "{body}");

    // Nor one that was taken back or grew too old meanwhile.
    let day = 24 * 60 * 60;
    for revoked in [true, false] {
        let (invitation, ticket) = ticket_for("bob@example.com").await;
        if !revoked {
            world.wait(30 * day - 60).await;
        }
        let browser = world.browser().await;
        let form = [("ticket", ticket.as_str())];
        let made = browser.done(Method::POST, "/client/sign_ups", &form).await;
        if revoked {
            let path = format!("/invitations/{invitation}/revoke");
            world.server(Method::POST, &path, Value::Null).await;
        } else {
            world.wait(120).await;
        }
        let path = format!("/client/sign_ups/{}", id(&made));
        browser
            .refused(Method::PATCH, &path, &rest, "ticket_invalid_code")
            .await;
    }
}
