//! The issuer's keys: fetched, kept, withdrawn, out of reach.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode as Status;
use axum::routing::get;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::stream::Events;
use clerk_axum::test::TestIssuer;

use crate::world::{Kind, STRANGER, TRUSTED, World, claims, expect, send, token};

const ADA: &str = "user_ada";

/// A document of one key of 1,024 bits.
const SHORT_KEY: &str = r#"{"keys":[{"kty":"RSA","kid":"key-1","e":"AQAB","n":"toBwHVqT94i_vJQNpY8d4q4m5Op5KN9hO05riSPCL11Lfr0qj96MhsSpn7qRA-VCh4ZCypG3jR_JFprRS95aGoTNjWNVGvPklhfQz3MM5koE71W6XK4n6MjRKNJHVd1gh5mK7YPfUSgQWTrzx8FqOJqF92FXKD2zw-NBG5nzxT0"}]}"#;

/// An issuer's JWKS host that answers as told, and counts.
#[derive(Clone, Default)]
struct Host {
    asked: Arc<AtomicUsize>,
    /// What it answers next, in this order; the last one for ever.
    answers: Arc<Mutex<Vec<(Status, String)>>>,
}

impl Host {
    async fn start(answers: Vec<(Status, String)>) -> (Self, String) {
        let host = Self::default();
        host.answer(answers);
        let shared = host.clone();
        let router = Router::new().route(
            "/jwks.json",
            get(async move || {
                shared.asked.fetch_add(1, Ordering::SeqCst);
                let mut answers = shared.answers.lock().expect("nobody panicked");
                if answers.len() > 1 {
                    answers.remove(0)
                } else {
                    answers[0].clone()
                }
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/jwks.json", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (host, url)
    }

    fn answer(&self, answers: Vec<(Status, String)>) {
        *self.answers.lock().expect("nobody panicked") = answers;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn keys_of(issuer: &TestIssuer) -> (Status, String) {
    let keys = issuer.jwks().to_string();
    (Status::OK, keys)
}

fn down() -> (Status, String) {
    (Status::INTERNAL_SERVER_ERROR, String::new())
}

async fn ask(world: &World, token: &str, expected: StatusCode) {
    let request = world.request(Method::GET, "/api/users/me");
    expect(request.bearer_auth(token), expected).await;
}

async fn status(world: &World, token: &str) -> StatusCode {
    let request = world.request(Method::GET, "/api/users/me");
    let answer = request.bearer_auth(token).send().await.expect("an answer");
    let status = answer.status();
    let wait = answer.headers().contains_key("retry-after");
    assert_eq!(wait, status == StatusCode::SERVICE_UNAVAILABLE);
    status
}

/// Waits until this token is answered so; what it was answered before.
async fn until(world: &World, token: &str, expected: StatusCode) -> Vec<StatusCode> {
    let mut before = Vec::new();
    let answered = async {
        loop {
            match status(world, token).await {
                status if status == expected => return,
                other => before.push(other),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), answered).await;
    waited.unwrap_or_else(|_| panic!("{expected} does not come"));
    before
}

/// A token of the stranger, whose key is published by another name than the trusted one.
fn others_token() -> String {
    STRANGER.sign_as("key-2", &claims(ADA))
}

/// Both keys, as they are or with other members.
fn document(trusted: &Value, other: &Value) -> (Status, String) {
    let key = |issuer: &TestIssuer, kid: &str, members: &Value| {
        let mut key = issuer.jwks()["keys"][0].take();
        let bare = key.as_object_mut().expect("an object");
        bare.retain(|name, _| ["kty", "n", "e"].contains(&name.as_str()));
        bare.insert("kid".into(), json!(kid));
        bare.extend(members.as_object().expect("members").clone());
        key
    };
    let keys = [
        key(&TRUSTED, "key-1", trusted),
        key(&STRANGER, "key-2", other),
    ];
    (Status::OK, json!({ "keys": keys }).to_string())
}

fn unknown(number: usize) -> String {
    let kid = format!("unknown-{number}");
    TRUSTED.sign_as(&kid, &claims(ADA))
}

#[tokio::test]
async fn a_flood_of_unknown_keys_costs_a_handful_of_fetches() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    assert_eq!(host.asked(), 1, "fetched before it was needed");
    let begun = Instant::now();
    let tokens: Vec<String> = (0..300).map(unknown).collect();
    let flood = tokens.iter().map(|token| status(&world, token));
    let answers = futures_util::future::join_all(flood).await;
    assert!(
        answers
            .iter()
            .all(|it| [StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE].contains(it)),
        "{answers:?}"
    );
    // The first one, a handful at once, and one in two seconds.
    let most = 1 + 5 + 1 + begun.elapsed().as_secs() / 2;
    assert!(host.asked() as u64 <= most, "{}", host.asked());
}

#[tokio::test]
async fn one_unknown_key_is_looked_for_once_however_many_tokens_name_it() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    let begun = Instant::now();
    let token = unknown(1);
    for _ in 0..30 {
        ask(&world, &token, StatusCode::UNAUTHORIZED).await;
        let answer = status(&world, &unknown(1)).await;
        assert_ne!(answer, StatusCode::NOT_FOUND);
    }
    let most = 2 + begun.elapsed().as_secs() / 10;
    assert!(host.asked() as u64 <= most, "{}", host.asked());
}

#[tokio::test]
async fn who_floods_with_unknown_keys_does_not_shut_out_a_new_one() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    // The attacker knows the new key's name in advance, and spends what there is to spend.
    let forged = TRUSTED.sign_as("key-2", &claims(ADA));
    ask(&world, &forged, StatusCode::UNAUTHORIZED).await;
    for number in 0..20 {
        assert_ne!(
            status(&world, &unknown(number)).await,
            StatusCode::NOT_FOUND
        );
    }
    // Tokens name their time in whole seconds: the new key's are of a later one.
    let second = claims(ADA)["iat"].clone();
    while claims(ADA)["iat"] == second {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    host.answer(vec![document(&json!({}), &json!({}))]);
    let before = until(&world, &others_token(), StatusCode::NOT_FOUND).await;
    assert!(
        before
            .iter()
            .all(|status| *status == StatusCode::SERVICE_UNAVAILABLE),
        "a good token is never refused: {before:?}"
    );
}

#[tokio::test]
async fn known_keys_go_on_working_while_the_host_is_down() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    host.answer(vec![down()]);
    let later = status(&world, &unknown(1)).await;
    assert_eq!(later, StatusCode::SERVICE_UNAVAILABLE, "nobody can know");
    ask(&world, &token(ADA), StatusCode::NOT_FOUND).await;
    send(world.request(Method::GET, "/readyz"), StatusCode::OK).await;
}

#[tokio::test]
async fn keys_of_a_host_that_stays_down_end_and_readiness_says_so_before() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let variables = [
        ("CLERK_JWKS_URL", url.as_str()),
        ("CLERK_JWKS_MAX_AGE", "6"),
    ];
    let world = World::with(Kind::Sqlite, &variables).await;
    let mut stream = Events::open(&world, &token(ADA)).await;
    assert_eq!(stream.next().await, Some((0, Value::Null)));
    host.answer(vec![down()]);
    ask(&world, &token(ADA), StatusCode::NOT_FOUND).await;
    let mut said = Vec::new();
    let ends = async {
        loop {
            let answer = world.request(Method::GET, "/readyz").send().await;
            let answer = answer.expect("an answer");
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                return;
            }
            said.push(answer.text().await.expect("text"));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), ends).await;
    waited.expect("it is not ready any more");
    assert!(said.iter().any(|it| it == "ready\n"), "{said:?}");
    assert!(
        said.iter().any(|it| it.contains("verification keys")),
        "{said:?}"
    );
    // Also one from before the keys were fetched last: nobody knows any more what they were.
    let mut earlier = claims(ADA);
    earlier["iat"] = json!(earlier["iat"].as_u64().expect("seconds") - 60);
    for good in [token(ADA), TRUSTED.sign(&earlier)] {
        ask(&world, &good, StatusCode::SERVICE_UNAVAILABLE).await;
    }
    assert_eq!(stream.next().await, None, "the stream ends with its key");
    host.answer(vec![keys_of(&TRUSTED)]);
    until(&world, &token(ADA), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_malformed_key_does_not_spoil_the_others() {
    let mut keys = TRUSTED.jwks();
    let good = keys["keys"][0].take();
    let broken = [
        json!(1),
        json!({}),
        json!({"kty": "RSA", "kid": "a"}),
        json!({"kty": "RSA", "kid": "b", "n": 5, "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "c", "n": "!!!", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": 1, "n": good["n"], "e": "AQAB"}),
        json!({"kty": "EC", "kid": "d", "crv": "P-1"}),
        json!({"kty": "of the future", "kid": "e"}),
    ];
    let all: Vec<&Value> = broken.iter().chain([&good]).collect();
    let answer = (Status::OK, json!({ "keys": all }).to_string());
    let (host, url) = Host::start(vec![answer]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    ask(&world, &token(ADA), StatusCode::NOT_FOUND).await;
    assert_eq!(host.asked(), 1);
}

#[tokio::test]
async fn keys_that_are_for_something_else_verify_nothing() {
    for (members, expected) in [
        (json!({}), StatusCode::NOT_FOUND),
        (
            json!({"use": "sig", "alg": "RS256", "key_ops": ["verify"]}),
            StatusCode::NOT_FOUND,
        ),
        (json!({"use": "enc"}), StatusCode::UNAUTHORIZED),
        (json!({"use": "other"}), StatusCode::UNAUTHORIZED),
        (json!({"alg": "RS512"}), StatusCode::UNAUTHORIZED),
        (json!({"alg": "PS256"}), StatusCode::UNAUTHORIZED),
        (json!({"alg": "RSA-OAEP"}), StatusCode::UNAUTHORIZED),
        (json!({"key_ops": ["encrypt"]}), StatusCode::UNAUTHORIZED),
        (json!({"key_ops": []}), StatusCode::UNAUTHORIZED),
        (json!({"kid": ""}), StatusCode::UNAUTHORIZED),
    ] {
        let (_host, url) = Host::start(vec![document(&members, &json!({}))]).await;
        let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
        let answer = status(&world, &token(ADA)).await;
        assert_eq!(answer, expected, "{members}");
        ask(&world, &others_token(), StatusCode::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn a_document_without_keys_withdraws_them_all() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    let old = token(ADA);
    ask(&world, &old, StatusCode::NOT_FOUND).await;
    host.answer(vec![(Status::OK, json!({ "keys": [] }).to_string())]);
    ask(&world, &unknown(1), StatusCode::UNAUTHORIZED).await;
    ask(&world, &old, StatusCode::UNAUTHORIZED).await;
    let ready = world.request(Method::GET, "/readyz");
    send(ready, StatusCode::SERVICE_UNAVAILABLE).await;
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_withdrawn_and_no_other_does() {
    let both = document(&json!({}), &json!({}));
    let (host, url) = Host::start(vec![both]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    let mut trusted = Events::open(&world, &token(ADA)).await;
    let mut other = Events::open(&world, &others_token()).await;
    for stream in [&mut trusted, &mut other] {
        assert_eq!(stream.next().await, Some((0, Value::Null)));
    }
    host.answer(vec![document(&json!({"kid": "key-3"}), &json!({}))]);
    // Somebody's first token of the new key makes the keys be fetched.
    let new = TRUSTED.sign_as("key-3", &claims(ADA));
    ask(&world, &new, StatusCode::NOT_FOUND).await;
    assert_eq!(trusted.next().await, None);
    let create = world.request(Method::POST, "/api/users");
    send(create.bearer_auth(&new), StatusCode::CREATED).await;
    let (_, user) = other.next().await.expect("it goes on");
    assert_eq!(user["clerkId"], ADA);
}

#[tokio::test]
async fn a_key_that_is_withdrawn_takes_its_tokens_along() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    let old = token(ADA);
    ask(&world, &old, StatusCode::NOT_FOUND).await;
    // Another key, by another name.
    let others = keys_of(&STRANGER).1.replace("key-1", "key-2");
    host.answer(vec![(Status::OK, others)]);
    ask(&world, &others_token(), StatusCode::NOT_FOUND).await;
    ask(&world, &old, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn it_is_not_ready_before_it_has_keys_and_takes_no_nonsense_for_keys() {
    let nonsense = |text: &str| (Status::OK, text.to_owned());
    let (host, url) = Host::start(vec![
        down(),
        nonsense("not JSON"),
        nonsense("{\"keys\":[]}"),
        nonsense(&format!(
            "{{\"keys\":[],\"x\":\"{}\"}}",
            "x".repeat(400_000)
        )),
        nonsense(r#"{"keys":[{"kty":"oct","kid":"key-1","k":"c2VjcmV0"}]}"#),
        nonsense(SHORT_KEY),
        keys_of(&TRUSTED),
    ])
    .await;
    // Comes back when it is ready.
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    assert_eq!(host.asked(), 7);
    ask(&world, &token(ADA), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_fixed_key_needs_no_network() {
    let nobody = format!("http://{}/jwks.json", crate::page::nobody().await);
    let pem = TRUSTED.public_pem();
    let world = World::with(
        Kind::Sqlite,
        &[("CLERK_JWKS_URL", &nobody), ("CLERK_JWT_KEY", pem)],
    )
    .await;
    ask(&world, &token(ADA), StatusCode::NOT_FOUND).await;
    let forged = STRANGER.sign(&claims(ADA));
    ask(&world, &forged, StatusCode::UNAUTHORIZED).await;
}
