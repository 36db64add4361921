//! Webhooks: signed, retried, resent.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::document;
use crate::world::{ADA, Browser, World, text};

const SIGNING_SECRET: &str = "whsec_dGhlIGVtdWxhdG9yIHNpZ25zIHdpdGggdGhpcw==";

/// Somebody who takes webhooks.
struct Receiver {
    url: String,
    taken: mpsc::UnboundedReceiver<Value>,
    answer: Arc<Mutex<StatusCode>>,
}

impl Receiver {
    async fn new() -> Self {
        let (sender, taken) = mpsc::unbounded_channel();
        let answer = Arc::new(Mutex::new(StatusCode::NO_CONTENT));
        let answers = answer.clone();
        let handler = move |headers: HeaderMap, body: Bytes| async move {
            // The library knows the headers by their names in the common standard.
            let mut known = HeaderMap::new();
            for (theirs, common) in [
                ("svix-id", "webhook-id"),
                ("svix-timestamp", "webhook-timestamp"),
                ("svix-signature", "webhook-signature"),
            ] {
                known.insert(common, headers[theirs].clone());
            }
            // By the library that receivers use: a forged one fails the test.
            let verifier = standardwebhooks::Webhook::new(SIGNING_SECRET).expect("a secret");
            verifier.verify(&body, &known).expect("a good signature");
            let mut event: Value = serde_json::from_slice(&body).expect("JSON");
            event["id"] = json!(headers["svix-id"].to_str().expect("an id"));
            let _ = sender.send(event);
            *answers.lock().expect("an answer")
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let app = Router::new().route("/hook", post(handler));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, taken, answer }
    }

    async fn next(&mut self) -> Value {
        let soon = std::time::Duration::from_secs(20);
        let event = tokio::time::timeout(soon, self.taken.recv())
            .await
            .expect("in time")
            .expect("an event");
        document::check_event(&event);
        event
    }

    /// The next event of this type.
    async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["type"] == kind {
                return event;
            }
        }
    }

    async fn subscribed(&self, world: &World, events: Value) {
        let body = json!({ "url": self.url, "secret": SIGNING_SECRET, "events": events });
        let (status, body) = world.control(Method::POST, "/webhooks", body).await;
        assert_eq!(status, 200, "{body}");
    }
}

#[tokio::test]
async fn what_happens_is_told_signed_and_in_order() {
    let world = World::new().await;
    let mut receiver = Receiver::new().await;
    receiver.subscribed(&world, json!([])).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let sent = receiver.next().await;
    assert_eq!(sent["type"], "email.created");
    assert_eq!(sent["data"]["data"]["otp_code"], "424242");
    let created = receiver.next().await;
    assert_eq!(created["type"], "user.created");
    assert_eq!(created["data"]["email_addresses"][0]["email_address"], ADA);
    receiver.next_of("session.created").await;
    browser
        .done(Method::PATCH, "/me", &[("first_name", "Countess")])
        .await;
    let updated = receiver.next_of("user.updated").await;
    assert_eq!(updated["data"]["first_name"], "Countess");
    browser.done(Method::DELETE, "/me", &[]).await;
    let deleted = receiver.next_of("user.deleted").await;
    assert_eq!(deleted["data"]["deleted"], true);
}

#[tokio::test]
async fn a_refused_event_is_sent_again_with_the_same_id_and_can_be_resent_by_hand() {
    let world = World::new().await;
    let mut receiver = Receiver::new().await;
    receiver.subscribed(&world, json!(["user.created"])).await;
    *receiver.answer.lock().expect("an answer") = StatusCode::INTERNAL_SERVER_ERROR;
    world.browser().await.sign_up(ADA).await;
    let first = receiver.next().await;
    *receiver.answer.lock().expect("an answer") = StatusCode::OK;
    let attempts = async || {
        let (_, all) = world.control(Method::GET, "/deliveries", Value::Null).await;
        (
            all[0]["attempts"].as_array().map_or(0, Vec::len),
            all[0].clone(),
        )
    };
    while attempts().await.0 < 1 {
        tokio::task::yield_now().await;
    }
    world.wait(6).await;
    let again = receiver.next().await;
    assert_eq!(again["id"], first["id"]);
    let delivered = loop {
        let (count, delivery) = attempts().await;
        if count == 2 && delivery["status"] == "delivered" {
            break delivery;
        }
        tokio::task::yield_now().await;
    };
    assert!(text(&delivered["attempts"][0]["outcome"]).starts_with("500"));
    let path = format!("/deliveries/{}/resend", text(&delivered["id"]));
    assert_eq!(world.control(Method::POST, &path, Value::Null).await.0, 204);
    assert_eq!(receiver.next().await["id"], first["id"]);
}

#[tokio::test]
async fn organizations_are_told_of_too() {
    let world = World::new().await;
    let mut receiver = Receiver::new().await;
    receiver.subscribed(&world, json!([])).await;
    let user = world
        .server(
            Method::POST,
            "/users",
            json!({ "email_address": [ADA], "password": "correct horse battery" }),
        )
        .await;
    let made = world
        .server(
            Method::POST,
            "/organizations",
            json!({ "name": "Engines", "created_by": user["id"] }),
        )
        .await;
    receiver.next_of("organization.created").await;
    receiver.next_of("organizationMembership.created").await;
    let path = format!("/organizations/{}", text(&made["id"]));
    let asked = json!({ "email_address": "bob@example.com", "role": "org:member" });
    world
        .server(Method::POST, &format!("{path}/invitations"), asked)
        .await;
    receiver.next_of("organizationInvitation.created").await;
    world.server(Method::DELETE, &path, Value::Null).await;
    receiver.next_of("organization.deleted").await;
}

/// What Clerk tells of, but for phones and payments.
const EVENTS: [&str; 29] = [
    "email.created",
    "organization.created",
    "organization.deleted",
    "organization.updated",
    "organizationDomain.created",
    "organizationDomain.deleted",
    "organizationDomain.updated",
    "organizationInvitation.accepted",
    "organizationInvitation.created",
    "organizationInvitation.revoked",
    "organizationMembership.created",
    "organizationMembership.deleted",
    "organizationMembership.updated",
    "permission.created",
    "permission.deleted",
    "permission.updated",
    "role.created",
    "role.deleted",
    "role.updated",
    "session.created",
    "session.ended",
    "session.pending",
    "session.removed",
    "session.revoked",
    "user.created",
    "user.deleted",
    "user.updated",
    "waitlistEntry.created",
    "waitlistEntry.updated",
];

#[tokio::test]
async fn everything_that_clerk_tells_of_is_told() {
    let world = World::with(json!({ "organizations": { "enabled": true, "domains": true } })).await;
    let mut receiver = Receiver::new().await;
    receiver.subscribed(&world, json!([])).await;
    let ada = world.browser().await;
    let session = ada.sign_up(ADA).await;
    let end = format!("/client/sessions/{session}/end");
    let me = ada.done(Method::GET, "/me", &[]).await;
    life_of_an_organization(&world, &ada).await;
    life_of_a_role(&world).await;

    ada.done(Method::POST, &end, &[]).await;
    let session = text(&ada.sign_in(ADA).await["created_session_id"]);
    let remove = format!("/client/sessions/{session}/remove");
    ada.done(Method::POST, &remove, &[]).await;
    let session = text(&ada.sign_in(ADA).await["created_session_id"]);
    let revoke = format!("/sessions/{session}/revoke");
    world.server(Method::POST, &revoke, Value::Null).await;
    let settings = json!({ "second_factor_required": true });
    world.control(Method::PATCH, "/settings", settings).await;
    ada.sign_in(ADA).await;
    let user = format!("/users/{}", text(&me["id"]));
    world.server(Method::DELETE, &user, Value::Null).await;

    let waiting = json!({ "email_address": "carol@example.com" });
    let entry = world
        .server(Method::POST, "/waitlist_entries", waiting)
        .await;
    let reject = format!("/waitlist_entries/{}/reject", text(&entry["id"]));
    world.server(Method::POST, &reject, Value::Null).await;

    let mut missing: BTreeSet<&str> = EVENTS.into_iter().collect();
    while !missing.is_empty() {
        let event = tokio::select! {
            event = receiver.next() => event,
            () = tokio::time::sleep(std::time::Duration::from_secs(10)) => panic!("{missing:?}"),
        };
        missing.remove(event["type"].as_str().expect("a type"));
    }
}

async fn life_of_an_organization(world: &World, ada: &Browser<'_>) {
    let made = ada
        .done(Method::POST, "/organizations", &[("name", "Engines")])
        .await;
    let path = format!("/organizations/{}", text(&made["id"]));
    let name = json!({ "name": "Analytical Engines" });
    world.server(Method::PATCH, &path, name).await;

    let bob = world.browser().await;
    bob.sign_up("bob+clerk_test@example.com").await;
    let bob_id = text(&bob.done(Method::GET, "/me", &[]).await["id"]);
    let asked = json!({ "email_address": "bob+clerk_test@example.com", "role": "org:member" });
    let invitations = format!("{path}/invitations");
    let invitation = world
        .server(Method::POST, &invitations, asked.clone())
        .await;
    let revoke = format!("{invitations}/{}/revoke", text(&invitation["id"]));
    world.server(Method::POST, &revoke, Value::Null).await;
    let invitation = world.server(Method::POST, &invitations, asked).await;
    let accept = text(&invitation["id"]);
    let accept = format!("/me/organization_invitations/{accept}/accept");
    bob.done(Method::POST, &accept, &[]).await;
    let member = format!("{path}/memberships/{bob_id}");
    let role = json!({ "role": "org:admin" });
    world.server(Method::PATCH, &member, role).await;
    world.server(Method::DELETE, &member, Value::Null).await;

    let domains = format!("{path}/domains");
    let domain = ada
        .done(Method::POST, &domains, &[("name", "engines.example")])
        .await;
    let domain = format!("{domains}/{}", text(&domain["id"]));
    let verified = json!({ "verified": true });
    world.server(Method::PATCH, &domain, verified).await;
    ada.done(Method::DELETE, &domain, &[]).await;
    world.server(Method::DELETE, &path, Value::Null).await;
}

async fn life_of_a_role(world: &World) {
    let create = async |path: &str, key: &str| {
        let body = json!({ "name": "Editor", "key": key, "description": "Edits" });
        let made = world.server(Method::POST, path, body).await;
        format!("{path}/{}", text(&made["id"]))
    };
    let permission = create("/organization_permissions", "org:posts:edit").await;
    let role = create("/organization_roles", "org:editor").await;
    for path in [&role, &permission] {
        let name = json!({ "name": "Writer" });
        world.server(Method::PATCH, path, name).await;
        world.server(Method::DELETE, path, Value::Null).await;
    }
}
