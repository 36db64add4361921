//! Several processes on one `PostgreSQL`.

use reqwest::{Method, StatusCode};
use serde_json::json;
use test_postgres::Stop;

use crate::postgres;
use crate::stream::Events;
use crate::webhooks::signed;
use crate::world::{World, expect, send, token};

const ADA: &str = "user_ada";

async fn put(world: &World, name: &str) -> StatusCode {
    let body = json!({"clerkId": ADA, "email": "a@b.co", "name": name});
    let request = world
        .request(Method::PUT, "/api/users/user_ada")
        .bearer_auth(token(ADA))
        .json(&body);
    request.send().await.expect("an answer").status()
}

async fn two() -> (World, World) {
    let url = postgres::database().await;
    (
        World::on_database(&url, &[]).await,
        World::on_database(&url, &[]).await,
    )
}

#[tokio::test]
async fn a_change_through_one_reaches_the_streams_of_the_other_by_every_path() {
    let (one, other) = two().await;
    let mut events = Events::open(&other, &token(ADA)).await;
    events.next().await;
    let mut name = async || events.next().await.expect("a change").1["name"].clone();
    put(&one, "by REST").await;
    assert_eq!(name().await, "by REST");
    one.sql("UPDATE users SET name = 'by SQL'").await;
    assert_eq!(name().await, "by SQL");
    let event = json!({"type": "user.updated", "data": {
        "id": ADA, "first_name": "by webhook", "updated_at": 9_999_999_999_999_i64,
    }});
    let delivery = signed(&one, "msg_1", &event.to_string());
    expect(delivery, StatusCode::NO_CONTENT).await;
    assert_eq!(name().await, "by webhook");
    one.sql("BEGIN; UPDATE users SET name = 'undone'; ROLLBACK")
        .await;
    one.sql("BEGIN; UPDATE users SET name = 'one'; UPDATE users SET name = 'two'; COMMIT")
        .await;
    assert_eq!(name().await, "two");
    one.sql("TRUNCATE users").await;
    assert_eq!(name().await, json!(null));
}

#[tokio::test]
async fn an_answer_is_no_older_than_a_write_acknowledged_by_any_replica() {
    let (one, other) = two().await;
    for number in 0..100 {
        let (writes, reads) = if number % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        assert!(put(writes, &number.to_string()).await.is_success());
        let me = reads.request(Method::GET, "/api/users/me");
        let row = expect(me.bearer_auth(token(ADA)), StatusCode::OK).await;
        assert_eq!(row["name"], number.to_string());
    }
}

#[tokio::test]
async fn a_lost_listener_loses_no_change() {
    let (one, other) = two().await;
    put(&one, "first").await;
    let mut events = Events::open(&other, &token(ADA)).await;
    events.next().await;
    for round in 0..5 {
        // Every listener of this database, and a change before any of them is back.
        one.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND query ILIKE 'LISTEN%'; \
             UPDATE users SET name = name || '+'",
        )
        .await;
        let (_, user) = events.next().await.expect("a change");
        let expected = format!("first{}", "+".repeat(round + 1));
        assert_eq!(user["name"], expected);
    }
}

#[tokio::test]
async fn a_database_that_restarts_is_an_outage_and_then_over() {
    let server = postgres::server().await;
    let world = World::on_database(&server.database(), &[]).await;
    assert!(put(&world, "before").await.is_success());
    let mut events = Events::open(&world, &token(ADA)).await;
    events.next().await;

    server.stop(Stop::Fast);
    let me = || {
        let request = world.request(Method::GET, "/api/users/me");
        request.bearer_auth(token(ADA))
    };
    let answer = send(me(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(put(&world, "lost").await, StatusCode::SERVICE_UNAVAILABLE);
    // Not that there is no row.
    for path in ["/api/users/me/events", "/api/live?watch=/api/users/me?1"] {
        let stream = world.request(Method::GET, path);
        let answer = send(
            stream.bearer_auth(token("user_bob")),
            StatusCode::SERVICE_UNAVAILABLE,
        );
        assert!(answer.await.headers().contains_key("retry-after"));
    }
    // What it answered before counts for a second.
    let told = async {
        let ask = || world.request(Method::GET, "/readyz").send();
        while ask().await.expect("an answer").status() != StatusCode::SERVICE_UNAVAILABLE {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), told);
    waited.await.expect("it says that it is not ready");
    send(world.request(Method::GET, "/healthz"), StatusCode::OK).await;

    server.start_again();
    let heals = async {
        while !put(&world, "after").await.is_success() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), heals);
    waited.await.expect("it heals by itself");
    let row = expect(me(), StatusCode::OK).await;
    assert_eq!(row["name"], "after");
    // The stream lived through it.
    assert_eq!(events.next().await.expect("a change").1["name"], "after");
    world.sql("UPDATE users SET name = 'by hand'").await;
    assert_eq!(events.next().await.expect("a change").1["name"], "by hand");
}

#[tokio::test]
async fn a_replica_uses_a_bounded_number_of_connections() {
    let url = postgres::database().await;
    let world = World::on_database(&url, &[]).await;
    put(&world, "Ada").await;
    let mut streams = Vec::new();
    for _ in 0..60 {
        streams.push(Events::open(&world, &token(ADA)).await);
    }
    let reads = (0..200).map(|_| {
        let me = world.request(Method::GET, "/api/users/me");
        me.bearer_auth(token(ADA)).send()
    });
    for answer in futures_util::future::join_all(reads).await {
        assert_eq!(answer.expect("an answer").status(), StatusCode::OK);
    }
    let connections = world
        .count("pg_stat_activity WHERE datname = current_database()")
        .await;
    // The pool's 16, the listener, and the one that counts.
    assert!(connections <= 18, "{connections} connections");
}
