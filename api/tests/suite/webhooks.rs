//! What Clerk tells: forged, replayed, reordered, at once; nothing evil comes in, nothing good
//! is lost.

use std::time::{SystemTime, UNIX_EPOCH};

use clerk_axum::test::webhooks::{self as deliveries, Delivery};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::stream::Events;
use crate::world::{Kind, World, expect, raw, send, token, token_with_profile};

on_both_databases!(
    events_become_rows,
    forgeries_stay_out,
    a_delivery_counts_once,
    a_delivery_that_comes_twice_at_once_counts_once,
    what_is_older_does_not_overwrite,
    an_edit_made_here_outlives_older_news,
    the_deleted_do_not_come_back,
    a_row_from_a_bare_token_is_completed,
    an_event_reaches_the_stream,
    old_deliveries_are_forgotten,
);

const ADA: &str = "user_ada";
const PATH: &str = "/api/webhooks/clerk";

/// Milliseconds since the Unix epoch.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after");
    i64::try_from(since.as_millis()).expect("a time")
}

/// An event about Ada as Clerk sends it.
fn event(kind: &str, name: &str, updated_at: i64) -> String {
    json!({
        "type": kind, "object": "event", "timestamp": updated_at, "instance_id": "ins_1",
        "data": {
            "id": ADA, "object": "user", "first_name": name, "last_name": null,
            "email_addresses": [
                {"id": "idn_2", "email_address": "other@example.com"},
                {"id": "idn_1", "email_address": "ada@example.com"},
            ],
            "primary_email_address_id": "idn_1", "updated_at": updated_at,
            "public_metadata": {}, "external_accounts": [],
        }
    })
    .to_string()
}

fn deleted() -> String {
    let data = json!({"id": ADA, "object": "user", "deleted": true});
    json!({"type": "user.deleted", "object": "event", "data": data}).to_string()
}

/// This delivery, sent to the API.
fn sent(world: &World, delivery: Delivery) -> RequestBuilder {
    let request = world.request(Method::POST, PATH).body(delivery.body);
    let headers = delivery.headers.into_iter();
    headers.fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

/// A good delivery.
pub fn signed(world: &World, id: &str, body: &str) -> RequestBuilder {
    sent(world, deliveries::delivery(id, body)).header("Content-Type", "application/json")
}

async fn tell(world: &World, id: &str, body: &str) {
    expect(signed(world, id, body), StatusCode::NO_CONTENT).await;
}

async fn row(world: &World) -> Value {
    world
        .call(
            Method::GET,
            "/api/users/me",
            &token(ADA),
            None,
            StatusCode::OK,
        )
        .await
}

async fn put(world: &World, name: &str) {
    let body = json!({"clerkId": ADA, "email": "ada@example.com", "name": name});
    let request = world
        .request(Method::PUT, "/api/users/user_ada")
        .bearer_auth(token(ADA))
        .json(&body);
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success());
}

async fn events_become_rows(world: World) {
    tell(&world, "msg_1", &event("user.created", "Ada", 10)).await;
    let made = row(&world).await;
    assert_eq!(
        (&made["email"], &made["name"]),
        (&json!("ada@example.com"), &json!("Ada"))
    );
    tell(&world, "msg_2", &event("user.updated", "Countess", 20)).await;
    assert_eq!(row(&world).await["name"], "Countess");
    tell(&world, "msg_3", &deleted()).await;
    let me = world.request(Method::GET, "/api/users/me");
    expect(me.bearer_auth(token(ADA)), StatusCode::GONE).await;
    let other = json!({"type": "session.created", "data": {"id": "sess_1"}});
    tell(&world, "msg_4", &other.to_string()).await;
}

async fn forgeries_stay_out(world: World) {
    let body = event("user.created", "Mallory", 10);
    for (what, forgery) in deliveries::forgeries(&body) {
        let answer = sent(&world, forgery).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{what}");
    }
    let nobody = r#"{"type":"user.created","data":{"id":"org_1"}}"#;
    expect(signed(&world, "msg_1", nobody), StatusCode::BAD_REQUEST).await;
    let me = world.request(Method::GET, "/api/users/me");
    expect(me.bearer_auth(token(ADA)), StatusCode::NOT_FOUND).await;
    // The id was not used up: the real delivery comes in, also with a second, unknown signature.
    let both = deliveries::with_two_signatures("msg_1", &body);
    expect(sent(&world, both), StatusCode::NO_CONTENT).await;
    assert_eq!(row(&world).await["name"], "Mallory");
}

async fn a_delivery_counts_once(world: World) {
    let body = event("user.created", "Ada", 10);
    tell(&world, "msg_1", &body).await;
    let version = world.etag(ADA).await;
    tell(&world, "msg_1", &body).await;
    // Whatever a repeated delivery says: it is one that was taken.
    tell(&world, "msg_1", &event("user.updated", "Eve", 99)).await;
    assert_eq!(world.etag(ADA).await, version);
}

async fn a_delivery_that_comes_twice_at_once_counts_once(world: World) {
    let replica = World::on_database(&world.database_url, &[]).await;
    for round in 0..8 {
        let body = event("user.updated", &format!("round {round}"), 10 + round);
        let id = format!("msg_{round}");
        let deliveries = (0..6).map(|number| {
            let world = if number % 2 == 0 { &world } else { &replica };
            signed(world, &id, &body).send()
        });
        for answer in futures_util::future::join_all(deliveries).await {
            assert_eq!(answer.expect("an answer").status(), StatusCode::NO_CONTENT);
        }
        assert_eq!(row(&world).await["name"], format!("round {round}"));
    }
    // Made once and changed seven times.
    let count = |tag: String| tag.trim_matches('"').parse::<i64>().expect("a version");
    let last = count(world.etag(ADA).await);
    tell(&world, "msg_last", &event("user.updated", "last", 99)).await;
    assert_eq!(count(world.etag(ADA).await), last + 1);
}

async fn what_is_older_does_not_overwrite(world: World) {
    // In any order, the newest wins.
    let orders = [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2]];
    for (number, order) in orders.into_iter().enumerate() {
        let base = 100 * i64::try_from(number).expect("small");
        for time in order {
            let kind = if time == 1 {
                "user.created"
            } else {
                "user.updated"
            };
            let body = event(kind, &format!("at {time} of {number}"), base + time);
            tell(&world, &format!("msg_{number}_{time}"), &body).await;
        }
        assert_eq!(row(&world).await["name"], format!("at 3 of {number}"));
    }
    // At once, too.
    let bodies: Vec<_> = (0..10)
        .map(|time| event("user.updated", &format!("{time}"), 10_000 + time))
        .collect();
    let at_once = bodies
        .iter()
        .enumerate()
        .map(|(number, body)| signed(&world, &format!("msg_at_once_{number}"), body).send());
    for answer in futures_util::future::join_all(at_once).await {
        assert_eq!(answer.expect("an answer").status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(row(&world).await["name"], "9");
}

async fn an_edit_made_here_outlives_older_news(world: World) {
    tell(
        &world,
        "msg_1",
        &event("user.created", "Ada", now() - 60_000),
    )
    .await;
    put(&world, "Countess").await;
    // Changed at Clerk before the edit, told after it.
    tell(
        &world,
        "msg_2",
        &event("user.updated", "Augusta", now() - 30_000),
    )
    .await;
    assert_eq!(row(&world).await["name"], "Countess");
    // Clerk's time moves, the name there does not.
    tell(
        &world,
        "msg_3",
        &event("user.updated", "Augusta", now() + 1000),
    )
    .await;
    assert_eq!(row(&world).await["name"], "Countess");
    tell(
        &world,
        "msg_4",
        &event("user.updated", "Lady", now() + 2000),
    )
    .await;
    assert_eq!(row(&world).await["name"], "Lady");
}

async fn the_deleted_do_not_come_back(world: World) {
    tell(&world, "msg_1", &deleted()).await;
    tell(&world, "msg_2", &event("user.created", "Ada", now())).await;
    let post = world.request(Method::POST, "/api/users");
    expect(post.bearer_auth(token(ADA)), StatusCode::GONE).await;
    tell(&world, "msg_3", &deleted()).await;
}

async fn a_row_from_a_bare_token_is_completed(world: World) {
    let post = world.request(Method::POST, "/api/users");
    expect(post.bearer_auth(token(ADA)), StatusCode::CREATED).await;
    // Clerk made the person before it made the token.
    tell(&world, "msg_1", &event("user.created", "Ada", now() - 5000)).await;
    assert_eq!(row(&world).await["email"], "ada@example.com");
    // What a complete token says is newer than an older event.
    let bob = token_with_profile("user_bob", "bob@example.com", "Bob");
    let post = world.request(Method::POST, "/api/users");
    expect(post.bearer_auth(&bob), StatusCode::CREATED).await;
    let late = event("user.updated", "Robert", now() - 60_000).replace(ADA, "user_bob");
    tell(&world, "msg_2", &late).await;
    let me = world.request(Method::GET, "/api/users/me").bearer_auth(bob);
    assert_eq!(expect(me, StatusCode::OK).await["name"], "Bob");
}

async fn an_event_reaches_the_stream(world: World) {
    let mut events = Events::open(&world, &token(ADA)).await;
    events.next().await;
    tell(&world, "msg_1", &event("user.created", "Ada", 10)).await;
    assert_eq!(events.next().await.expect("a change").1["name"], "Ada");
    // Nothing that can be seen has changed: the next thing to hear of is the deletion.
    tell(&world, "msg_2", &event("user.updated", "Ada", 20)).await;
    tell(&world, "msg_3", &deleted()).await;
    assert_eq!(events.next().await.expect("a change").1, Value::Null);
}

async fn old_deliveries_are_forgotten(world: World) {
    let old = now() - 8 * 24 * 3600 * 1000;
    world
        .sql(&format!(
            "INSERT INTO webhook_deliveries VALUES ('msg_old', {old}), ('msg_new', {})",
            now()
        ))
        .await;
    // A process that starts prunes.
    let restarted = World::on_database(&world.database_url, &[]).await;
    let pruned = async {
        while restarted.count("webhook_deliveries").await != 1 {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), pruned);
    waited.await.expect("the old one goes");
    tell(&restarted, "msg_new", &event("user.created", "Ada", 10)).await;
    let me = restarted.request(Method::GET, "/api/users/me");
    expect(me.bearer_auth(token(ADA)), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn without_a_secret_the_route_is_off() {
    let world = World::with(Kind::Sqlite, &[("CLERK_WEBHOOK_SIGNING_SECRET", "")]).await;
    let request = signed(&world, "msg_1", &event("user.created", "Ada", 10));
    send(request, StatusCode::SERVICE_UNAVAILABLE).await;
}

#[tokio::test]
async fn a_person_with_much_metadata_fits_and_a_flood_does_not() {
    let world = World::new(Kind::Sqlite).await;
    let padded = |bytes: usize| {
        let mut body: Value =
            serde_json::from_str(&event("user.created", "Ada", 10)).expect("JSON");
        body["data"]["public_metadata"] = json!({"x": "x".repeat(bytes)});
        body.to_string()
    };
    tell(&world, "msg_1", &padded(100_000)).await;
    let flood = signed(&world, "msg_2", &padded(300_000));
    expect(flood, StatusCode::PAYLOAD_TOO_LARGE).await;
}

#[tokio::test]
async fn a_body_is_not_read_before_the_head_is_right() {
    let (off, on) = tokio::join!(
        World::with(Kind::Sqlite, &[("CLERK_WEBHOOK_SIGNING_SECRET", "")]),
        World::new(Kind::Sqlite)
    );
    let second = now() / 1000;
    let headers = |id: &str, second: i64| {
        format!("svix-id: {id}\r\nsvix-timestamp: {second}\r\nsvix-signature: v1,YQ==\r\n")
    };
    for (world, headers, status) in [
        (&off, headers("msg_1", second), 503),
        (&on, String::new(), 400),
        (
            &on,
            format!("svix-id: msg_1\r\nsvix-timestamp: {second}\r\n"),
            400,
        ),
        (&on, headers(&"m".repeat(300), second), 400),
        (&on, headers("msg_1", second - 301), 400),
        (&on, headers("msg_1", second + 310), 400),
    ] {
        // All of the head, and nothing of the body.
        let head =
            format!("POST {PATH} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 200000\r\n\r\n");
        let answer = raw(world, &head).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{headers}: {answer:.200}"
        );
    }
}
