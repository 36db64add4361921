//! Webhooks: signed, retried, resent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::world::{ADA, World, text};

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
        tokio::time::timeout(soon, self.taken.recv())
            .await
            .expect("in time")
            .expect("an event")
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
