//! What was answered is kept.

use std::path::Path;

use clerk_emulator::ClerkEmulator;
use clerk_emulator::config::Config;
use serde_json::Value;

use crate::world::{ADA, Browser, World};

fn config(folder: &Path) -> Config {
    let mut config = Config::read(|name| (name == "EMULATOR_DATA_DIR").then(|| folder.into()))
        .expect("a configuration");
    config.addr.set_port(0);
    config
}

async fn keys(world: &World) -> Value {
    let url = format!("{}/.well-known/jwks.json", world.url());
    let answer = world.http.get(url).send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::on(&config(folder.path())).await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let (token, before) = (browser.token, keys(&world).await);
    world.emulator.stop().await;

    let again = World::on(&config(folder.path())).await;
    assert_eq!(keys(&again).await, before, "the same key");
    let user = Browser::with(&again, &token).client().await["sessions"][0]["user"].clone();
    assert_eq!(user["email_addresses"][0]["email_address"], ADA);
}

#[tokio::test]
async fn one_process_has_the_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = World::on(&config(folder.path())).await;
    let second = ClerkEmulator::with(&config(folder.path())).await;
    let refused = second.expect_err("a refusal").to_string();
    assert!(refused.contains("another emulator"), "{refused}");
}

#[tokio::test]
async fn the_state_is_its_owners_only_and_so_is_its_folder() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("emulator");
    let _world = World::on(&config(&folder)).await;
    let mode = |path: &Path| {
        let metadata = path.metadata().expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("state.redb")), 0o600);
}
