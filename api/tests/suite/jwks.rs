//! The issuer's keys: fetched, kept, withdrawn, out of reach.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode as Status;
use axum::routing::get;
use reqwest::{Method, StatusCode};
use tokio::net::TcpListener;

use crate::world::{Issuer, Kind, STRANGER, TRUSTED, World, claims, expect, send};

const ADA: &str = "user_ada";

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

fn keys_of(issuer: &Issuer) -> (Status, String) {
    let keys = serde_json::to_string(&issuer.jwks()).expect("JSON");
    (Status::OK, keys)
}

fn down() -> (Status, String) {
    (Status::INTERNAL_SERVER_ERROR, String::new())
}

async fn ask(world: &World, token: &str, expected: StatusCode) {
    let request = world.request(Method::GET, "/api/users/me");
    expect(request.bearer_auth(token), expected).await;
}

#[tokio::test]
async fn a_flood_of_unknown_keys_costs_one_fetch() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    assert_eq!(host.asked(), 1, "fetched before it was needed");
    let flood = (0..300).map(|number| {
        let kid = format!("key-{}", number + 2);
        let token = TRUSTED.sign(|header| header.kid = Some(kid), &claims(ADA));
        let request = world.request(Method::GET, "/api/users/me");
        request.bearer_auth(token).send()
    });
    for answer in futures_util::future::join_all(flood).await {
        let status = answer.expect("an answer").status();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(host.asked(), 2);
}

#[tokio::test]
async fn known_keys_go_on_working_while_the_host_is_down() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    host.answer(vec![down()]);
    let unknown = TRUSTED.sign(|header| header.kid = Some("x".into()), &claims(ADA));
    ask(&world, &unknown, StatusCode::UNAUTHORIZED).await;
    ask(&world, &crate::world::token(ADA), StatusCode::NOT_FOUND).await;
    send(world.request(Method::GET, "/readyz"), StatusCode::OK).await;
}

#[tokio::test]
async fn a_key_that_is_withdrawn_takes_its_tokens_along() {
    let (host, url) = Host::start(vec![keys_of(&TRUSTED)]).await;
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    let old = crate::world::token(ADA);
    ask(&world, &old, StatusCode::NOT_FOUND).await;
    // Another key, by another name.
    let others = keys_of(&STRANGER).1.replace("key-1", "key-2");
    host.answer(vec![(Status::OK, others)]);
    let new = STRANGER.sign(|header| header.kid = Some("key-2".into()), &claims(ADA));
    let rotates = async {
        let me = || {
            world
                .request(Method::GET, "/api/users/me")
                .bearer_auth(&new)
        };
        while me().send().await.expect("an answer").status() == StatusCode::UNAUTHORIZED {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), rotates);
    waited
        .await
        .expect("the new key is fetched when it is first seen");
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
        keys_of(&TRUSTED),
    ])
    .await;
    // Comes back when it is ready.
    let world = World::with(Kind::Sqlite, &[("CLERK_JWKS_URL", &url)]).await;
    assert_eq!(host.asked(), 6);
    ask(&world, &crate::world::token(ADA), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_fixed_key_needs_no_network() {
    let nobody = format!("http://{}/jwks.json", crate::page::nobody().await);
    let pem = TRUSTED.public_pem();
    let world = World::with(
        Kind::Sqlite,
        &[("CLERK_JWKS_URL", &nobody), ("CLERK_JWT_KEY", &pem)],
    )
    .await;
    ask(&world, &crate::world::token(ADA), StatusCode::NOT_FOUND).await;
    let forged = STRANGER.sign(|_| {}, &claims(ADA));
    ask(&world, &forged, StatusCode::UNAUTHORIZED).await;
}
