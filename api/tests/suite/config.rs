//! The process and its environment.

use std::process::{Command, Stdio};

#[test]
fn a_wrong_value_ends_the_start_with_one_line_and_code_2() {
    for (name, value) in [
        ("LISTEN_ADDR", "everywhere"),
        ("DATABASE_URL", "mysql://u:hunter2@db/app"),
        ("CLERK_PUBLISHABLE_KEY", "pk_live_hunter2"),
        ("RUST_LOG", "api=loud"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let output = Command::new(env!("CARGO_BIN_EXE_api"))
            .current_dir(folder.path())
            .env_clear()
            .env(name, value)
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {errors}");
        assert!(errors.starts_with(&format!("error: {name}: ")), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(!errors.contains("hunter2"), "{errors}");
    }
}

#[tokio::test]
async fn it_can_ask_itself_whether_it_lives() {
    let world = crate::world::World::new(crate::world::Kind::Sqlite).await;
    let address = world.url.trim_start_matches("http://").to_owned();
    let nobody = crate::page::nobody().await.to_string();
    for (address, code) in [(address, 0), (nobody, 1)] {
        let ask = tokio::task::spawn_blocking(move || {
            Command::new(env!("CARGO_BIN_EXE_api"))
                .arg("--healthy")
                .env_clear()
                .env("LISTEN_ADDR", address)
                .status()
                .expect("it runs")
        });
        assert_eq!(ask.await.expect("it ends").code(), Some(code));
    }
}

#[tokio::test]
async fn many_processes_migrate_one_database_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = format!("sqlite://{}/app.db?mode=rwc", folder.path().display());
    for url in [sqlite, crate::postgres::database().await] {
        let starts = (0..8).map(|_| api::db::connect(&url));
        for result in futures_util::future::join_all(starts).await {
            result.expect("each finds or makes the schema");
        }
    }
}
