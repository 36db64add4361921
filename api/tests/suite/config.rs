//! The process and its environment.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// An RSA key of 1,024 bits.
pub const SHORT_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC2gHAdWpP3iL+8lA2ljx3iribk\n\
    6nko32E7TmuJI8IvXUt+vSqP3oyGxKmfupED5UKHhkLKkbeNH8kWmtFL3loahM2N\n\
    Y1Ua8+SWF9DPcwzmSgTvVbpcrifoyNEo0kdV3WCHmYrtg99RKBBZOvPHwWo4moX3\n\
    YVcoPbPD40EbmfPFPQIDAQAB\n\
    -----END PUBLIC KEY-----\n\n";

/// Every variable that the README documents, the emulator's own apart.
fn documented() -> Vec<&'static str> {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme.split_once("## Configuration").expect("a section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let first_cells = section.lines().filter(|line| line.starts_with("| `"));
    let names = first_cells.flat_map(|line| {
        let cell = line.split('|').nth(1).expect("a cell");
        cell.split('`').skip(1).step_by(2)
    });
    let names: Vec<_> = names
        .filter(|name| !name.starts_with("EMULATOR_") || *name == "EMULATOR_ADDR")
        .collect();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// Starts the server with nothing else set, and checks that it ends at once, with code 2 and one
/// line that begins with this variable's name.
fn refuses(variables: &[(&str, &OsStr)], name: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_api"))
        .current_dir(folder.path())
        .env_clear()
        .env("CLERK_EMULATOR", "1")
        .env("LISTEN_ADDR", "127.0.0.1:0")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let begun = Instant::now();
    while server.try_wait().expect("a process").is_none() {
        if begun.elapsed() > Duration::from_secs(30) {
            server.kill().expect("it runs");
            panic!("it starts with {variables:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = server.wait_with_output().expect("it has ended");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{variables:?}: {errors}");
    assert!(errors.starts_with(&format!("error: {name}: ")), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(!errors.contains("hunter2"), "{errors}");
}

#[test]
fn a_wrong_value_ends_the_start_with_one_line_and_code_2() {
    for (name, value) in [
        ("LISTEN_ADDR", "everywhere"),
        ("DATABASE_URL", "mysql://u:hunter2@db/app"),
        ("DATABASE_URL", "sqlite::memory:"),
        ("CLERK_PUBLISHABLE_KEY", "pk_live_hunter2"),
        ("CLERK_JWT_KEY", SHORT_KEY),
        ("CLERK_SECRET_KEY", "sk_"),
        ("CLERK_SECRET_KEY", "sk_test_hunter2\nx"),
        ("CLERK_SECRET_KEY", "sk_test_hunter2é"),
        ("CLERK_PROXY_URL", "https://u:hunter2@app.example/__clerk"),
        ("CLERK_PROXY_URL", "https://app.example/__clerk?hunter2"),
        ("CLERK_PROXY_URL", "https://app.example/__clerk#hunter2"),
        ("RUST_LOG", "api=loud"),
    ] {
        refuses(&[(name, value.as_ref())], name);
    }
}

#[test]
fn blank_is_not_unset_and_what_is_no_text_is_no_value() {
    for name in documented() {
        for value in ["", "  ", "\t\n"] {
            refuses(&[(name, value.as_ref())], name);
        }
        refuses(&[(name, OsStr::from_bytes(b"hunter2\xff"))], name);
    }
}

#[test]
fn without_a_key_the_emulator_is_trusted_only_where_that_is_wanted() {
    refuses(&[("CLERK_EMULATOR", "0".as_ref())], "CLERK_PUBLISHABLE_KEY");
    refuses(&[("CLERK_EMULATOR", "yes".as_ref())], "CLERK_EMULATOR");
    let own = "pk_test_ZW11bGF0b3IuY2xlcmsuYWNjb3VudHMuZGV2JA";
    refuses(
        &[
            ("CLERK_PUBLISHABLE_KEY", own.as_ref()),
            ("CLERK_EMULATOR", "0".as_ref()),
        ],
        "CLERK_PUBLISHABLE_KEY",
    );
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
