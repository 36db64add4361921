//! The live query.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::world::{TRUSTED, World, claims, send, token};

on_both_databases!(
    a_stream_begins_with_the_state_and_brings_each_change,
    a_stream_tells_of_its_own_person_only,
    a_stream_tells_of_the_end,
);

const ADA: &str = "user_ada";

/// A stream, read event by event.
struct Events {
    answer: Response,
    text: String,
}

impl Events {
    async fn open(world: &World, token: &str) -> Self {
        let request = world
            .request(Method::GET, "/api/users/me/events")
            .bearer_auth(token);
        let answer = send(request, StatusCode::OK).await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            text: String::new(),
        }
    }

    /// The next event as (version, user); none when the stream has ended.
    async fn next(&mut self) -> Option<(i64, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let rest = rest.to_owned();
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name).map(str::trim))
                };
                if let (Some("user"), Some(id), Some(data)) =
                    (field("event:"), field("id:"), field("data:"))
                {
                    let found = (
                        id.parse().expect("a version"),
                        serde_json::from_str(data).expect("JSON"),
                    );
                    self.text = rest;
                    return Some(found);
                }
                self.text = rest;
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.answer.chunk()).await;
            let chunk = chunk
                .expect("the stream goes on or ends")
                .expect("no error")?;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}

async fn put(world: &World, clerk_id: &str, name: &str) {
    let body = json!({"clerkId": clerk_id, "email": "a@b.co", "name": name});
    let request = world
        .request(Method::PUT, &format!("/api/users/{clerk_id}"))
        .bearer_auth(token(clerk_id))
        .json(&body);
    assert!(
        request
            .send()
            .await
            .expect("an answer")
            .status()
            .is_success()
    );
}

async fn a_stream_begins_with_the_state_and_brings_each_change(world: World) {
    let mut events = Events::open(&world, &token(ADA)).await;
    assert_eq!(
        events.next().await,
        Some((0, Value::Null)),
        "there is no row yet"
    );
    for (version, name) in [(1, "Ada"), (2, "Countess")] {
        put(&world, ADA, name).await;
        let (id, user) = events.next().await.expect("a change");
        assert_eq!((id, &user["name"]), (version, &json!(name)));
    }
    let mut later = Events::open(&world, &token(ADA)).await;
    assert_eq!(later.next().await.expect("the state").1["name"], "Countess");
    // An unchanged row wakes nobody: the next thing to hear of is the next change.
    put(&world, ADA, "Countess").await;
    put(&world, ADA, "Ada").await;
    for stream in [&mut events, &mut later] {
        assert_eq!(stream.next().await.expect("a change").1["name"], "Ada");
    }
}

async fn a_stream_tells_of_its_own_person_only(world: World) {
    let mut events = Events::open(&world, &token(ADA)).await;
    events.next().await;
    put(&world, "user_bob", "Bob").await;
    put(&world, ADA, "Ada").await;
    assert_eq!(events.next().await.expect("a change").1["clerkId"], ADA);
}

async fn a_stream_tells_of_the_end(world: World) {
    put(&world, ADA, "Ada").await;
    let mut deleted = Events::open(&world, &token(ADA)).await;
    deleted.next().await;
    world
        .call(
            Method::DELETE,
            "/api/users/user_ada",
            &token(ADA),
            None,
            StatusCode::NO_CONTENT,
        )
        .await;
    assert_eq!(deleted.next().await, Some((2, Value::Null)));

    let mut short = claims(ADA);
    short["exp"] = json!(short["iat"].as_u64().expect("a number") + 1);
    let mut expiring = Events::open(&world, &TRUSTED.sign(|_| {}, &short)).await;
    assert_eq!(expiring.next().await, Some((2, Value::Null)));
    assert_eq!(expiring.next().await, None, "the token has expired");

    world.stop();
    assert_eq!(deleted.next().await, None, "the server stops");
}
