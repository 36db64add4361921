//! The live query.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::stream::Events;
use crate::world::{World, send, token, token_for};

on_both_databases!(
    a_stream_begins_with_the_state_and_brings_each_change,
    a_stream_tells_of_its_own_person_only,
    a_stream_tells_of_the_end,
    a_row_that_was_removed_by_hand_is_told_of,
    who_saw_a_version_that_cannot_be_hears_of_every_change,
    sql_typed_by_hand_reaches_the_stream,
    a_column_that_was_added_later_is_part_of_the_row,
    streams_are_limited,
);

const ADA: &str = "user_ada";

async fn a_stream_begins_with_the_state_and_brings_each_change(world: World) {
    let mut events = Events::open(&world, &token(ADA)).await;
    assert_eq!(
        events.next().await,
        Some((0, Value::Null)),
        "there is no row yet"
    );
    let mut last = 0;
    for name in ["Ada", "Countess"] {
        world.put(ADA, name).await;
        let (version, user) = events.next().await.expect("a change");
        assert!(version > last, "versions grow");
        assert_eq!(user["name"], json!(name));
        last = version;
    }
    let mut later = Events::open(&world, &token(ADA)).await;
    assert_eq!(later.next().await.expect("the state").1["name"], "Countess");
    // An unchanged row wakes nobody: the next thing to hear of is the next change.
    world.put(ADA, "Countess").await;
    world.put(ADA, "Ada").await;
    for stream in [&mut events, &mut later] {
        assert_eq!(stream.next().await.expect("a change").1["name"], "Ada");
    }
}

async fn a_stream_tells_of_its_own_person_only(world: World) {
    let mut events = Events::open(&world, &token(ADA)).await;
    events.next().await;
    world.put("user_bob", "Bob").await;
    world.put(ADA, "Ada").await;
    assert_eq!(events.next().await.expect("a change").1["clerkId"], ADA);
}

async fn a_stream_tells_of_the_end(world: World) {
    world.put(ADA, "Ada").await;
    let mut deleted = Events::open(&world, &token(ADA)).await;
    let (version, _) = deleted.next().await.expect("the state");
    world
        .call(
            Method::DELETE,
            "/api/users/user_ada",
            &token(ADA),
            None,
            StatusCode::NO_CONTENT,
        )
        .await;
    assert_eq!(deleted.next().await, Some((version + 1, Value::Null)));

    let mut expiring = Events::open(&world, &token_for(ADA, 1)).await;
    assert_eq!(expiring.next().await, Some((version + 1, Value::Null)));
    assert_eq!(expiring.next().await, None, "the token has expired");

    world.stop();
    assert_eq!(deleted.next().await, None, "the server stops");
}

async fn a_row_that_was_removed_by_hand_is_told_of(world: World) {
    world.put(ADA, "Ada").await;
    let mut events = Events::open(&world, &token(ADA)).await;
    let (version, _) = events.next().await.expect("the state");
    world.sql("DELETE FROM users").await;
    let (gone, user) = events.next().await.expect("a change");
    assert!(gone > version && user.is_null());
    // Who was away meanwhile hears of it too.
    let comes_back = world
        .request(Method::GET, "/api/users/me/events")
        .header("Last-Event-ID", version.to_string());
    let mut back = Events::of(comes_back.bearer_auth(token(ADA))).await;
    let (gone, user) = back.next().await.expect("the state");
    assert!(gone > version && user.is_null());
    world.put(ADA, "Ada again").await;
    for stream in [&mut events, &mut back] {
        let (version, user) = stream.next().await.expect("a change");
        assert!(version > gone);
        assert_eq!(user["name"], "Ada again");
    }
}

async fn who_saw_a_version_that_cannot_be_hears_of_every_change(world: World) {
    for (number, seen) in ["9223372036854775807", "9223372036854775808", "-1", "x"]
        .into_iter()
        .enumerate()
    {
        let person = format!("user_{number}");
        let request = world
            .request(Method::GET, "/api/users/me/events")
            .header("Last-Event-ID", seen);
        let mut events = Events::of(request.bearer_auth(token(&person))).await;
        assert_eq!(events.next().await, Some((0, Value::Null)), "{seen}");
        world.put(&person, "Ada").await;
        assert_eq!(events.next().await.expect("a change").1["name"], "Ada");
    }
}

async fn a_column_that_was_added_later_is_part_of_the_row(old: World) {
    old.sql("ALTER TABLE users ADD COLUMN city varchar NOT NULL DEFAULT ''")
        .await;
    let world = World::on_database(&old.database_url, &[]).await;
    world.put(ADA, "Ada").await;
    let mut events = Events::open(&world, &token(ADA)).await;
    let (version, _) = events.next().await.expect("the state");
    world
        .sql("UPDATE users SET city = 'London' WHERE clerk_id = 'user_ada'")
        .await;
    let (newer, _) = events.next().await.expect("a change");
    assert_eq!(newer, version + 1);
}

async fn sql_typed_by_hand_reaches_the_stream(world: World) {
    world.put(ADA, "Ada").await;
    let mut events = Events::open(&world, &token(ADA)).await;
    let (version, _) = events.next().await.expect("the state");
    world
        .sql("UPDATE users SET name = 'by hand' WHERE clerk_id = 'user_ada'")
        .await;
    let (newer, user) = events.next().await.expect("a change");
    assert_eq!((newer, &user["name"]), (version + 1, &json!("by hand")));
    let me = world
        .call(
            Method::GET,
            "/api/users/me",
            &token(ADA),
            None,
            StatusCode::OK,
        )
        .await;
    assert_eq!(me, user);
}

async fn streams_are_limited(world: World) {
    let world = World::on_database(
        &world.database_url,
        &[("STREAM_LIMIT_IDENTITY", "2"), ("STREAM_LIMIT", "3")],
    )
    .await;
    let ask = |person: &str| {
        let request = world.request(Method::GET, "/api/users/me/events");
        request.bearer_auth(token(person))
    };
    let first = Events::open(&world, &token(ADA)).await;
    let _second = Events::open(&world, &token(ADA)).await;
    let full = send(ask(ADA), StatusCode::TOO_MANY_REQUESTS).await;
    assert!(full.headers().contains_key("retry-after"));
    let _third = Events::open(&world, &token("user_bob")).await;
    let full = send(ask("user_cay"), StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(full.headers().contains_key("retry-after"));
    drop(first);
    let again = async {
        while ask("user_cay").send().await.expect("an answer").status() != StatusCode::OK {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), again);
    waited.await.expect("a stream that is closed makes room");
}
