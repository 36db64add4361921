//! Any GET, watched: as server-sent events, and over a WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::on_both_databases;
use crate::postgres;
use crate::world::{Kind, World, expect, send, token, token_for};

on_both_databases!(
    a_stream_shows_each_path_as_a_get_answers_it,
    a_page_watches_over_one_connection_and_unwatches,
    what_a_page_has_is_not_sent_again,
    a_connection_outlives_its_tokens,
    after_a_sync_the_states_are_as_new_as_every_write_before_it,
    a_write_is_told_of_in_the_message_that_shows_it,
    what_the_description_calls_watchable_is,
    what_cannot_be_a_key_is_no_failure_of_the_database,
);

const ADA: &str = "user_ada";
const ME: &str = "/api/users/me";
const WITHIN: Duration = Duration::from_secs(20);

/// A page's connection.
struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    async fn open(world: &World) -> Self {
        let url = world.url.replacen("http", "ws", 1) + "/api/live";
        let (socket, _) = connect_async(url).await.expect("a WebSocket");
        Self(socket)
    }

    /// A connection of this person, who watches these paths.
    async fn watching(world: &World, token: &str, paths: &[&str]) -> Self {
        let mut page = Self::open(world).await;
        page.say(&json!({ "token": token })).await;
        let paths: serde_json::Map<_, _> = paths
            .iter()
            .map(|path| ((*path).to_owned(), Value::Null))
            .collect();
        page.say(&json!({ "watch": paths })).await;
        page
    }

    async fn say(&mut self, message: &Value) {
        let text = Message::text(message.to_string());
        self.0.send(text).await.expect("sent");
    }

    async fn frame(&mut self) -> Message {
        let frame = tokio::time::timeout(WITHIN, self.0.next()).await;
        frame
            .expect("a message in time")
            .expect("no end")
            .expect("no error")
    }

    /// The next message, but for one that says that the connection is alive.
    async fn hear(&mut self) -> Value {
        loop {
            let Message::Text(text) = self.frame().await else {
                panic!("a message of text");
            };
            let message = serde_json::from_str(&text).expect("JSON");
            if message != json!("alive") {
                return message;
            }
        }
    }

    /// The next state of this path.
    async fn state(&mut self, path: &str) -> Value {
        let message = self.hear().await;
        assert!(message["states"][path].is_object(), "{message}");
        message["states"][path].clone()
    }

    /// The code with which the server closes.
    async fn end(&mut self) -> u16 {
        loop {
            match self.frame().await {
                Message::Close(frame) => return frame.expect("a reason").code.into(),
                Message::Text(text) if text.contains("refused") => {}
                other => panic!("{other} instead of the end"),
            }
        }
    }
}

/// A NUL character is in no text of PostgreSQL: a statement that has one fails.
async fn what_cannot_be_a_key_is_no_failure_of_the_database(world: World) {
    world.put(ADA, "Ada").await;
    let bad = "/api/writes/%00";
    let mut page = Page::watching(&world, &token(ADA), &[bad]).await;
    assert_eq!(page.state(bad).await["status"], 404);
}

async fn a_stream_shows_each_path_as_a_get_answers_it(world: World) {
    world.put(ADA, "Ada").await;
    let paths = [
        ME,
        "/api/users/user_ada",
        // Somebody else's, one that never changes, one that never ends, and none.
        "/api/users/user_bob",
        "/api/config",
        "/api/users/me/events",
        "/api/nothing",
    ];
    let query = paths.map(|path| format!("watch={path}")).join("&");
    let request = world.request(Method::GET, &format!("/api/live?{query}"));
    let mut stream = send(request.bearer_auth(token(ADA)), StatusCode::OK).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut next = async || loop {
        if let Some((event, rest)) = text.split_once("\n\n") {
            let data = event
                .strip_prefix("event: states\ndata: ")
                .map(str::to_owned);
            text = text.split_off(text.len() - rest.len());
            if let Some(data) = data {
                return serde_json::from_str::<Value>(&data).expect("JSON");
            }
            continue;
        }
        let chunk = tokio::time::timeout(WITHIN, stream.chunk()).await;
        let chunk = chunk.expect("in time").expect("no error").expect("no end");
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    };
    let states = next().await;
    for path in [ME, "/api/users/user_ada"] {
        let once = world.request(Method::GET, path).bearer_auth(token(ADA));
        let once = send(once, StatusCode::OK).await;
        assert_eq!(states[path]["status"], 200);
        assert_eq!(
            states[path]["etag"],
            once.headers()["etag"].to_str().expect("text")
        );
        assert_eq!(
            states[path]["body"],
            once.json::<Value>().await.expect("JSON")
        );
    }
    assert_eq!(states["/api/users/user_bob"]["status"], 403);
    assert_eq!(states["/api/nothing"]["status"], 404);
    for path in ["/api/config", "/api/users/me/events"] {
        assert_eq!(states[path]["status"], 400, "{path}");
        let detail = states[path]["body"]["detail"].as_str().expect("a reason");
        assert!(
            detail.starts_with("This path cannot be watched"),
            "{detail}"
        );
    }
    // One write, one event.
    world.put(ADA, "Countess").await;
    let states = next().await;
    assert_eq!(states.as_object().expect("states").len(), 2);
    assert_eq!(states[ME]["body"]["name"], "Countess");
}

async fn a_page_watches_over_one_connection_and_unwatches(world: World) {
    let mut page = Page::watching(&world, &token(ADA), &[ME]).await;
    assert_eq!(page.state(ME).await["status"], 404);
    world.put(ADA, "Ada").await;
    assert_eq!(page.state(ME).await["body"]["name"], "Ada");
    // What it watches already is not sent again.
    let mine = "/api/users/user_ada";
    page.say(&json!({"watch": {mine: null, ME: null}})).await;
    let message = page.hear().await;
    let states = message["states"].as_object().expect("states");
    assert_eq!(states.keys().collect::<Vec<_>>(), [mine]);
    page.say(&json!({"unwatch": [ME]})).await;
    // The answer to a sync comes after all that was said before it.
    page.say(&json!({"sync": 1})).await;
    assert_eq!(page.hear().await, json!({"synced": 1}));
    world.put(ADA, "Countess").await;
    let message = page.hear().await;
    assert_eq!(message["states"][mine]["body"]["name"], "Countess");
    assert!(message["states"].get(ME).is_none(), "{message}");
    world
        .call(
            Method::DELETE,
            mine,
            &token(ADA),
            None,
            StatusCode::NO_CONTENT,
        )
        .await;
    assert_eq!(page.state(mine).await["status"], 410);
}

async fn what_a_page_has_is_not_sent_again(world: World) {
    world.put(ADA, "Ada").await;
    let etag = world.etag(ADA).await;
    for (known, status) in [(etag.as_str(), 304), ("\"1\"", 200), ("nonsense", 200)] {
        let mut page = Page::open(&world).await;
        page.say(&json!({"token": token(ADA)})).await;
        page.say(&json!({"watch": {ME: known}})).await;
        let state = page.state(ME).await;
        assert_eq!(state["status"], status, "{known}");
        assert_eq!(state["etag"], etag);
        assert_eq!(state.get("body").is_none(), status == 304);
    }
}

async fn a_connection_outlives_its_tokens(world: World) {
    world.put(ADA, "Ada").await;
    let mut page = Page::watching(&world, &token_for(ADA, 2), &[ME]).await;
    page.state(ME).await;
    let mut silent = Page::watching(&world, &token_for(ADA, 2), &[ME]).await;
    silent.state(ME).await;
    page.say(&json!({"token": token(ADA)})).await;
    // Who hands over no fresh token is cut off at the end of the old one.
    assert_eq!(silent.end().await, 4401);
    world.put(ADA, "Countess").await;
    assert_eq!(page.state(ME).await["body"]["name"], "Countess");
    // Somebody else's token, or none that is good, opens nothing and changes nothing.
    for bad in [
        token("user_bob"),
        "nonsense".to_owned(),
        String::new(),
        "a\nb".to_owned(),
    ] {
        page.say(&json!({ "token": bad })).await;
        assert_eq!(page.hear().await["refused"]["status"], 401, "{bad}");
    }
    world.put(ADA, "Ada").await;
    assert_eq!(page.state(ME).await["body"]["name"], "Ada");
}

async fn after_a_sync_the_states_are_as_new_as_every_write_before_it(world: World) {
    let mut page = Page::watching(&world, &token(ADA), &[ME]).await;
    page.state(ME).await;
    for number in 0..100 {
        world.put(ADA, &number.to_string()).await;
        page.say(&json!({"sync": number})).await;
        let mut name = Value::Null;
        loop {
            let message = page.hear().await;
            if message["synced"] == number {
                break;
            }
            name = message["states"][ME]["body"]["name"].clone();
        }
        assert_eq!(name, number.to_string());
    }
}

#[tokio::test]
async fn who_does_not_say_who_they_are_hears_nothing() {
    let world = World::new(Kind::Sqlite).await;
    let first = [
        json!({"watch": {ME: null}}),
        json!({"token": "nonsense"}),
        json!({"token": token_for(ADA, 0)}),
        json!({"sync": 1}),
        json!({"anything": 1}),
    ];
    for message in first {
        let mut page = Page::open(&world).await;
        page.say(&message).await;
        let refused = page.hear().await;
        assert!(refused["refused"]["detail"].is_string(), "{refused}");
        assert!(matches!(page.end().await, 4400 | 4401), "{message}");
    }
    let request = world.request(Method::GET, "/api/live?watch=/api/users/me");
    expect(request, StatusCode::UNAUTHORIZED).await;
    let request = world.request(Method::GET, "/api/live?wach=/api/users/me");
    expect(request.bearer_auth(token(ADA)), StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn what_cannot_be_read_or_watched_is_refused_and_the_connection_goes_on() {
    let world = World::new(Kind::Sqlite).await;
    let mut page = Page::watching(&world, &token(ADA), &[ME]).await;
    page.state(ME).await;
    let many: serde_json::Map<_, _> = (0..128)
        .map(|number| (format!("/api/users/user_{number}"), Value::Null))
        .collect();
    let long = format!("/{}", "x".repeat(3000));
    for (message, status) in [
        (
            json!({"watch": {"http://elsewhere.example/api/users/me": null}}),
            400,
        ),
        (json!({"watch": {"//elsewhere.example/api": null}}), 400),
        (json!({"watch": {"api/users/me": null}}), 400),
        (json!({"watch": {"/a b": null}}), 400),
        (json!({"watch": {long: null}}), 400),
        (json!({"watch": many}), 429),
    ] {
        page.say(&message).await;
        loop {
            let heard = page.hear().await;
            if heard.get("states").is_none() {
                assert_eq!(heard["refused"]["status"], status, "{message}: {heard}");
                break;
            }
        }
    }
    world.put(ADA, "Ada").await;
    while page.hear().await["states"][ME]["body"]["name"] != "Ada" {}
    // What is no message, or more than fits one, ends it.
    for text in ["what".to_owned(), "x".repeat(100 * 1024)] {
        let mut page = Page::watching(&world, &token("user_bob"), &[ME]).await;
        page.state(ME).await;
        let _ = page.0.send(Message::text(text)).await;
        let ended = async { while page.0.next().await.is_some_and(|frame| frame.is_ok()) {} };
        let waited = tokio::time::timeout(WITHIN, ended).await;
        waited.expect("it ends");
    }
}

#[tokio::test]
async fn streams_are_limited_for_a_person_and_for_all() {
    let limits = [("STREAM_LIMIT_IDENTITY", "2"), ("STREAM_LIMIT", "3")];
    let world = World::with(Kind::Sqlite, &limits).await;
    let mut open = Vec::new();
    for person in [ADA, ADA, "user_bob"] {
        let mut page = Page::watching(&world, &token(person), &[ME]).await;
        page.state(ME).await;
        open.push(page);
    }
    for (person, code) in [(ADA, 4503), ("user_cay", 4503)] {
        let mut page = Page::watching(&world, &token(person), &[ME]).await;
        assert_eq!(page.end().await, code, "{person}");
    }
    open.pop();
    until_it_opens(&world, "user_cay").await;
    let mut page = Page::watching(&world, &token(ADA), &[ME]).await;
    assert_eq!(page.hear().await["refused"]["status"], 429);
    assert_eq!(page.end().await, 4429);
}

#[tokio::test]
async fn a_websocket_counts_among_its_address_s_connections() {
    // The client that asked whether the server is ready has one.
    let world = World::with(Kind::Sqlite, &[("CONNECTION_LIMIT_ADDRESS", "3")]).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut page = Page::watching(&world, &token(ADA), &[ME]).await;
        page.state(ME).await;
        open.push(page);
    }
    let url = world.url.replacen("http", "ws", 1) + "/api/live";
    connect_async(url).await.expect_err("there is no room");
    open.pop();
    until_it_opens(&world, ADA).await;
}

/// What has ended makes room.
async fn until_it_opens(world: &World, person: &str) {
    let url = world.url.replacen("http", "ws", 1) + "/api/live";
    let opens = async {
        loop {
            if let Ok((socket, _)) = connect_async(&url).await {
                let mut page = Page(socket);
                page.say(&json!({"token": token(person)})).await;
                page.say(&json!({"watch": {ME: null}})).await;
                if page.hear().await.get("states").is_some() {
                    break;
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WITHIN, opens)
        .await
        .expect("there is room");
}

#[tokio::test]
async fn a_process_that_stops_says_so() {
    let world = World::new(Kind::Sqlite).await;
    let mut page = Page::watching(&world, &token(ADA), &[ME]).await;
    page.state(ME).await;
    world.stop();
    assert_eq!(page.end().await, u16::from(CloseCode::Away));
}

#[tokio::test]
async fn a_change_through_one_replica_reaches_the_pages_of_the_other() {
    let url = postgres::database().await;
    let one = World::on_database(&url, &[]).await;
    let other = World::on_database(&url, &[]).await;
    let mut page = Page::watching(&other, &token(ADA), &[ME]).await;
    page.state(ME).await;
    one.put(ADA, "by REST").await;
    assert_eq!(page.state(ME).await["body"]["name"], "by REST");
    one.sql("UPDATE users SET name = 'by SQL'").await;
    assert_eq!(page.state(ME).await["body"]["name"], "by SQL");
    one.sql("TRUNCATE users").await;
    assert_eq!(page.state(ME).await["status"], 404);
}

async fn a_write_is_told_of_in_the_message_that_shows_it(world: World) {
    world.put(ADA, "Ada").await;
    let write = "/api/writes/key";
    let mut page = Page::watching(&world, &token(ADA), &[ME, write]).await;
    let first = page.hear().await;
    assert_eq!(first["states"][write]["status"], 404, "{first}");
    let body = json!({ "clerkId": ADA, "email": "ada@example.com", "name": "Countess" });
    let put = world
        .request(Method::PUT, &format!("/api/users/{ADA}"))
        .bearer_auth(token(ADA))
        .header("Idempotency-Key", "\"key\"")
        .json(&body);
    let answer = expect(put, StatusCode::OK).await;
    let next = page.hear().await;
    assert_eq!(next["states"][ME]["body"]["name"], "Countess", "{next}");
    let told = &next["states"][write]["body"];
    assert_eq!(told, &json!({ "status": 200, "body": answer }), "{next}");
}

async fn what_the_description_calls_watchable_is(world: World) {
    world.put(ADA, "Ada").await;
    let document = world.request(Method::GET, "/api/openapi.json");
    let document = expect(document, StatusCode::OK).await;
    let mut page = Page::watching(&world, &token(ADA), &[]).await;
    let mut watchable = 0;
    for (template, operations) in document["paths"].as_object().expect("paths") {
        if operations["get"].is_null() {
            continue;
        }
        let path = template.replace("{clerkId}", ADA).replace("{key}", "none");
        page.say(&json!({ "watch": { &path: null } })).await;
        let state = page.state(&path).await;
        let detail = state["body"]["detail"].as_str().unwrap_or_default();
        let refused = state["status"] == 400 || detail.starts_with("There is nothing");
        let told = &operations["get"]["x-watchable"];
        assert_eq!(told == &json!(true), !refused, "{template}: {state}");
        watchable += usize::from(!refused);
    }
    assert!(watchable >= 3, "{watchable}");
}
