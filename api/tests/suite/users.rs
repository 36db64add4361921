//! One's own row: made, read, changed, deleted; and nobody else's.

use reqwest::header::HeaderValue;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::stream::Events;
use crate::webhooks::signed;
use crate::world::{World, expect, send, token, token_with_profile};

on_both_databases!(
    the_first_sight_makes_the_row_from_the_claims,
    there_is_no_row_before_the_first_sight,
    a_put_makes_the_row_and_changes_it,
    an_unchanged_put_writes_nothing,
    nobody_reads_or_writes_anothers_row,
    who_one_is_counts_before_what_one_sends,
    invalid_fields_are_named_all_at_once,
    a_body_that_is_no_json_object_is_refused,
    a_deleted_person_never_comes_back,
    deleting_leaves_no_personal_data,
    a_condition_on_the_version_is_honoured,
    a_write_that_wants_no_row_changes_none,
    of_many_writes_that_want_no_row_one_makes_it,
    writes_upon_any_version_do_not_get_into_each_others_way,
    a_version_typed_by_sql_leaves_room_for_the_next,
    a_known_version_is_not_sent_again,
    two_first_sights_at_once_make_one_row,
    writes_at_once_lose_none,
    a_delete_that_races_with_updates_wins,
    an_answer_is_never_older_than_an_acknowledged_write,
);

const ADA: &str = "user_ada";

fn body(email: &str, name: &str) -> Value {
    json!({"clerkId": ADA, "email": email, "name": name})
}

async fn the_first_sight_makes_the_row_from_the_claims(world: World) {
    let ada = token_with_profile(ADA, "ada@example.com", "Ada Lovelace");
    let answer = send(
        world.request(Method::POST, "/api/users").bearer_auth(&ada),
        StatusCode::CREATED,
    )
    .await;
    assert_eq!(answer.headers()["location"], "/api/users/user_ada");
    let etag = answer.headers()["etag"].clone();
    assert_eq!(etag, world.etag(ADA).await);
    let made: Value = answer.json().await.expect("a user");
    assert_eq!(made["clerkId"], ADA);
    assert_eq!(made["email"], "ada@example.com");
    assert_eq!(made["name"], "Ada Lovelace");
    assert_eq!(made["createdAt"], made["updatedAt"]);
    assert_eq!(made.as_object().expect("an object").len(), 6);

    let again = world
        .call(Method::POST, "/api/users", &ada, None, StatusCode::OK)
        .await;
    let me = world
        .call(Method::GET, "/api/users/me", &ada, None, StatusCode::OK)
        .await;
    let by_id = world
        .call(
            Method::GET,
            "/api/users/user_ada",
            &ada,
            None,
            StatusCode::OK,
        )
        .await;
    assert_eq!([&again, &me, &by_id], [&made; 3]);
}

async fn there_is_no_row_before_the_first_sight(world: World) {
    let problem = world
        .call(
            Method::GET,
            "/api/users/me",
            &token(ADA),
            None,
            StatusCode::NOT_FOUND,
        )
        .await;
    assert_eq!(problem["status"], 404);
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("POST /api/users"))
    );
}

async fn a_put_makes_the_row_and_changes_it(world: World) {
    let path = "/api/users/user_ada";
    let ada = token(ADA);
    let made = world
        .call(
            Method::PUT,
            path,
            &ada,
            Some(body("a@b.co", " Ada ")),
            StatusCode::CREATED,
        )
        .await;
    assert_eq!(made["name"], "Ada", "trimmed");
    let changed = world
        .call(
            Method::PUT,
            path,
            &ada,
            Some(body("new@b.co", "")),
            StatusCode::OK,
        )
        .await;
    assert_eq!(
        (&changed["email"], &changed["name"]),
        (&json!("new@b.co"), &json!(""))
    );
    assert_eq!(changed["id"], made["id"]);
    let me = world
        .call(Method::GET, "/api/users/me", &ada, None, StatusCode::OK)
        .await;
    assert_eq!(me, changed);
}

async fn an_unchanged_put_writes_nothing(world: World) {
    let path = "/api/users/user_ada";
    let put = |name: &str| {
        world
            .request(Method::PUT, path)
            .bearer_auth(token(ADA))
            .json(&body("a@b.co", name))
    };
    let first = send(put("Ada"), StatusCode::CREATED).await.headers()["etag"].clone();
    let same = send(put("Ada"), StatusCode::OK).await.headers()["etag"].clone();
    let other = send(put("Bob"), StatusCode::OK).await.headers()["etag"].clone();
    assert_eq!(first, same);
    assert_ne!(same, other);
}

async fn nobody_reads_or_writes_anothers_row(world: World) {
    world
        .call(
            Method::POST,
            "/api/users",
            &token("user_bob"),
            None,
            StatusCode::CREATED,
        )
        .await;
    let ada = token(ADA);
    for other in [
        "/api/users/user_bob",
        "/api/users/user_nobody",
        "/api/users/USER_ADA",
    ] {
        let clerk_id = other.rsplit('/').next();
        let change = json!({"clerkId": clerk_id, "email": "a@b.co", "name": "x"});
        let forbidden = StatusCode::FORBIDDEN;
        let problem = world.call(Method::GET, other, &ada, None, forbidden).await;
        assert_eq!(
            problem["detail"],
            "You can only see and change your own row."
        );
        world
            .call(Method::PUT, other, &ada, Some(change), forbidden)
            .await;
        world
            .call(Method::DELETE, other, &ada, None, forbidden)
            .await;
    }
    let bob = world
        .call(
            Method::GET,
            "/api/users/me",
            &token("user_bob"),
            None,
            StatusCode::OK,
        )
        .await;
    assert_eq!(bob["name"], "");
}

async fn who_one_is_counts_before_what_one_sends(world: World) {
    let put = |path: &str| world.request(Method::PUT, path).body("no json");
    expect(put("/api/users/user_ada"), StatusCode::UNAUTHORIZED).await;
    expect(
        put("/api/users/user_bob").bearer_auth(token(ADA)),
        StatusCode::FORBIDDEN,
    )
    .await;
    expect(
        put("/api/users/user_ada").bearer_auth(token(ADA)),
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
    )
    .await;
}

async fn invalid_fields_are_named_all_at_once(world: World) {
    let cases = [
        (
            json!({}),
            vec!["clerkId required", "email required", "name required"],
        ),
        (
            json!({"clerkId": "user_bob", "email": "a@b.co", "name": ""}),
            vec!["clerkId mismatch"],
        ),
        (
            body("no address", "a\u{7}b"),
            vec!["email invalid_format", "name control_character"],
        ),
        (
            body("", &"x".repeat(201)),
            vec!["email required", "name too_long"],
        ),
        (
            json!({"clerkId": "user_bob", "email": "?", "name": ""}),
            vec!["clerkId mismatch", "email invalid_format"],
        ),
    ];
    for (body, expected) in cases {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = world
            .call(
                Method::PUT,
                "/api/users/user_ada",
                &token(ADA),
                Some(body),
                status,
            )
            .await;
        let errors = problem["errors"].as_array().expect("errors");
        let named: Vec<String> = errors
            .iter()
            .map(|error| format!("{} {}", error["field"], error["code"]).replace('"', ""))
            .collect();
        assert_eq!(named, expected);
        assert!(errors.iter().all(|error| error["message"].is_string()));
    }
    world
        .call(
            Method::GET,
            "/api/users/me",
            &token(ADA),
            None,
            StatusCode::NOT_FOUND,
        )
        .await;
}

async fn a_body_that_is_no_json_object_is_refused(world: World) {
    let put = |kind: &'static str, body: String| {
        world
            .request(Method::PUT, "/api/users/user_ada")
            .bearer_auth(token(ADA))
            .header("Content-Type", kind)
            .body(body)
    };
    let good = body("a@b.co", "Ada").to_string();
    for broken in ["", "{", "[]", "null", "{\"email\": 5}", "\u{0}"] {
        expect(
            put("application/json", broken.to_owned()),
            StatusCode::BAD_REQUEST,
        )
        .await;
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
    ] {
        expect(put(kind, good.clone()), StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    }
    let huge = body("a@b.co", &"x".repeat(17 * 1024)).to_string();
    expect(put("application/json", huge), StatusCode::PAYLOAD_TOO_LARGE).await;
    expect(
        put("application/json; charset=utf-8", good),
        StatusCode::CREATED,
    )
    .await;
}

async fn a_deleted_person_never_comes_back(world: World) {
    let ada = token_with_profile(ADA, "a@b.co", "Ada");
    let path = "/api/users/user_ada";
    world
        .call(Method::POST, "/api/users", &ada, None, StatusCode::CREATED)
        .await;
    world
        .call(Method::DELETE, path, &ada, None, StatusCode::NO_CONTENT)
        .await;
    world
        .call(Method::DELETE, path, &ada, None, StatusCode::NO_CONTENT)
        .await;
    world
        .call(Method::GET, "/api/users/me", &ada, None, StatusCode::GONE)
        .await;
    world
        .call(Method::POST, "/api/users", &ada, None, StatusCode::GONE)
        .await;
    world
        .call(
            Method::PUT,
            path,
            &ada,
            Some(body("a@b.co", "Ada")),
            StatusCode::GONE,
        )
        .await;
}

async fn deleting_leaves_no_personal_data(world: World) {
    use sea_orm::{Database, EntityTrait};
    let ada = token_with_profile(ADA, "a@b.co", "Ada");
    world
        .call(Method::POST, "/api/users", &ada, None, StatusCode::CREATED)
        .await;
    world
        .call(
            Method::DELETE,
            "/api/users/user_ada",
            &ada,
            None,
            StatusCode::NO_CONTENT,
        )
        .await;
    let db = Database::connect(&world.database_url)
        .await
        .expect("the database");
    let rows = api::users::entity::Entity::find()
        .all(&db)
        .await
        .expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].email.as_str(), rows[0].name.as_str()), ("", ""));
    assert!(rows[0].deleted_at.is_some());
}

async fn a_condition_on_the_version_is_honoured(world: World) {
    let path = "/api/users/user_ada";
    let put = |condition: &str, name: &str| {
        world
            .request(Method::PUT, path)
            .bearer_auth(token(ADA))
            .header("If-Match", condition)
            .json(&body("a@b.co", name))
    };
    let failed = StatusCode::PRECONDITION_FAILED;
    expect(put("*", "Ada"), failed).await;
    world
        .call(
            Method::POST,
            "/api/users",
            &token(ADA),
            None,
            StatusCode::CREATED,
        )
        .await;
    let first = world.etag(ADA).await;
    let weak = format!("W/{first}");
    for stale in ["\"2\"", &weak, "\"one\"", "garbage"] {
        expect(put(stale, "Ada"), failed).await;
    }
    expect(put(&first, "Ada"), StatusCode::OK).await;
    expect(put(&first, "Bob"), failed).await;
    let second = world.etag(ADA).await;
    expect(put(&format!("\"7\", {second}"), "Bob"), StatusCode::OK).await;
    expect(put("*", "Cay"), StatusCode::OK).await;

    let delete = |condition: &str| {
        let request = world.request(Method::DELETE, path).bearer_auth(token(ADA));
        request.header("If-Match", condition)
    };
    expect(delete(&first), failed).await;
    expect(delete(&world.etag(ADA).await), StatusCode::NO_CONTENT).await;
    expect(put("*", "Ada"), StatusCode::GONE).await;
}

async fn a_write_that_wants_no_row_changes_none(world: World) {
    let path = "/api/users/user_ada";
    let put = |condition: &str, name: &str| {
        let request = world.request(Method::PUT, path).bearer_auth(token(ADA));
        request
            .header("If-None-Match", condition)
            .json(&body("a@b.co", name))
    };
    let delete = |condition: &str| {
        let request = world.request(Method::DELETE, path).bearer_auth(token(ADA));
        request.header("If-None-Match", condition)
    };
    let failed = StatusCode::PRECONDITION_FAILED;
    expect(put("*", "Ada"), StatusCode::CREATED).await;
    let first = world.etag(ADA).await;
    // Not even one that would change nothing.
    for name in ["Ada", "Eve"] {
        expect(put("*", name), failed).await;
    }
    for known in [&first, &format!("W/{first}"), &format!("\"2\", {first}")] {
        expect(put(known, "Eve"), failed).await;
        expect(delete(known), failed).await;
    }
    expect(delete("*"), failed).await;
    assert_eq!(world.etag(ADA).await, first);

    expect(put("\"2\"", "Cay"), StatusCode::OK).await;
    // What cannot be read might have named this version.
    for unread in [
        "garbage",
        "\"2\", garbage",
        "\"2",
        "\"2\" \"3\"",
        "*, \"2\"",
        "",
        ",",
    ] {
        expect(put(unread, "Bob"), failed).await;
        expect(delete(unread), failed).await;
    }
    let lines = |lines: [&'static [u8]; 2]| lines.map(HeaderValue::from_bytes);
    for lines in [
        lines([b"*", b"*"]),
        lines([b"*", b"\"2\""]),
        lines([b"\"\xe9\"", b"\"2\""]),
    ] {
        let request = world.request(Method::DELETE, path).bearer_auth(token(ADA));
        let request = lines.into_iter().fold(request, |request, line| {
            request.header("If-None-Match", line.expect("a value"))
        });
        expect(request, failed).await;
    }
    expect(put("\"2\",, W/\"a,b\"", "Bob"), StatusCode::OK).await;
    let second = world.etag(ADA).await;
    assert_ne!(second, first);
    // Both conditions must hold.
    for (matches, differs, status) in [
        (&second, &second, failed),
        (&first, &first, failed),
        (&second, &first, StatusCode::OK),
    ] {
        let request = put(differs, "Cay").header("If-Match", matches);
        expect(request, status).await;
    }

    expect(delete(&first), StatusCode::NO_CONTENT).await;
    // What was deleted is no row, and does not come back.
    expect(put("*", "Ada"), StatusCode::GONE).await;
    expect(delete("*"), StatusCode::NO_CONTENT).await;
}

async fn of_many_writes_that_want_no_row_one_makes_it(world: World) {
    let writes = (0..16).map(|number| {
        let request = world
            .request(Method::PUT, "/api/users/user_ada")
            .bearer_auth(token(ADA))
            .header("If-None-Match", "*")
            .json(&body("a@b.co", &number.to_string()));
        async { request.send().await.expect("an answer").status() }
    });
    let mut answers = futures_util::future::join_all(writes).await;
    answers.sort();
    let mut expected = vec![StatusCode::PRECONDITION_FAILED; 16];
    expected[0] = StatusCode::CREATED;
    assert_eq!(answers, expected);
}

async fn writes_upon_any_version_do_not_get_into_each_others_way(world: World) {
    let post = world.request(Method::POST, "/api/users");
    expect(post.bearer_auth(token(ADA)), StatusCode::CREATED).await;
    let writes = (0..16).map(|number| {
        let request = world
            .request(Method::PUT, "/api/users/user_ada")
            .bearer_auth(token(ADA))
            .header("If-Match", "*")
            .json(&body("a@b.co", &number.to_string()));
        send(request, StatusCode::OK)
    });
    futures_util::future::join_all(writes).await;
}

async fn a_version_typed_by_sql_leaves_room_for_the_next(world: World) {
    let path = "/api/users/user_ada";
    let version = async || -> i64 {
        let etag = world.etag(ADA).await;
        etag.trim_matches('"').parse().expect("a whole number")
    };
    let put = async |name: &str, condition: Option<String>| {
        let mut request = world
            .request(Method::PUT, path)
            .bearer_auth(token(ADA))
            .json(&body("a@b.co", name));
        if let Some(etag) = condition {
            request = request.header("If-Match", etag);
        }
        assert!(
            request
                .send()
                .await
                .expect("an answer")
                .status()
                .is_success()
        );
    };
    put("Ada", None).await;
    let mut events = Events::open(&world, &token(ADA)).await;
    let (mut last, _) = events.next().await.expect("the state");
    // One less would never be told of; the greatest has no next one.
    for typed in ["9223372036854775807", "9007199254740993", "-1", "0"] {
        world
            .sql(&format!("UPDATE users SET version = {typed}"))
            .await;
        put("Bob", None).await;
        put("Eve", Some(world.etag(ADA).await)).await;
        let now = version().await;
        assert!(now > last && now < 1 << 53, "{typed}: {last}, then {now}");
        while last < now {
            last = events.next().await.expect("a change").0;
        }
    }
    // A new row, likewise.
    for typed in ["9223372036854775807", "-1"] {
        world.sql("DELETE FROM users").await;
        world
            .sql(&format!(
                "INSERT INTO users (id, clerk_id, email, name, created_at, updated_at, version) \
                 VALUES ('1', 'user_ada', '', 'by hand', 0, 0, {typed})"
            ))
            .await;
        // What others write to an SQLite file is noticed soon, not at once.
        let by_hand = async {
            while world.me(ADA).await["name"] != "by hand" {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(20), by_hand);
        waited.await.expect("the row made by hand is seen");
        let first = version().await;
        put("Fay", None).await;
        assert_eq!(version().await, first + 1);
        assert!((1 << 50..1 << 53).contains(&first), "{first}");
    }
    // Clerk's events and the end come through, too.
    world
        .sql("UPDATE users SET version = 9223372036854775807")
        .await;
    let event = json!({"type": "user.updated", "data": {
        "id": ADA, "first_name": "Gil", "updated_at": 9_999_999_999_999_i64,
    }});
    let delivery = signed(&world, "msg_1", &event.to_string());
    send(delivery, StatusCode::NO_CONTENT).await;
    world
        .sql("UPDATE users SET version = 9223372036854775807")
        .await;
    let delete = world.request(Method::DELETE, path).bearer_auth(token(ADA));
    expect(delete, StatusCode::NO_CONTENT).await;
}

async fn a_known_version_is_not_sent_again(world: World) {
    world
        .call(
            Method::POST,
            "/api/users",
            &token(ADA),
            None,
            StatusCode::CREATED,
        )
        .await;
    let etag = world.etag(ADA).await;
    let get = |known: &str| {
        let request = world
            .request(Method::GET, "/api/users/me")
            .bearer_auth(token(ADA));
        request.header("If-None-Match", known)
    };
    let answer = send(get(&etag), StatusCode::NOT_MODIFIED).await;
    assert_eq!(answer.headers()["etag"], etag.as_str());
    send(get(&format!("W/{etag}")), StatusCode::NOT_MODIFIED).await;
    send(get("*"), StatusCode::NOT_MODIFIED).await;
    send(get("\"2\""), StatusCode::OK).await;
}

async fn two_first_sights_at_once_make_one_row(world: World) {
    let first_sight = || async {
        let request = world
            .request(Method::POST, "/api/users")
            .bearer_auth(token(ADA));
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        (
            status,
            answer.json::<Value>().await.expect("a user")["id"].clone(),
        )
    };
    let results = futures_util::future::join_all((0..16).map(|_| first_sight())).await;
    let created = results
        .iter()
        .filter(|(status, _)| *status == StatusCode::CREATED)
        .count();
    assert_eq!(created, 1);
    assert!(
        results
            .iter()
            .all(|(status, id)| status.is_success() && *id == results[0].1)
    );
}

async fn writes_at_once_lose_none(world: World) {
    let names: Vec<String> = (0..24).map(|number| format!("name {number}")).collect();
    let writes = names.iter().map(|name| {
        let request = world
            .request(Method::PUT, "/api/users/user_ada")
            .bearer_auth(token(ADA))
            .json(&body("a@b.co", name));
        async { request.send().await.expect("an answer") }
    });
    let mut versions = Vec::new();
    for answer in futures_util::future::join_all(writes).await {
        assert!(answer.status().is_success());
        versions.push(answer.headers()["etag"].to_str().expect("text").to_owned());
    }
    versions.sort();
    versions.dedup();
    assert_eq!(
        versions.len(),
        names.len(),
        "each write is a version of its own"
    );
}

async fn a_delete_that_races_with_updates_wins(world: World) {
    let ada = token(ADA);
    let path = "/api/users/user_ada";
    expect(
        world.request(Method::POST, "/api/users").bearer_auth(&ada),
        StatusCode::CREATED,
    )
    .await;
    let puts = (0..12).map(|number| {
        let request = world.request(Method::PUT, path).bearer_auth(&ada);
        request.json(&body("a@b.co", &number.to_string())).send()
    });
    let delete = world.request(Method::DELETE, path).bearer_auth(&ada).send();
    let (puts, delete) = tokio::join!(futures_util::future::join_all(puts), delete);
    assert_eq!(delete.expect("an answer").status(), StatusCode::NO_CONTENT);
    for put in puts {
        let status = put.expect("an answer").status();
        assert!(
            status.is_success() || status == StatusCode::GONE,
            "{status}"
        );
    }
    let post = world.request(Method::POST, "/api/users").bearer_auth(&ada);
    expect(post, StatusCode::GONE).await;
}

async fn an_answer_is_never_older_than_an_acknowledged_write(world: World) {
    let ada = token(ADA);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let read = async || -> Value {
        let request = world
            .request(Method::GET, "/api/users/me")
            .bearer_auth(&ada);
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    };
    // Others read all the time, so that a row is always being kept or forgotten.
    let readers = futures_util::future::join_all((0..4).map(|_| async {
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            read().await;
        }
    }));
    let writer = async {
        for number in 0..100 {
            let name = number.to_string();
            let put = world
                .request(Method::PUT, "/api/users/user_ada")
                .bearer_auth(&ada)
                .json(&body("a@b.co", &name));
            assert!(put.send().await.expect("an answer").status().is_success());
            assert_eq!(read().await["name"], json!(name));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    tokio::join!(readers, writer);
}
