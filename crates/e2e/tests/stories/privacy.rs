//! Nobody sees anybody else's row.

use anyhow::Result;
use e2e::{Person, story};

#[tokio::test]
async fn two_people_at_once_see_their_own_row_each() -> Result<()> {
    story("two-people", async |story| {
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let other = story.browser().await?;
        ada.sign_up(story, 0).await?;
        bob.sign_up(story, other).await?;
        ada.sees_own_profile(&story.browsers[0]).await?;
        let [adas, bobs] = [0, other].map(|number| &story.browsers[number]);
        adas.sees_no(&bob.email).await?;
        bobs.sees_no(&ada.email).await?;
        assert_ne!(adas.field("clerk-id").await?, bobs.field("clerk-id").await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn ones_own_token_does_not_open_anothers_row() -> Result<()> {
    story("others-row", async |story| {
        let (ada, bob) = (Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope"));
        let other = story.browser().await?;
        ada.sign_up(story, 0).await?;
        bob.sign_up(story, other).await?;
        let token = story.browsers[0].token().await?;
        let bobs_id = story.browsers[other].field("clerk-id").await?;
        let url = format!("{}/api/users/{bobs_id}", story.page());
        let client = reqwest::Client::new();
        let status = client.get(&url).bearer_auth(&token).send().await?.status();
        assert_eq!(status, 403);
        let change = serde_json::json!({"clerkId": bobs_id, "email": "a@b.co", "name": "Ada"});
        let put = client
            .put(&url)
            .bearer_auth(&token)
            .json(&change)
            .send()
            .await?;
        assert_eq!(put.status(), 403);
        bob.sees_own_profile(&story.browsers[other]).await
    })
    .await
}
