//! A process that is killed loses nothing that it answered.

mod process;

use std::sync::Mutex;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

async fn create(client: &Client, url: &str, key: &str, email: &str) -> Option<String> {
    let body = json!({ "email_address": [email], "skip_password_requirement": true });
    let request = client
        .post(format!("{url}/v1/users"))
        .bearer_auth(key)
        .json(&body);
    let answer = request.send().await.ok()?.error_for_status().ok()?;
    let user: Value = answer.json().await.ok()?;
    user["id"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::new();
    let acknowledged = Mutex::new(Vec::new());
    for round in 0..3 {
        let (mut child, url, key) = process::start(folder.path(), "").await;
        let before = acknowledged.lock().expect("no panic").len();
        let writers = (0..4).map(|writer| {
            let (client, url, key, acknowledged) = (&client, &url, &key, &acknowledged);
            async move {
                for number in 0.. {
                    let email = format!("p{round}-{writer}-{number}@example.com");
                    let Some(id) = create(client, url, key, &email).await else {
                        return;
                    };
                    acknowledged.lock().expect("no panic").push(id);
                }
            }
        });
        let kill = async {
            while acknowledged.lock().expect("no panic").len() < before + 50 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            child.kill().await.expect("killed");
        };
        tokio::join!(futures_util::future::join_all(writers), kill);
    }
    let (_child, url, key) = process::start(folder.path(), "").await;
    for id in acknowledged.into_inner().expect("no panic") {
        let request = client.get(format!("{url}/v1/users/{id}")).bearer_auth(&key);
        let status = request.send().await.expect("an answer").status();
        assert_eq!(status, 200, "{id} was answered and is lost");
    }
}
