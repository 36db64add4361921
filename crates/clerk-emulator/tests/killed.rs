//! A process that is killed loses nothing that it answered.

use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

/// The program on this folder; answers its address and secret key.
async fn start(folder: &Path) -> (Child, String, String) {
    let ready = folder.join("ready");
    let _ = std::fs::remove_file(&ready);
    let child = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"))
        .args(["--port", "0", "--ready-file"])
        .arg(&ready)
        .env_clear()
        .env("EMULATOR_DATA_DIR", folder.join("data"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let lines = async {
        loop {
            let text = std::fs::read_to_string(&ready).unwrap_or_default();
            if let [url, key] = text.lines().collect::<Vec<_>>()[..] {
                return (url.to_owned(), key.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let lines = tokio::time::timeout(Duration::from_secs(20), lines).await;
    let (url, key) = lines.expect("it gets ready");
    (child, url, key)
}

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
        let (mut child, url, key) = start(folder.path()).await;
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
    let (_child, url, key) = start(folder.path()).await;
    for id in acknowledged.into_inner().expect("no panic") {
        let request = client.get(format!("{url}/v1/users/{id}")).bearer_auth(&key);
        let status = request.send().await.expect("an answer").status();
        assert_eq!(status, 200, "{id} was answered and is lost");
    }
}
