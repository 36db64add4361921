//! `cargo xtask reset`: nothing is removed from under a running API.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn it_refuses_while_the_api_listens_and_removes_all_of_the_database_afterwards() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["app.db", "app.db-wal", "app.db-shm", "other.db"].map(|it| folder.path().join(it));
    for file in &files {
        fs::write(file, "rows").expect("written");
    }
    let are_there = || files.each_ref().map(|file| file.exists());

    let api = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = api.local_addr().expect("its address");
    let refused = reset(&files[0], address);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        said.contains(&format!("the API listens at {address}")),
        "{said}"
    );
    assert_eq!(are_there(), [true; 4]);

    drop(api);
    let done = reset(&files[0], address);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert_eq!(are_there(), [false, false, false, true]);
}

fn reset(database: &Path, api: SocketAddr) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("reset")
        .env(
            "DATABASE_URL",
            format!("sqlite://{}?mode=rwc", database.display()),
        )
        .env("LISTEN_ADDR", api.to_string())
        .output()
        .expect("it runs")
}
