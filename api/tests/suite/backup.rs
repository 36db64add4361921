//! The backup and the restore of `docs/deployment.md`, with people writing.

use reqwest::{Method, StatusCode};

use crate::world::{Kind, World, token};

async fn name(world: &World, person: &str) -> String {
    let path = "/api/users/me";
    let row = world
        .call(Method::GET, path, &token(person), None, StatusCode::OK)
        .await;
    row["name"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn a_copy_made_while_people_write_can_be_put_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let world = World::new(Kind::Sqlite).await;
    for number in 0..20 {
        world.put(&format!("user_{number}"), "before").await;
    }
    let statement = format!("VACUUM INTO '{}'", copy.display());
    let backup = world.sql(&statement);
    let writes = async {
        for number in 0..20 {
            world.put(&format!("user_new{number}"), "meanwhile").await;
        }
    };
    tokio::join!(backup, writes);

    let place = folder.path().join("app.db");
    std::fs::copy(&copy, &place).expect("put in place");
    let restored = format!("sqlite://{}?mode=rwc", place.display());
    let restored = World::on_database(&restored, &[]).await;
    for number in 0..20 {
        let person = format!("user_{number}");
        assert_eq!(name(&restored, &person).await, "before");
        restored.put(&person, "restored").await;
        assert_eq!(name(&restored, &person).await, "restored");
    }
}
