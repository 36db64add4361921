//! Nobody reads, watches or writes what is another's: every operation of the description, times
//! every kind of caller who may not.

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::on_both_databases;
use crate::world::{TRUSTED, World, claims, expect, token};

on_both_databases!(
    nobody_gets_at_what_is_anothers,
    nobody_watches_what_is_anothers,
);

const ADA: &str = "user_ada";
/// What must be told to nobody else.
const SECRETS: [&str; 3] = ["ada@example.com", "Ada Lovelace", "secret-of-ada"];

/// Somebody who may not.
struct Caller {
    what: &'static str,
    token: Option<String>,
    /// Whether the token is good, but not Ada's.
    is_somebody: bool,
}

fn callers() -> Vec<Caller> {
    let changed = |name: &str, value: Value| {
        let mut claims = claims(ADA);
        claims[name] = value;
        Some(TRUSTED.sign(&claims))
    };
    let past = claims(ADA)["iat"].as_u64().expect("a time") - 3600;
    let caller = |what, token, is_somebody| Caller {
        what,
        token,
        is_somebody,
    };
    let organization = |id: &str| {
        let mut claims = claims("user_eve");
        claims["o"] = json!({ "id": id, "rol": "admin" });
        Some(TRUSTED.sign(&claims))
    };
    vec![
        caller("nobody", None, false),
        caller("an expired session", changed("exp", json!(past)), false),
        caller("a pending session", changed("sts", json!("pending")), false),
        caller("another person", Some(token("user_eve")), true),
        caller(
            "a person whose id begins alike",
            Some(token("user_ad")),
            true,
        ),
        caller("the admin of an organization", organization("org_1"), true),
    ]
}

/// An operation of the description, about Ada.
struct Operation {
    method: Method,
    path: String,
    is_secured: bool,
    /// Whether the path names her.
    is_hers: bool,
}

async fn operations(world: &World) -> Vec<Operation> {
    let document = world.request(Method::GET, "/api/openapi.json");
    let document = expect(document, StatusCode::OK).await;
    let mut all = Vec::new();
    for (template, operations) in document["paths"].as_object().expect("paths") {
        let path = template
            .replace("{clerkId}", ADA)
            .replace("{key}", "secret-of-ada");
        assert!(
            !path.contains('{'),
            "say what stands for the braces of {template}"
        );
        for (method, operation) in operations.as_object().expect("operations") {
            all.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                is_secured: operation["security"].is_array(),
                is_hers: template.contains("{clerkId}"),
            });
        }
    }
    assert!(all.len() >= 13, "{} operations", all.len());
    all
}

/// Ada has a row, and has written it with a key.
async fn ada(world: &World) -> Value {
    let body = json!({ "clerkId": ADA, "email": SECRETS[0], "name": SECRETS[1] });
    let put = world.request(Method::PUT, &format!("/api/users/{ADA}"));
    let put = put.bearer_auth(token(ADA)).json(&body);
    let put = put.header("Idempotency-Key", format!("\"{}\"", SECRETS[2]));
    expect(put, StatusCode::CREATED).await;
    let written = world.request(Method::GET, &format!("/api/writes/{}", SECRETS[2]));
    expect(written.bearer_auth(token(ADA)), StatusCode::OK).await
}

fn tells_nothing(text: &str, what: &str) {
    for secret in &SECRETS[..2] {
        assert!(!text.contains(secret), "{what}: {text}");
    }
}

async fn nobody_gets_at_what_is_anothers(world: World) {
    ada(&world).await;
    let before = (world.me(ADA).await, world.etag(ADA).await);
    for Operation {
        method,
        path,
        is_secured,
        is_hers,
    } in operations(&world).await
    {
        for Caller {
            what,
            token,
            is_somebody,
        } in callers()
        {
            let what = format!("{method} {path} by {what}");
            // What is a stream answers its first state, and is not read to its end.
            let url = if path == "/api/live" {
                format!(
                    "{path}?watch=/api/users/{ADA}&watch=/api/writes/{}",
                    SECRETS[2]
                )
            } else {
                path.clone()
            };
            let mut request = world.request(method.clone(), &url);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let body = json!({ "clerkId": ADA, "email": "eve@example.com", "name": "Eve" });
            let mut answer = request.json(&body).send().await.expect("an answer");
            let status = answer.status();
            let expected = match (is_secured, is_somebody, is_hers) {
                (true, false, _) => Some(StatusCode::UNAUTHORIZED),
                (true, true, true) => Some(StatusCode::FORBIDDEN),
                _ => None,
            };
            assert!(expected.is_none_or(|it| it == status), "{what}: {status}");
            let first = answer.chunk().await.expect("an answer").unwrap_or_default();
            tells_nothing(&String::from_utf8_lossy(&first), &what);
        }
    }
    assert_eq!((world.me(ADA).await, world.etag(ADA).await), before);
}

async fn nobody_watches_what_is_anothers(world: World) {
    ada(&world).await;
    let paths = operations(&world).await;
    let paths = paths.iter().filter(|it| it.method == Method::GET);
    let paths: Vec<_> = paths.map(|it| (it.path.as_str(), it.is_hers)).collect();
    for Caller {
        what,
        token,
        is_somebody,
    } in callers()
    {
        let url = world.url.replacen("http", "ws", 1) + "/api/live";
        let (mut socket, _) = connect_async(url).await.expect("a WebSocket");
        let watch: serde_json::Map<_, _> = paths
            .iter()
            .map(|(path, _)| ((*path).to_owned(), Value::Null))
            .collect();
        let watch = json!({ "watch": watch });
        let said = token.map(|token| json!({ "token": token }));
        for message in said.iter().chain([&watch, &json!({ "sync": 1 })]) {
            // Who is refused may be cut off by then.
            let _ = socket.send(Message::text(message.to_string())).await;
        }
        let mut states = serde_json::Map::new();
        let code = loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    tells_nothing(&text, what);
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    if let Some(new) = message["states"].as_object() {
                        states.extend(new.clone());
                    }
                    if message["synced"] == 1 {
                        break None;
                    }
                }
                Some(Ok(Message::Close(frame))) => break frame.map(|it| u16::from(it.code)),
                other => panic!("{what}: {other:?}"),
            }
        };
        if !is_somebody {
            assert_eq!((code, states.len()), (Some(4401), 0), "{what}");
            continue;
        }
        assert_eq!((code, states.len()), (None, paths.len()), "{what}");
        for (path, is_hers) in &paths {
            let told = &states[*path]["status"];
            assert!(!is_hers || told == 403, "{what} watches {path}: {told}");
        }
    }
}
