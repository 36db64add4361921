//! Signing up, in and out.

use anyhow::Result;
use e2e::{Person, TEST_CODE, story};

#[tokio::test]
async fn a_person_signs_up_and_sees_their_row_as_the_database_holds_it() -> Result<()> {
    story("sign-up", async |story| {
        let ada = Person::new("Ada", "Lovelace");
        story.browsers[0].expect_error("status of 422");
        ada.begin_sign_up(story, 0).await?;
        let browser = &story.browsers[0];
        browser.type_code("000000").await?;
        browser.sees("Incorrect code").await?;
        browser.type_code(TEST_CODE).await?;
        ada.sees_own_profile(browser).await?;
        let shown = [
            browser.field("clerk-id").await?,
            browser.field("id").await?,
            browser.field("email").await?,
            browser.field("name").await?,
        ];
        assert_eq!(story.stack.rows().await?, [shown]);
        Ok(())
    })
    .await
}
