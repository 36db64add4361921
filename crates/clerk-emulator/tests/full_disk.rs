//! A process whose disk was full goes on when there is room again, and has lost nothing that it
//! answered.

mod process;

use std::path::Path;

use reqwest::{Client, StatusCode};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};
use tokio::process::Child;

/// The emulator, with its address and secret key.
struct Running {
    child: Child,
    url: String,
    key: String,
    http: Client,
}

impl Running {
    async fn start(folder: &Path, shell: &str) -> Self {
        let (child, url, key) = process::start(folder, shell).await;
        Self {
            child,
            url,
            key,
            http: Client::new(),
        }
    }

    /// No file of it may grow beyond so many bytes; none: as large as it likes.
    fn limit(&self, bytes: Option<u64>) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(id.and_then(Pid::from_raw), Resource::Fsize, limit).expect("a limit");
    }

    async fn create(&self, number: usize) -> Result<String, StatusCode> {
        let body = json!({
            "email_address": [format!("p{number}@example.com")],
            "skip_password_requirement": true,
            "public_metadata": { "filler": "x".repeat(4000) },
        });
        let request = self.http.post(format!("{}/v1/users", self.url));
        let answer = request.bearer_auth(&self.key).json(&body).send().await;
        let answer = answer.expect("an answer");
        if !answer.status().is_success() {
            return Err(answer.status());
        }
        let user: Value = answer.json().await.expect("JSON");
        Ok(user["id"].as_str().expect("an id").to_owned())
    }

    async fn has(&self, id: &str) -> bool {
        let request = self.http.get(format!("{}/v1/users/{id}", self.url));
        let answer = request.bearer_auth(&self.key).send().await;
        answer.expect("an answer").status() == 200
    }
}

#[tokio::test]
async fn it_heals_when_a_full_disk_has_room_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let emulator = Running::start(folder.path(), "").await;
    let mut acknowledged = vec![emulator.create(0).await.expect("a user")];
    for round in 1..=3 {
        let file = folder.path().join("data/state.redb");
        let size = file.metadata().expect("a file").len();
        emulator.limit(Some(size));
        let mut refused = None;
        for number in 1..100_000 {
            match emulator.create(round * 100_000 + number).await {
                Ok(id) => acknowledged.push(id),
                Err(status) => {
                    refused = Some(status);
                    break;
                }
            }
        }
        assert_eq!(refused, Some(StatusCode::INTERNAL_SERVER_ERROR));
        // What is there is read meanwhile.
        assert!(emulator.has(&acknowledged[0]).await, "round {round}");
        emulator.limit(None);
        let id = emulator.create(round * 100_000).await;
        acknowledged.push(id.expect("a user, now that there is room"));
    }
    for id in &acknowledged {
        assert!(emulator.has(id).await, "{id} was answered and is lost");
    }
}

#[tokio::test]
async fn a_terminal_that_takes_nothing_more_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let emulator = Running::start(folder.path(), "exec > /dev/full 2>&1").await;
    // Its link is printed.
    let request = emulator
        .http
        .post(format!("{}/v1/invitations", emulator.url));
    let invitation = json!({"email_address": "hedy@example.com"});
    let answer = request.bearer_auth(&emulator.key).json(&invitation).send();
    assert_eq!(answer.await.expect("an answer").status(), StatusCode::OK);
    emulator.create(0).await.expect("a user");
}
