//! The API beside the emulator: Clerk's tokens, keys and events as development has them.

use std::time::Duration;

use clerk_emulator::ClerkEmulator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Kind, ORIGIN, WEBHOOK_SECRET, World, expect};

/// A running emulator, and an API that trusts it.
struct Beside {
    clerk: ClerkEmulator,
    world: World,
    client: reqwest::Client,
}

impl Beside {
    async fn new() -> Self {
        let clerk = ClerkEmulator::start().await.expect("an emulator");
        let address = clerk.url().trim_start_matches("http://");
        // Without a key the emulator stands in.
        let variables = [
            ("CLERK_EMULATOR", "1"),
            ("CLERK_PUBLISHABLE_KEY", ""),
            ("CLERK_JWKS_URL", ""),
            ("EMULATOR_ADDR", address),
            // Of any other name than `convex`, whose tokens must have an audience: session tokens
            // have none.
            ("CLERK_JWT_TEMPLATE", "session"),
        ];
        let world = World::with(Kind::Sqlite, &variables).await;
        let beside = Self {
            client: reqwest::Client::new(),
            clerk,
            world,
        };
        let claims = json!({
            "email": "{{user.primary_email_address}}",
            "name": "{{user.full_name}}",
        });
        beside.set(json!({ "session_claims": claims })).await;
        beside
    }

    /// Calls the emulator with its secret key.
    async fn clerk(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self
            .client
            .request(method, format!("{}{path}", self.clerk.url()))
            .bearer_auth(self.clerk.secret_key())
            .json(&body);
        expect(request, StatusCode::OK).await
    }

    async fn set(&self, settings: Value) {
        self.clerk(Method::PATCH, "/emulator/settings", settings)
            .await;
    }

    /// Signs Ada in; answers her id and a token.
    async fn ada(&self) -> (String, String) {
        let body = json!({
            "email_address": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace",
            "origin": ORIGIN,
        });
        let signed_in = self.clerk(Method::POST, "/emulator/sign_in", body).await;
        let text = |name: &str| signed_in[name].as_str().expect(name).to_owned();
        (text("user_id"), text("token"))
    }

    async fn row(&self, token: &str) -> Value {
        self.world
            .call(Method::GET, "/api/users/me", token, None, StatusCode::OK)
            .await
    }

    /// Waits until Ada's row is what the condition says.
    async fn until(&self, token: &str, condition: impl Fn(StatusCode, &Value) -> bool) {
        let met = async {
            loop {
                let request = self.world.request(Method::GET, "/api/users/me");
                let answer = request.bearer_auth(token).send().await.expect("an answer");
                let status = answer.status();
                let body = answer.json().await.unwrap_or_default();
                if condition(status, &body) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), met)
            .await
            .expect("the row follows");
    }

    async fn first_sight(&self, token: &str) -> Value {
        let request = self.world.request(Method::POST, "/api/users");
        expect(request.bearer_auth(token), StatusCode::CREATED).await
    }
}

#[tokio::test]
async fn a_token_of_the_emulator_makes_the_row() {
    let beside = Beside::new().await;
    let (id, token) = beside.ada().await;
    let row = beside.first_sight(&token).await;
    assert_eq!(row["clerkId"], id);
    assert_eq!(row["email"], "ada@example.com");
    assert_eq!(row["name"], "Ada Lovelace");
}

#[tokio::test]
async fn the_page_gets_the_emulators_own_key() {
    let beside = Beside::new().await;
    let request = beside.world.request(Method::GET, "/api/config");
    let config = expect(request, StatusCode::OK).await;
    assert_eq!(config["publishableKey"], beside.clerk.publishable_key());
}

#[tokio::test]
async fn a_rotated_key_signs_at_once_and_the_one_before_still_counts() {
    let beside = Beside::new().await;
    let (_, before) = beside.ada().await;
    beside.first_sight(&before).await;
    beside
        .clerk(Method::POST, "/emulator/keys/rotate", json!({}))
        .await;
    let (_, after) = beside.ada().await;
    let header = |token: &str| token.split('.').next().map(str::to_owned);
    assert_ne!(header(&before), header(&after), "another key");
    assert_eq!(beside.row(&after).await, beside.row(&before).await);
}

#[tokio::test]
async fn a_session_that_waits_for_a_task_is_nobodys() {
    let beside = Beside::new().await;
    beside.set(json!({ "second_factor_required": true })).await;
    let (_, token) = beside.ada().await;
    let path = "/api/users/me";
    beside
        .world
        .call(Method::GET, path, &token, None, StatusCode::UNAUTHORIZED)
        .await;
}

#[tokio::test]
async fn what_happens_at_the_emulator_reaches_the_row_by_its_events() {
    let beside = Beside::new().await;
    let (id, token) = beside.ada().await;
    beside.first_sight(&token).await;
    let endpoint = json!({
        "url": format!("{}/api/webhooks/clerk", beside.world.url),
        "secret": WEBHOOK_SECRET,
    });
    beside
        .clerk(Method::POST, "/emulator/webhooks", endpoint)
        .await;
    let path = format!("/v1/users/{id}");
    beside
        .clerk(Method::PATCH, &path, json!({ "last_name": "King" }))
        .await;
    beside
        .until(&token, |_, row| row["name"] == "Ada King")
        .await;
    beside.clerk(Method::DELETE, &path, Value::Null).await;
    beside
        .until(&token, |status, _| status == StatusCode::GONE)
        .await;
    // Who was deleted does not come back.
    let request = beside.world.request(Method::POST, "/api/users");
    expect(request.bearer_auth(&token), StatusCode::GONE).await;
}

#[tokio::test]
async fn the_emulators_secrets_do_not_come_through_the_proxy() {
    let beside = Beside::new().await;
    let call =
        |method: Method, path: &str| beside.world.request(method, &format!("/__clerk{path}"));
    // The way is open.
    expect(call(Method::GET, "/v1/environment"), StatusCode::OK).await;
    for path in ["/dashboard", "/emulator/status", "/v1/users"] {
        let request = call(Method::GET, path).bearer_auth("sk_test_emulator");
        expect(request, StatusCode::NOT_FOUND).await;
        expect(call(Method::GET, path), StatusCode::NOT_FOUND).await;
    }
    // A page whose name was bound to this machine's address.
    for path in ["/dashboard", "/v1/client"] {
        let request = call(Method::GET, path).header("Host", "evil.example");
        expect(request, StatusCode::MISDIRECTED_REQUEST).await;
    }
}
