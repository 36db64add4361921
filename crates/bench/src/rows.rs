//! People to ask for.

use anyhow::Result;
use sea_orm::{ConnectionTrait, Database};

use crate::clerk_id;

/// How many rows one statement inserts.
const CHUNK: usize = 500;

/// Brings the schema up to date and makes so many rows, one for each number.
pub async fn fill(database_url: &str, people: usize) -> Result<()> {
    let db = Database::connect(database_url).await?;
    migrations::run(&db).await?;
    for chunk in (0..people).collect::<Vec<_>>().chunks(CHUNK) {
        let values = chunk
            .iter()
            .map(|number| {
                format!(
                    "('00000000-0000-7000-8000-{number:012}', '{}', 'person.{number}@example.com', \
                     'Person {number}', 1764000000000, 1764000000000, 1764000000000000)",
                    clerk_id(*number)
                )
            })
            .collect::<Vec<_>>();
        db.execute_unprepared(&format!(
            "INSERT INTO users (id, clerk_id, email, name, created_at, updated_at, version) \
             VALUES {}",
            values.join(",")
        ))
        .await?;
    }
    db.close().await?;
    Ok(())
}
