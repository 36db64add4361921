//! The database as a whole: its file, its outages, what is left of the deleted.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::process::{self, Process, Start};
use crate::webhooks::signed;
use crate::world::{Kind, World, send, token, token_with_profile};

const ADA: &str = "user_ada";

/// Writes one's name at this API.
async fn put(url: &str, name: &str) -> StatusCode {
    let request = reqwest::Client::new()
        .put(format!("{url}/api/users/{ADA}"))
        .bearer_auth(token(ADA))
        .json(&json!({"clerkId": ADA, "email": "ada@example.com", "name": name}));
    request.send().await.expect("an answer").status()
}

async fn get(url: &str, path: &str) -> reqwest::Response {
    let request = reqwest::Client::new().get(format!("{url}{path}"));
    let request = request.bearer_auth(token(ADA));
    request.send().await.expect("an answer")
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let waits = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waits).await;
    assert!(waited.is_ok(), "{what}");
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

/// The file of a world on SQLite, or one beside it.
fn file(world: &World, end: &str) -> String {
    let path = world
        .database_url
        .strip_prefix("sqlite://")
        .expect("a file");
    let path = path.split('?').next().expect("a path");
    format!("{path}{end}")
}

/// SQLite's address of this file.
fn url(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

#[tokio::test]
async fn nobody_else_may_open_the_files_whatever_the_umask() {
    let world = World::new(Kind::Sqlite).await;
    for shell in ["umask 000", "umask 277"] {
        let start = Start {
            shell,
            ..Start::default()
        };
        let process = Process::start(&world, start).await;
        assert_eq!(put(&process.url, "Ada").await, StatusCode::CREATED);
        for end in ["", "-wal", "-shm"] {
            assert_eq!(mode(&process.file(end)), 0o600, "{shell}: {end}");
        }
        let folder = process.file("");
        let folder = folder.parent().expect("a folder");
        if shell == "umask 000" {
            assert_eq!(mode(folder), 0o700);
        }
    }
}

#[tokio::test]
async fn files_that_others_may_open_are_shut_to_them_at_the_start() {
    let world = World::new(Kind::Sqlite).await;
    let process = Process::start(&world, Start::default()).await;
    put(&process.url, "Ada").await;
    let copy = tempfile::tempdir().expect("a folder");
    fs::create_dir(copy.path().join("data")).expect("a folder");
    // As a server leaves them that was killed.
    for end in ["", "-wal", "-shm"] {
        let to = process::file(copy.path(), end);
        fs::copy(process.file(end), &to).expect("copied");
        fs::set_permissions(&to, PermissionsExt::from_mode(0o664)).expect("opened to all");
    }
    let process = Process::start_in(copy, &world, Start::default()).await;
    for end in ["", "-wal", "-shm"] {
        assert_eq!(mode(&process.file(end)), 0o600, "{end}");
    }
    assert_eq!(
        get(&process.url, "/api/users/me").await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn after_a_stop_the_file_alone_has_everything() {
    let world = World::new(Kind::Sqlite).await;
    let process = Process::start(&world, Start::default()).await;
    for number in 0..50 {
        assert!(put(&process.url, &number.to_string()).await.is_success());
    }
    let (status, folder) = process.stop().await;
    assert!(status.success());
    let wal = fs::metadata(process::file(folder.path(), "-wal"));
    assert!(wal.is_err() || wal.is_ok_and(|wal| wal.len() == 0));

    let copy = folder.path().join("copy.db");
    fs::copy(process::file(folder.path(), ""), &copy).expect("copied");
    let copied = World::on_database(&url(&copy), &[]).await;
    assert_eq!(copied.me(ADA).await["name"], "49");
}

#[tokio::test]
async fn after_the_start_the_file_alone_has_the_tables_and_what_a_killed_server_left() {
    let world = World::new(Kind::Sqlite).await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    fs::copy(file(&world, ""), &copy).expect("copied");
    let copied = World::on_database(&url(&copy), &[]).await;
    assert_eq!(copied.count("users").await, 0);

    let killed = Process::start(&world, Start::default()).await;
    put(&killed.url, "Ada").await;
    let left = tempfile::tempdir().expect("a folder");
    fs::create_dir(left.path().join("data")).expect("a folder");
    for end in ["", "-wal"] {
        fs::copy(killed.file(end), process::file(left.path(), end)).expect("copied");
    }
    let again = Process::start_in(left, &world, Start::default()).await;
    let copy = folder.path().join("another.db");
    fs::copy(again.file(""), &copy).expect("copied");
    let copied = World::on_database(&url(&copy), &[]).await;
    assert_eq!(copied.me(ADA).await["name"], "Ada");
}

#[tokio::test]
async fn a_damaged_file_is_refused_at_the_start() {
    let world = World::new(Kind::Sqlite).await;
    for number in 0..200 {
        let person = format!("user_{number}");
        let post = world.request(Method::POST, "/api/users");
        let token = token_with_profile(&person, "a@b.co", "Ada");
        send(post.bearer_auth(token), StatusCode::CREATED).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    let sound = folder.path().join("sound.db");
    world
        .sql(&format!("VACUUM INTO '{}'", sound.display()))
        .await;
    let sound = fs::read(&sound).expect("a file");
    assert!(sound.len() > 8 * 4096);
    let without = |page: usize| {
        let mut file = sound.clone();
        file[page * 4096..(page + 1) * 4096].fill(0xa5);
        file
    };
    let cases = [
        (without(0), "the file is not a SQLite database"),
        (vec![b'x'; 8192], "the file is not a SQLite database"),
        // The table and its index, from the first page to the last.
        (without(4), "the database file is damaged"),
        (
            without(sound.len() / 4096 - 1),
            "the database file is damaged",
        ),
        (
            sound[..sound.len() / 2].to_vec(),
            "the database file is damaged",
        ),
    ];
    for (number, (file, expected)) in cases.into_iter().enumerate() {
        fs::write(&path, &file).expect("written");
        let error = api::db::connect(&url(&path)).await.expect_err("refused");
        let line = api::ServeError::from(error).to_string();
        assert!(
            line.starts_with(&format!("DATABASE_URL: {expected}")) && !line.contains('\n'),
            "{number}: {line}"
        );
        // It is left as it was, but for its header, for whoever may save something.
        assert!(
            fs::read(&path).expect("a file")[100..] == file[100..],
            "{number}"
        );
    }
    fs::write(&path, &sound).expect("written");
    api::db::connect(&url(&path)).await.expect("it is sound");
}

#[tokio::test]
async fn a_large_file_is_checked_while_people_are_served() {
    let world = World::new(Kind::Sqlite).await;
    world
        .sql(
            "CREATE TABLE large AS WITH RECURSIVE n(i) AS \
             (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
             SELECT i, randomblob(1000) AS bytes FROM n",
        )
        .await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("data")).expect("a folder");
    let copy = process::file(folder.path(), "");
    world
        .sql(&format!("VACUUM INTO '{}'", copy.display()))
        .await;
    let mut bytes = fs::read(&copy).expect("a file");
    let middle = bytes.len() / 4096 / 2 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&copy, bytes).expect("written");
    let process = Process::start_in(folder, &world, Start::default()).await;
    assert_eq!(put(&process.url, "Ada").await, StatusCode::CREATED);
    until("the damage is told", async || {
        process.log().contains("the database file is damaged")
    })
    .await;
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_is_gone() {
    let world = World::new(Kind::Sqlite).await;
    let process = Process::start(&world, Start::default()).await;
    let url = &process.url;
    assert_eq!(put(url, "Ada").await, StatusCode::CREATED);
    let refused = async |replaced: bool| {
        assert_eq!(
            put(url, "lost").await,
            StatusCode::SERVICE_UNAVAILABLE,
            "{replaced}"
        );
        until("reads are refused", async || {
            get(url, "/api/users/me").await.status() == StatusCode::SERVICE_UNAVAILABLE
        })
        .await;
        let client = reqwest::Client::new();
        let post = client
            .post(format!("{url}/api/users"))
            .bearer_auth(token("user_new"));
        let delete = client
            .delete(format!("{url}/api/users/{ADA}"))
            .bearer_auth(token(ADA));
        let event = json!({"type": "user.deleted", "data": {"id": ADA}}).to_string();
        let webhook = signed(&world, "msg_1", &event).build().expect("a request");
        let mut here = reqwest::Request::new(
            Method::POST,
            format!("{url}/api/webhooks/clerk").parse().expect("a URL"),
        );
        *here.headers_mut() = webhook.headers().clone();
        *here.body_mut() = Some(event.into());
        for answer in [
            post.send().await,
            delete.send().await,
            client.execute(here).await,
        ] {
            let status = answer.expect("an answer").status();
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        }
        until("it says that it is not ready, and why", async || {
            let answer = get(url, "/readyz").await;
            answer.status() == StatusCode::SERVICE_UNAVAILABLE
                && answer
                    .text()
                    .await
                    .expect("text")
                    .contains("removed, replaced or emptied")
        })
        .await;
    };
    let back = async |name: &str| {
        until("it is ready again", async || {
            get(url, "/readyz").await.status() == StatusCode::OK
        })
        .await;
        // Nothing that was refused has happened.
        let me = get(url, "/api/users/me").await;
        let me: serde_json::Value = me.json().await.expect("JSON");
        assert_eq!(me["name"], name);
        assert!(put(url, &format!("{name}+")).await.is_success());
    };
    let away = process.folder.path().join("away");

    // The file, and its folder.
    fs::rename(process.file(""), &away).expect("moved away");
    refused(false).await;
    fs::copy(&away, process.file("")).expect("another one");
    refused(true).await;
    fs::rename(&away, process.file("")).expect("moved back");
    back("Ada").await;
    let data = process.folder.path().join("data");
    fs::rename(&data, &away).expect("moved away");
    refused(false).await;
    fs::rename(&away, &data).expect("moved back");
    back("Ada+").await;
    // The log is where writes go first.
    fs::rename(process.file("-wal"), &away).expect("moved away");
    refused(false).await;
    fs::rename(&away, process.file("-wal")).expect("moved back");
    back("Ada++").await;

    let log = process.log();
    let lines = |what: &str| log.lines().filter(|line| line.contains(what)).count();
    assert_eq!(lines("requests are refused until the same file is back"), 3);
    assert_eq!(lines("the database file is back"), 3);

    let file = fs::File::options().write(true).open(process.file(""));
    file.expect("a file").set_len(0).expect("emptied");
    refused(true).await;
}

#[tokio::test]
async fn a_server_that_lost_its_file_leaves_the_new_one_alone_when_it_stops() {
    let world = World::new(Kind::Sqlite).await;
    let process = Process::start(&world, Start::default()).await;
    put(&process.url, "Ada").await;
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(process.file(end)).expect("removed");
    }
    // Another server's, on another file by the same name, with a log that is not empty.
    let restored = World::on_database(&url(&process.file("")), &[]).await;
    assert_eq!(put(&restored.url, "Bob").await, StatusCode::CREATED);
    let log = fs::read(process.file("-wal")).expect("a log");
    assert!(!log.is_empty());
    let (status, folder) = process.stop().await;
    assert!(status.success());
    let left = fs::read(process::file(folder.path(), "-wal")).expect("it is still there");
    assert!(left == log);
    assert_eq!(put(&restored.url, "Cay").await, StatusCode::OK);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn it_is_not_ready_when_the_disk_is_full_and_heals() {
    use rustix::process::{Resource, Rlimit, prlimit};
    let world = World::new(Kind::Sqlite).await;
    let start = Start {
        env: &[("RUST_LOG", "error")],
        ..Start::default()
    };
    let process = Process::start(&world, start).await;
    let limit = |bytes: Option<u64>| {
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(Some(process.pid()), Resource::Fsize, limit).expect("the limit is set");
    };
    limit(Some(64 * 1024));
    let last = std::cell::Cell::new(0);
    until("writes fail", async || {
        let status = put(&process.url, &(last.get() + 1).to_string()).await;
        if status.is_success() {
            last.set(last.get() + 1);
        }
        status == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    assert!(last.get() > 1);
    until("it is not ready", async || {
        get(&process.url, "/readyz").await.status() == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    // What is there can be read, and what was acknowledged is there.
    let me: serde_json::Value = get(&process.url, "/api/users/me")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(me["name"], last.get().to_string());
    limit(None);
    assert_eq!(put(&process.url, "after").await, StatusCode::OK);
    until("it is ready again", async || {
        get(&process.url, "/readyz").await.status() == StatusCode::OK
    })
    .await;
}

#[tokio::test]
async fn it_is_not_ready_on_a_database_that_can_only_be_read() {
    let world = World::new(Kind::Sqlite).await;
    // The configuration refuses such a URL; a file on a disk that can only be read is the same.
    let read_only = format!("sqlite://{}?mode=ro", file(&world, ""));
    let db = api::db::connect(&read_only).await.expect("it can be read");
    let users = api::users::Users::new(db, || {});
    users.get(ADA).await.expect("it can be read");
    users.ping().await.expect_err("it is not ready");

    let world = World::new(Kind::Postgres).await;
    let name = world.database_url.rsplit('/').next().expect("a name");
    // For connections that begin from now on.
    let set = async |how: &str| {
        world
            .sql(&format!(
                "BEGIN READ WRITE; ALTER DATABASE {name} {how}; COMMIT; \
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ))
            .await;
    };
    set("SET default_transaction_read_only = on").await;
    until("it is not ready", async || {
        get(&world.url, "/readyz").await.status() == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    assert_eq!(
        put(&world.url, "Ada").await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        get(&world.url, "/api/users/me").await.status(),
        StatusCode::NOT_FOUND
    );
    set("RESET default_transaction_read_only").await;
    until("it is ready again", async || {
        get(&world.url, "/readyz").await.status() == StatusCode::OK
    })
    .await;
}

#[tokio::test]
async fn being_asked_whether_it_is_ready_wakes_nobody() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let world = World::new(kind).await;
        put(&world.url, "Ada").await;
        let before = world.etag(ADA).await;
        let mut events = crate::stream::Events::open(&world, &token(ADA)).await;
        events.next().await.expect("the state");
        send(world.request(Method::GET, "/readyz"), StatusCode::OK).await;
        assert_eq!(world.etag(ADA).await, before);
        put(&world.url, "Bob").await;
        assert_eq!(events.next().await.expect("a change").1["name"], "Bob");
    }
}

/// Whether these bytes are anywhere in the database's files.
fn is_in_files(world: &World, text: &str) -> bool {
    ["", "-wal", "-shm"].iter().any(|end| {
        let bytes = fs::read(file(world, end)).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn what_was_deleted_is_in_none_of_the_files() {
    let world = World::new(Kind::Sqlite).await;
    let deletions = ["by REST", "by webhook"];
    for (number, how) in deletions.into_iter().enumerate() {
        let person = format!("user_{number}");
        let (email, name) = (
            format!("secret{number}@example.com"),
            format!("Lovelace {number}"),
        );
        let told = json!({"type": "user.created", "data": {
            "id": person, "first_name": name, "updated_at": 1, "primary_email_address_id": "i",
            "email_addresses": [{"id": "i", "email_address": email}],
        }});
        let told = signed(&world, &format!("msg_{number}"), &told.to_string());
        send(told, StatusCode::NO_CONTENT).await;
        let path = format!("/api/users/{person}");
        let longer = json!({"clerkId": person, "email": email, "name": format!("{name} {name}")});
        let put = world
            .request(Method::PUT, &path)
            .bearer_auth(token(&person));
        // Its answer is kept, too.
        let put = put.header("Idempotency-Key", "\"k\"");
        send(put.json(&longer), StatusCode::OK).await;
        assert!(is_in_files(&world, &email) && is_in_files(&world, &name));

        // Somebody who still reads from the log holds it up, but nobody else.
        let reader = sea_orm::Database::connect(&world.database_url)
            .await
            .expect("a reader");
        reader
            .execute_unprepared("BEGIN; SELECT count(*) FROM users")
            .await
            .expect("it reads");
        let delete = if how == "by REST" {
            world
                .request(Method::DELETE, &path)
                .bearer_auth(token(&person))
        } else {
            let event = json!({"type": "user.deleted", "data": {"id": person}});
            signed(&world, &format!("msg_gone{number}"), &event.to_string())
        };
        send(delete, StatusCode::NO_CONTENT).await;
        assert!(is_in_files(&world, &email), "{how}: it is held up");
        reader.close().await.expect("closed");
        until(how, async || {
            !is_in_files(&world, &email) && !is_in_files(&world, &name)
        })
        .await;
    }
    // Without anybody who reads it is gone when the answer comes.
    let last = token_with_profile("user_last", "last@example.com", "Last");
    let post = world.request(Method::POST, "/api/users").bearer_auth(&last);
    send(post, StatusCode::CREATED).await;
    assert!(is_in_files(&world, "last@example.com"));
    let delete = world.request(Method::DELETE, "/api/users/user_last");
    send(delete.bearer_auth(&last), StatusCode::NO_CONTENT).await;
    assert!(!is_in_files(&world, "last@example.com"));
    // A deletion that counts once does no less.
    let post = put_as(&world, "user_once", "once@example.com");
    send(post, StatusCode::CREATED).await;
    assert!(is_in_files(&world, "once@example.com"));
    let delete = world.request(Method::DELETE, "/api/users/user_once");
    let delete = delete.bearer_auth(token("user_once"));
    let delete = delete.header("Idempotency-Key", "\"gone\"");
    send(delete, StatusCode::NO_CONTENT).await;
    until("it is gone", async || {
        !is_in_files(&world, "once@example.com")
    })
    .await;
}

#[tokio::test]
async fn nothing_is_erased_that_nobody_deleted() {
    let world = World::new(Kind::Sqlite).await;
    for number in 0..20 {
        let put = put_as(&world, "user_ada", &format!("{number}@example.com"));
        let put = put.header("Idempotency-Key", format!("\"{number}\""));
        assert!(put.send().await.expect("an answer").status().is_success());
    }
    // The log beside the file is emptied for deletions.
    let log = fs::metadata(file(&world, "-wal")).expect("a log").len();
    assert!(log > 20 * 4096, "{log} bytes");
}

fn put_as(world: &World, person: &str, email: &str) -> reqwest::RequestBuilder {
    let put = world.request(Method::PUT, &format!("/api/users/{person}"));
    put.bearer_auth(token(person))
        .json(&json!({"clerkId": person, "email": email, "name": ""}))
}

#[tokio::test]
async fn nobody_waits_for_a_locked_table_longer_than_promised_also_in_a_queue() {
    use sea_orm::TransactionTrait;
    let world = World::new(Kind::Postgres).await;
    let db = sea_orm::Database::connect(&world.database_url)
        .await
        .expect("the database");
    let lock = db.begin().await.expect("a transaction");
    lock.execute_unprepared("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("locked");
    let read = |number: usize| {
        let request = world.request(Method::GET, "/api/users/me");
        let request = request.bearer_auth(token(&format!("user_{number}")));
        send(request, StatusCode::SERVICE_UNAVAILABLE)
    };
    // As many as are read at a time, then those who have to wait for them.
    let first: Vec<_> = (0..2).map(|number| tokio::spawn(read(number))).collect();
    until("the first wait for the table", async || {
        world
            .count(
                "pg_stat_activity WHERE datname = current_database() AND wait_event = 'relation'",
            )
            .await
            == 2
    })
    .await;
    let answers = futures_util::future::join_all((2..40).map(read));
    // What waits for two statements that are given up, one after the other, takes ten seconds.
    let answers = tokio::time::timeout(Duration::from_secs(9), answers).await;
    for answer in answers.expect("nobody waits longer than for one") {
        assert!(answer.headers().contains_key("retry-after"));
    }
    for answer in first {
        answer.await.expect("it is told too");
    }
    lock.rollback().await.expect("unlocked");
    db.close().await.expect("closed");
    assert_eq!(put(&world.url, "Ada").await, StatusCode::CREATED);
}
