//! Writes with an `Idempotency-Key`.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;

use crate::on_both_databases;
use crate::webhooks::signed;
use crate::world::{World, expect, send, token};

on_both_databases!(
    what_is_sent_again_gets_the_first_answer,
    what_comes_at_once_is_written_once,
    a_key_is_for_one_request_of_one_person,
    what_was_refused_is_judged_anew,
    a_deletion_may_be_sent_again,
    what_was_answered_goes_with_the_person,
);

const ADA: &str = "user_ada";

fn put(world: &World, clerk_id: &str, name: &str, key: &str) -> RequestBuilder {
    world
        .request(Method::PUT, &format!("/api/users/{clerk_id}"))
        .bearer_auth(token(clerk_id))
        .header("Idempotency-Key", key)
        .json(&json!({ "clerkId": clerk_id, "email": "a@example.com", "name": name }))
}

async fn what_is_sent_again_gets_the_first_answer(world: World) {
    let first = send(put(&world, ADA, "Ada", "\"k\""), StatusCode::CREATED).await;
    let (etag, location) = (
        first.headers()["etag"].clone(),
        first.headers()["location"].clone(),
    );
    let row = first.text().await.expect("a row");
    world.put(ADA, "Countess").await;
    let again = send(put(&world, ADA, "Ada", "\"k\""), StatusCode::CREATED).await;
    assert_eq!(
        (&again.headers()["etag"], &again.headers()["location"]),
        (&etag, &location)
    );
    assert_eq!(again.text().await.expect("a row"), row);
    assert_eq!(world.me(ADA).await["name"], "Countess");
}

async fn what_comes_at_once_is_written_once(world: World) {
    world.put(ADA, "Ada").await;
    let before = world.etag(ADA).await;
    // Only one of them can meet the condition; the others get its answer.
    let sent = (0..8).map(|_| {
        let put = put(&world, ADA, "Countess", "\"k\"").header("If-Match", &before);
        expect(put, StatusCode::OK)
    });
    let rows = futures_util::future::join_all(sent).await;
    assert!(rows.iter().all(|row| row == &rows[0]), "{rows:?}");
}

async fn a_key_is_for_one_request_of_one_person(world: World) {
    expect(put(&world, ADA, "Ada", "\"k\""), StatusCode::CREATED).await;
    let reused = put(&world, ADA, "Countess", "\"k\"");
    let problem = expect(reused, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|it| it.contains("another request")),
        "{problem}"
    );
    expect(put(&world, "user_bob", "Bob", "\"k\""), StatusCode::CREATED).await;
    for malformed in ["k", "\"\"", "\"k"] {
        expect(put(&world, ADA, "Ada", malformed), StatusCode::BAD_REQUEST).await;
    }
    for (clerk_id, status) in [(ADA, StatusCode::OK), ("user_eve", StatusCode::NOT_FOUND)] {
        let written = world.request(Method::GET, "/api/writes/k");
        expect(written.bearer_auth(token(clerk_id)), status).await;
    }
}

async fn what_was_refused_is_judged_anew(world: World) {
    world.put(ADA, "Ada").await;
    let stale = put(&world, ADA, "Countess", "\"k\"").header("If-Match", "\"1\"");
    expect(stale, StatusCode::PRECONDITION_FAILED).await;
    let fresh = put(&world, ADA, "Countess", "\"k\"").header("If-Match", world.etag(ADA).await);
    assert_eq!(expect(fresh, StatusCode::OK).await["name"], "Countess");
}

async fn a_deletion_may_be_sent_again(world: World) {
    world.put(ADA, "Ada").await;
    let etag = world.etag(ADA).await;
    for _ in 0..2 {
        let delete = world
            .request(Method::DELETE, &format!("/api/users/{ADA}"))
            .bearer_auth(token(ADA))
            .header("Idempotency-Key", "\"gone\"")
            .header("If-Match", &etag);
        send(delete, StatusCode::NO_CONTENT).await;
    }
    let create = world
        .request(Method::POST, "/api/users")
        .bearer_auth(token(ADA));
    expect(
        create.header("Idempotency-Key", "\"back\""),
        StatusCode::GONE,
    )
    .await;
}

async fn what_was_answered_goes_with_the_person(world: World) {
    let answers = async |of: &str| {
        let of = format!("live_writes WHERE body LIKE '%{of}%'");
        world.count(&of).await
    };
    // Neighbours in the order of ids.
    for other in ["user_ad", "user_ada2", "user_adb"] {
        expect(put(&world, other, other, "\"k\""), StatusCode::CREATED).await;
    }
    let ways = ["by REST", "with a key", "by webhook", "by SQL"];
    for (number, how) in ways.into_iter().enumerate() {
        let person = format!("user_{number}");
        for key in ["\"a\"", "\"b\""] {
            let put = put(&world, &person, &person, key);
            assert!(put.send().await.expect("an answer").status().is_success());
        }
        assert_eq!(answers(&person).await, 2);
        let delete = world.request(Method::DELETE, &format!("/api/users/{person}"));
        let delete = delete.bearer_auth(token(&person));
        match how {
            "by REST" => drop(send(delete, StatusCode::NO_CONTENT).await),
            "with a key" => {
                let delete = delete.header("Idempotency-Key", "\"gone\"");
                send(delete, StatusCode::NO_CONTENT).await;
                let written = world.request(Method::GET, "/api/writes/gone");
                expect(written.bearer_auth(token(&person)), StatusCode::OK).await;
            }
            "by webhook" => {
                let event = json!({"type": "user.deleted", "data": {"id": person}});
                let event = signed(&world, "msg_gone", &event.to_string());
                send(event, StatusCode::NO_CONTENT).await;
            }
            _ => {
                let sql = format!("DELETE FROM users WHERE clerk_id = '{person}'");
                world.sql(&sql).await;
            }
        }
        assert_eq!(answers(&person).await, 0, "{how}");
    }
    assert_eq!(answers("user_").await, 3, "others keep theirs");
}
