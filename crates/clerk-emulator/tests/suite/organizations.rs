//! Organizations, as their members see them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, Browser, World, claims, id, text};

const BOB: &str = "bob+clerk_test@example.com";

async fn world() -> World {
    World::with(json!({ "organizations": { "enabled": true, "domains": true } })).await
}

/// Makes an organization; answers its path.
async fn founded(browser: &Browser<'_>) -> String {
    let made = browser
        .done(
            Method::POST,
            "/organizations",
            &[("name", "Analytical Engines")],
        )
        .await;
    assert_eq!(made["slug"], "analytical-engines");
    format!("/organizations/{}", id(&made))
}

#[tokio::test]
async fn an_organization_is_founded_joined_left_and_deleted() {
    let world = world().await;
    let (ada, bob) = (world.browser().await, world.browser().await);
    let session = ada.sign_up(ADA).await;
    bob.sign_up(BOB).await;
    let path = founded(&ada).await;
    ada.done(Method::GET, &path, &[]).await;
    bob.refused(Method::GET, &path, &[], "resource_not_found")
        .await;

    let renamed = ada
        .done(
            Method::PATCH,
            &path,
            &[("name", "Engines"), ("slug", "engines")],
        )
        .await;
    assert_eq!(renamed["slug"], "engines");
    let roles = ada.done(Method::GET, &format!("{path}/roles"), &[]).await;
    assert_eq!(roles["total_count"], 2);

    invited_and_accepted(&ada, &bob, &path).await;
    bob.done(Method::GET, &path, &[]).await;
    bob.refused(
        Method::PATCH,
        &path,
        &[("name", "Mine")],
        "authorization_invalid",
    )
    .await;

    let members = ada
        .done(
            Method::GET,
            &format!("{path}/memberships?paginated=true&role=org:member"),
            &[],
        )
        .await;
    assert_eq!(members["total_count"], 1);
    let bobs_id = text(&members["data"][0]["public_user_data"]["user_id"]);
    let member = format!("{path}/memberships/{bobs_id}");
    ada.done(Method::PATCH, &member, &[("role", "org:admin")])
        .await;
    let own = bob
        .done(
            Method::GET,
            "/me/organization_memberships?paginated=true",
            &[],
        )
        .await;
    assert_eq!(own["data"][0]["role"], "org:admin");
    bob.done(Method::GET, "/me/organization_memberships", &[])
        .await;
    ada.done(Method::PATCH, &member, &[("role", "org:member")])
        .await;

    acting_for_it_shows_in_the_token(&world, &ada, &session, &path).await;

    let organization_id = path.rsplit('/').next().expect("an id");
    let leave = format!("/me/organization_memberships/{organization_id}");
    ada.refused(
        Method::DELETE,
        &leave,
        &[],
        "organization_minimum_permissions_needed",
    )
    .await;
    bob.done(Method::DELETE, &leave, &[]).await;
    bob.refused(Method::GET, &path, &[], "resource_not_found")
        .await;
    ada.done(
        Method::POST,
        &format!("{path}/memberships"),
        &[("user_id", &bobs_id), ("role", "org:member")],
    )
    .await;
    ada.done(Method::DELETE, &member, &[]).await;
    ada.done(Method::DELETE, &path, &[]).await;
    let token = claims(
        &ada.post(&format!("/client/sessions/{session}/tokens"), &[])
            .await,
    );
    assert_eq!(token["o"], Value::Null, "nobody acts for it any more");
}

/// Somebody is invited once, and takes it.
async fn invited_and_accepted(ada: &Browser<'_>, bob: &Browser<'_>, path: &str) {
    let invite = [("email_address", BOB), ("role", "org:member")];
    let invitation = ada
        .done(Method::POST, &format!("{path}/invitations"), &invite)
        .await;
    ada.refused(
        Method::POST,
        &format!("{path}/invitations"),
        &invite,
        "duplicate_record",
    )
    .await;
    let listed = ada
        .done(
            Method::GET,
            &format!("{path}/invitations?status=pending"),
            &[],
        )
        .await;
    assert_eq!(listed["total_count"], 1);
    ada.done(Method::GET, &format!("{path}/invitations/pending"), &[])
        .await;
    let own = bob
        .done(
            Method::GET,
            "/me/organization_invitations?status=pending",
            &[],
        )
        .await;
    assert_eq!(own["data"][0]["id"], invitation["id"]);
    let accept = format!("/me/organization_invitations/{}/accept", id(&invitation));
    bob.done(Method::POST, &accept, &[]).await;
}

/// Members act for it, and nobody else does.
async fn acting_for_it_shows_in_the_token(
    world: &World,
    ada: &Browser<'_>,
    session: &str,
    path: &str,
) {
    let organization_id = path.rsplit('/').next().expect("an id");
    let touch = format!("/client/sessions/{session}/touch");
    ada.done(
        Method::POST,
        &touch,
        &[("active_organization_id", organization_id)],
    )
    .await;
    let token = claims(
        &ada.post(&format!("/client/sessions/{session}/tokens"), &[])
            .await,
    );
    assert_eq!(
        token["o"],
        json!({ "id": organization_id, "slg": "engines", "rol": "admin" })
    );
    let eve = world.browser().await;
    let eves = eve.sign_up("eve+clerk_test@example.com").await;
    eve.refused(
        Method::POST,
        &format!("/client/sessions/{eves}/touch"),
        &[("active_organization_id", organization_id)],
        "not_a_member_in_organization",
    )
    .await;
}

#[tokio::test]
async fn invitations_are_sent_in_bulk_and_taken_back() {
    let world = world().await;
    let ada = world.browser().await;
    ada.sign_up(ADA).await;
    let path = founded(&ada).await;
    let invitations = format!("{path}/invitations");
    let many = [
        ("email_address", "a@example.com"),
        ("email_address", "b@example.com"),
        ("role", "org:member"),
    ];
    let sent = ada
        .done(Method::POST, &format!("{invitations}/bulk"), &many)
        .await;
    assert_eq!(sent.as_array().map(Vec::len), Some(2));
    let one = id(&sent[0]);
    let revoked = ada
        .done(Method::POST, &format!("{invitations}/{one}/revoke"), &[])
        .await;
    assert_eq!(revoked["status"], "revoked");
    // Who has no account yet joins by signing up.
    let link = text(&world.mail("b@example.com").await["link"]);
    let guest = world.browser().await;
    let led = guest.open(&link).await;
    let (_, query) = led.split_once('?').expect("a query");
    let ticket = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "__clerk_ticket")
        .map(|(_, value)| value.into_owned())
        .expect("a ticket");
    let form = [
        ("ticket", ticket.as_str()),
        ("password", "correct horse battery"),
        ("first_name", "B"),
        ("last_name", "B"),
    ];
    guest.done(Method::POST, "/client/sign_ups", &form).await;
    guest.done(Method::GET, &path, &[]).await;
}

#[tokio::test]
async fn a_verified_domain_suggests_its_people_to_join() {
    let world = world().await;
    let (ada, bob) = (world.browser().await, world.browser().await);
    ada.sign_up(ADA).await;
    bob.sign_up(BOB).await;
    let path = founded(&ada).await;
    let domains = format!("{path}/domains");
    ada.refused(
        Method::POST,
        &domains,
        &[("name", "nonsense")],
        "form_param_format_invalid",
    )
    .await;
    let domain = ada
        .done(Method::POST, &domains, &[("name", "example.com")])
        .await;
    let one = format!("{domains}/{}", id(&domain));
    let mode = [("enrollment_mode", "automatic_suggestion")];
    ada.refused(
        Method::POST,
        &format!("{one}/update_enrollment_mode"),
        &mode,
        "form_param_value_invalid",
    )
    .await;
    let address = [("affiliation_email_address", ADA)];
    ada.done(
        Method::POST,
        &format!("{one}/prepare_affiliation_verification"),
        &address,
    )
    .await;
    let verified = ada
        .done(
            Method::POST,
            &format!("{one}/attempt_affiliation_verification"),
            &[("code", "424242")],
        )
        .await;
    assert_eq!(verified["verification"]["status"], "verified");
    ada.done(
        Method::POST,
        &format!("{one}/update_enrollment_mode"),
        &mode,
    )
    .await;
    ada.done(Method::GET, &one, &[]).await;
    ada.done(Method::GET, &format!("{domains}?verified=true"), &[])
        .await;

    let suggested = bob
        .done(
            Method::GET,
            "/me/organization_suggestions?status=pending",
            &[],
        )
        .await;
    assert_eq!(suggested["total_count"], 1);
    let ask = format!(
        "/me/organization_suggestions/{}/accept",
        id(&suggested["data"][0])
    );
    bob.done(Method::POST, &ask, &[]).await;
    let requests = format!("{path}/membership_requests");
    let waiting = ada
        .done(Method::GET, &format!("{requests}?status=pending"), &[])
        .await;
    let request = id(&waiting["data"][0]);
    ada.done(Method::POST, &format!("{requests}/{request}/accept"), &[])
        .await;
    bob.done(Method::GET, &path, &[]).await;

    let eve = world.browser().await;
    eve.sign_up("eve+clerk_test@example.com").await;
    let suggested = eve
        .done(Method::GET, "/me/organization_suggestions", &[])
        .await;
    let ask = format!(
        "/me/organization_suggestions/{}/accept",
        id(&suggested["data"][0])
    );
    eve.done(Method::POST, &ask, &[]).await;
    let waiting = ada
        .done(Method::GET, &format!("{requests}?status=pending"), &[])
        .await;
    let request = id(&waiting["data"][0]);
    ada.done(Method::POST, &format!("{requests}/{request}/reject"), &[])
        .await;
    eve.refused(Method::GET, &path, &[], "resource_not_found")
        .await;
    ada.done(Method::DELETE, &one, &[]).await;
}

#[tokio::test]
async fn where_an_organization_is_required_a_session_is_pending_without_one() {
    let world =
        World::with(json!({ "organizations": { "enabled": true, "required": true } })).await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let shown = browser.client().await["sessions"][0].clone();
    assert_eq!(shown["status"], "pending");
    assert_eq!(shown["tasks"], json!([{ "key": "choose-organization" }]));
    let token = format!("/client/sessions/{session}/tokens");
    assert_eq!(claims(&browser.post(&token, &[]).await)["sts"], "pending");
    let made = browser
        .done(Method::POST, "/organizations", &[("name", "Engines")])
        .await;
    let touch = format!("/client/sessions/{session}/touch");
    browser
        .done(
            Method::POST,
            &touch,
            &[("active_organization_id", &id(&made))],
        )
        .await;
    assert_eq!(claims(&browser.post(&token, &[]).await)["sts"], "active");
}

#[tokio::test]
async fn organizations_that_are_not_enabled_are_refused() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let name = [("name", "Engines")];
    browser
        .refused(
            Method::POST,
            "/organizations",
            &name,
            "organization_not_enabled_in_instance",
        )
        .await;
}

#[tokio::test]
async fn logos_are_set_and_removed_by_members_and_servers() {
    const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n0000";
    let world = world().await;
    let ada = world.browser().await;
    ada.sign_up(ADA).await;
    let path = format!("{}/logo", founded(&ada).await);
    for with_secret in [false, true] {
        let logo = (Method::PUT, path.as_str(), with_secret);
        let (status, body) = ada.upload(logo, PIXEL, "image/png").await;
        assert_eq!(status, 200, "{body}");
        if with_secret {
            let shown = world.server(Method::DELETE, &path, Value::Null).await;
            assert_eq!(shown["has_image"], false);
        } else {
            ada.done(Method::DELETE, &path, &[]).await;
        }
    }
    let me = ada.done(Method::GET, "/me", &[]).await;
    let image = format!("/users/{}/profile_image", id(&me));
    let (status, body) = ada
        .upload((Method::POST, &image, true), PIXEL, "image/png")
        .await;
    assert_eq!((status, &body["has_image"]), (200, &json!(true)));
}

#[tokio::test]
async fn a_session_begins_in_the_newest_organization_or_the_one_chosen_last() {
    let world = world().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let active =
        async || browser.client().await["sessions"][0]["last_active_organization_id"].clone();
    let again = async || {
        browser.done(Method::DELETE, "/client/sessions", &[]).await;
        browser.sign_in(ADA).await;
        active().await
    };
    let choose = async |organization: &str| {
        let session = id(&browser.client().await["sessions"][0]);
        let path = format!("/client/sessions/{session}/touch");
        browser
            .post(&path, &[("active_organization_id", organization)])
            .await;
    };
    assert_eq!(active().await, Value::Null, "there is none yet");
    let older = founded(&browser).await.replace("/organizations/", "");
    world.wait(1).await;
    let made = browser
        .done(Method::POST, "/organizations", &[("name", "Newer")])
        .await;
    let newer = id(&made);
    assert_eq!(active().await, Value::Null, "nobody chose one");

    assert_eq!(again().await, newer.as_str());
    choose(&older).await;
    assert_eq!(again().await, older.as_str(), "the one chosen last");
    choose("").await;
    assert_eq!(again().await, Value::Null, "the personal account");
    choose(&older).await;
    let path = format!("/organizations/{older}");
    browser.done(Method::DELETE, &path, &[]).await;
    assert_eq!(again().await, newer.as_str(), "what was chosen is gone");

    // Where everybody must act for an organization, nobody has a personal account.
    choose("").await;
    let required = json!({ "organizations": { "required": true } });
    world.control(Method::PATCH, "/settings", required).await;
    assert_eq!(again().await, newer.as_str());
}

#[tokio::test]
async fn the_link_of_an_invitation_is_for_the_mailbox_and_servers_only() {
    let world = world().await;
    let (ada, bob) = (world.browser().await, world.browser().await);
    ada.sign_up(ADA).await;
    bob.sign_up(BOB).await;
    let path = founded(&ada).await;
    let form = [("email_address", BOB), ("role", "org:admin")];
    let all = format!("{path}/invitations");
    let made = ada.done(Method::POST, &all, &form).await;
    assert_eq!(made["url"], Value::Null);
    let form = [("email_address", "eve@example.com"), ("role", "org:member")];
    let bulk = ada.done(Method::POST, &format!("{all}/bulk"), &form).await;
    assert_eq!(bulk[0]["url"], Value::Null);
    for (reader, path) in [
        (&ada, all.as_str()),
        (&ada, &format!("{all}/pending")),
        (&bob, "/me/organization_invitations"),
    ] {
        let listed = reader.done(Method::GET, path, &[]).await;
        let listed = listed["data"].as_array().expect("a list");
        assert!(!listed.is_empty(), "{path}");
        assert!(listed.iter().all(|it| it["url"].is_null()), "{listed:?}");
    }
    assert!(text(&world.mail(BOB).await["link"]).contains("ticket="));
    let of_servers = world.server(Method::GET, &all, Value::Null).await;
    assert!(text(&of_servers["data"][0]["url"]).contains("ticket="));
}
