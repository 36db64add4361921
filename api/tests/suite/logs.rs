//! What the process tells of itself: logs and metrics.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::process::{Process, Start};
use crate::webhooks::signed;
use crate::world::{Kind, WEBHOOK_SECRET, World, claims, send, token, token_with_profile};

#[tokio::test]
async fn metrics_count_what_happens() {
    let world = World::new(Kind::Sqlite).await;
    let me = world.request(Method::GET, "/api/users/me");
    send(me.bearer_auth(token("user_ada")), StatusCode::NOT_FOUND).await;
    let text = r#"{"type":"user.deleted","data":{"id":"user_ada"}}"#;
    send(signed(&world, "msg_1", text), StatusCode::NO_CONTENT).await;
    let answer = send(world.request(Method::GET, "/metrics"), StatusCode::OK).await;
    let metrics = answer.text().await.expect("text");
    for line in [
        "http_request_duration_seconds_count{route=\"/api/users/me\",method=\"GET\",status=\"404\"} 1",
        "webhook_deliveries_total{outcome=\"applied\"} 1",
        "streams_open 0",
        "database_connections ",
        "jwks_age_seconds ",
    ] {
        assert!(metrics.contains(line), "{line} is missing in {metrics}");
    }
    assert!(!metrics.contains("user_ada"));
}

#[tokio::test]
async fn nothing_secret_is_ever_logged_and_each_line_has_its_request() {
    let world = World::new(Kind::Sqlite).await;
    let start = Start {
        env: &[
            ("CLERK_SECRET_KEY", "sk_live_hunter2"),
            ("CLERK_PROXY_URL", "/__clerk"),
            // Nothing is left out.
            ("RUST_LOG", "trace"),
        ],
        ..Start::default()
    };
    let process = Process::start(&world, start).await;
    let (client, url) = (reqwest::Client::new(), process.url.clone());
    let good = token_with_profile("user_ada", "ada@example.com", "Ada Lovelace");
    let mut bad = claims("user_ada");
    bad["exp"] = json!(1);
    let bad = crate::world::TRUSTED.sign(&bad);
    let body = json!({"clerkId": "user_ada", "email": "new@example.com", "name": "Countess"});
    let broken = json!({"clerkId": "user_ada", "email": "nobody@", "name": "Countess"});
    let requests = [
        client.post(format!("{url}/api/users")).bearer_auth(&good),
        client.get(format!("{url}/api/users/me")).bearer_auth(&bad),
        client
            .get(format!("{url}/api/users/{good}"))
            .bearer_auth(&good),
        client.get(format!("{url}/api/users/me?token={good}")),
        client.get(format!("{url}/{good}/ada@example.com")),
        client
            .get(format!("{url}/api/users/me"))
            .header("Cookie", format!("__session={good}")),
        client
            .put(format!("{url}/api/users/user_ada"))
            .bearer_auth(&good)
            .json(&body),
        client
            .put(format!("{url}/api/users/user_ada"))
            .bearer_auth(&good)
            .json(&broken),
        client
            .post(format!("{url}/api/webhooks/clerk"))
            .header("svix-signature", "v1,hunter2"),
    ];
    let mut ids = Vec::new();
    for request in requests {
        let answer = request.send().await.expect("an answer");
        ids.push(
            answer.headers()["x-request-id"]
                .to_str()
                .expect("text")
                .to_owned(),
        );
    }
    let traced = client.get(format!("{url}/healthz")).header(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    traced.send().await.expect("an answer");
    let log = process.log();
    let signature = |token: &str| token.rsplit('.').next().expect("three parts").to_owned();
    let payload = good.split('.').nth(1).expect("three parts").to_owned();
    let secrets = [
        signature(&good),
        signature(&bad),
        payload,
        "example.com$".into(),
        "ada@".into(),
        "new@".into(),
        "nobody@".into(),
        "Lovelace".into(),
        "Countess".into(),
        "hunter2".into(),
        WEBHOOK_SECRET.into(),
    ];
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret} is in the log");
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    for id in ids {
        let line = lines
            .iter()
            .find(|line| line["fields"]["request_id"] == id.as_str())
            .expect("a line of each request");
        assert!(line["fields"]["status"].is_u64() && line["fields"]["route"].is_string());
    }
    assert!(
        lines
            .iter()
            .any(|line| { line["fields"]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736" })
    );
}

#[tokio::test]
async fn a_log_that_takes_nothing_more_stops_nothing() {
    let world = World::new(Kind::Sqlite).await;
    let start = Start {
        shell: "exec > /dev/full 2>&1",
        env: &[("CONNECTION_LIMIT_ADDRESS", "8"), ("RUST_LOG", "trace")],
        ..Start::default()
    };
    let process = Process::start(&world, start).await;
    // What is refused is logged.
    let address = process.url.trim_start_matches("http://");
    for _ in 0..16 {
        let connection = tokio::net::TcpStream::connect(address).await;
        drop(connection.expect("a connection"));
    }
    let client = reqwest::Client::new();
    let me = format!("{}/api/users", process.url);
    let request = client.post(me).bearer_auth(token("user_ada"));
    send(request, StatusCode::CREATED).await;
    let (status, _folder) = process.stop().await;
    assert!(status.success(), "{status}");
}
