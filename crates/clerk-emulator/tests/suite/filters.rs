//! Lists are limited by what their query says; what the emulator does not know matches nobody.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{PASSWORD, World, id};

async fn person(world: &World, name: &str) -> String {
    let body = json!({
        "email_address": [format!("{name}@example.com")], "password": PASSWORD,
        "first_name": name, "external_id": format!("ext_{name}"),
    });
    id(&world.server(Method::POST, "/users", body).await)
}

/// How many entries a list has, whatever its shape.
async fn size(world: &World, path: &str) -> usize {
    let list = world.server(Method::GET, path, Value::Null).await;
    let entries = list.as_array().or_else(|| list["data"].as_array());
    entries
        .unwrap_or_else(|| panic!("{path}: a list: {list}"))
        .len()
}

#[tokio::test]
async fn a_filter_that_is_not_supported_matches_nobody() {
    let world = World::new().await;
    let ada = person(&world, "ada").await;
    let enabled = json!({ "organizations": { "enabled": true } });
    world.control(Method::PATCH, "/settings", enabled).await;
    let body = json!({ "name": "Engines", "created_by": ada });
    let engines = id(&world.server(Method::POST, "/organizations", body).await);
    let body = json!({ "email_address": "bob@example.com" });
    world.server(Method::POST, "/invitations", body).await;
    let body = json!({ "email_address": "bob@example.com", "role": "org:member" });
    let path = format!("/organizations/{engines}/invitations");
    world.server(Method::POST, &path, body).await;
    world
        .server(
            Method::POST,
            "/waitlist_entries",
            json!({ "email_address": "carol@example.com" }),
        )
        .await;
    world
        .server(
            Method::POST,
            "/allowlist_identifiers",
            json!({ "identifier": "ada@example.com" }),
        )
        .await;

    for list in [
        "/users".to_owned(),
        "/organizations".to_owned(),
        format!("/organizations/{engines}/memberships"),
        format!("/organizations/{engines}/invitations"),
        format!("/users/{ada}/organization_memberships"),
        "/organization_memberships".to_owned(),
        "/organization_invitations".to_owned(),
        "/organization_roles".to_owned(),
        "/invitations".to_owned(),
        "/waitlist_entries".to_owned(),
        "/allowlist_identifiers".to_owned(),
        "/jwt_templates".to_owned(),
    ] {
        assert_ne!(size(&world, &list).await, 0, "{list}");
        assert_ne!(size(&world, &format!("{list}?limit=5")).await, 0, "{list}");
        for filter in [
            "phone_number=%2B15555550100",
            "phone_number[]=%2B15555550100",
            "phone_number_query=555",
            "web3_wallet=0x1",
            "web3_wallet_query=0x",
            "shoe_size=43",
        ] {
            let path = format!("{list}?{filter}");
            assert_eq!(size(&world, &path).await, 0, "{path}");
        }
        let path = format!("{list}?phone_number=");
        assert_ne!(
            size(&world, &path).await,
            0,
            "{path}: nothing is asked there"
        );
    }
    for filter in ["phone_number=%2B1555", "web3_wallet=0x1", "shoe_size=43"] {
        let path = format!("/users/count?{filter}");
        let count = world.server(Method::GET, &path, Value::Null).await;
        assert_eq!(count["total_count"], 0, "{path}");
    }
}

#[tokio::test]
async fn filters_hold_together_and_a_minus_excludes() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for name in ["ada", "bob", "carol"] {
        ids.push(person(&world, name).await);
        world.wait(1).await;
    }
    let enabled = json!({ "organizations": { "enabled": true } });
    world.control(Method::PATCH, "/settings", enabled).await;
    let body = json!({ "name": "Engines", "created_by": ids[0] });
    let engines = id(&world.server(Method::POST, "/organizations", body).await);
    let members = format!("/organizations/{engines}/memberships");
    let body = json!({ "user_id": ids[1], "role": "org:member" });
    world.server(Method::POST, &members, body).await;

    for (query, expected) in [
        (
            "email_address=ada@example.com&email_address=bob@example.com".to_owned(),
            2,
        ),
        (
            "email_address=ada@example.com&external_id=ext_bob".to_owned(),
            0,
        ),
        ("external_id=%2Bext_bob".to_owned(), 1),
        ("external_id=-ext_bob".to_owned(), 2),
        (format!("user_id=-{}", ids[0]), 2),
        // A query looks into ids, too, which are random: none of them has an @.
        (format!("user_id={}&query=bob@example", ids[0]), 0),
        (format!("organization_id={engines}"), 2),
        (format!("organization_id=-{engines}"), 1),
        (format!("organization_id={engines}&query=ada@example"), 1),
    ] {
        let path = format!("/users?{query}");
        assert_eq!(size(&world, &path).await, expected, "{path}");
    }
    for (query, expected) in [
        ("role=org:admin", 1),
        ("email_address=bob@example.com", 1),
        ("name_query=BOB", 1),
        ("email_address_query=example", 2),
        ("username=bob", 0),
    ] {
        let path = format!("{members}?{query}");
        assert_eq!(size(&world, &path).await, expected, "{path}");
    }
    assert_eq!(
        size(&world, &format!("/organizations?user_id=-{}", ids[1])).await,
        0
    );
    assert_eq!(
        size(&world, &format!("/organizations?user_id={}", ids[1])).await,
        1
    );

    // A cursor goes on where the last page ended.
    let path = format!("/users?starting_after={}", ids[1]);
    let rest = world.server(Method::GET, &path, Value::Null).await;
    assert_eq!(rest.as_array().map(Vec::len), Some(1), "{rest}");
    assert_eq!(rest[0]["id"], ids[0].as_str());
}
