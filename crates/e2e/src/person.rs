//! What a person does with Clerk's prebuilt UI, by its visible labels.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::story::Story;
use crate::wait_for;

/// The password of every person.
pub const PASSWORD: &str = "correct horse battery";
/// The code that test addresses take.
pub const TEST_CODE: &str = "424242";

/// Somebody with an email address.
#[derive(Clone, Debug)]
pub struct Person {
    /// First name
    pub first: &'static str,
    /// Last name
    pub last: &'static str,
    /// Email address
    pub email: String,
}

impl Person {
    /// Somebody whose address takes the test code.
    pub fn new(first: &'static str, last: &'static str) -> Self {
        let email = format!("{}+clerk_test@example.com", first.to_lowercase());
        Self { first, last, email }
    }

    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// Fills in and sends the form for signing up.
    pub async fn fills_sign_up(&self, story: &Story, browser: usize) -> Result<()> {
        let browser = &story.browsers[browser];
        browser.open(&format!("{}/sign-up", story.page())).await?;
        browser.fill("First name", self.first).await?;
        browser.fill("Last name", self.last).await?;
        browser.fill("Email address", &self.email).await?;
        browser.fill("Password", PASSWORD).await?;
        // The verdict moves the button that is to be clicked.
        browser
            .sees("Your password meets all the necessary requirements.")
            .await?;
        browser.click("Continue").await
    }

    /// Signs up as far as the question for the code.
    pub async fn begin_sign_up(&self, story: &Story, browser: usize) -> Result<()> {
        self.fills_sign_up(story, browser).await?;
        story.browsers[browser].sees("Verify your email").await?;
        self.gets_code(story).await?;
        Ok(())
    }

    /// Signs up, and waits for the profile.
    pub async fn sign_up(&self, story: &Story, browser: usize) -> Result<()> {
        self.begin_sign_up(story, browser).await?;
        story.browsers[browser].type_code(TEST_CODE).await?;
        self.sees_own_profile(&story.browsers[browser]).await
    }

    /// Has an account since before the story.
    pub async fn has_account(&self, story: &Story) -> Result<String> {
        let body = json!({
            "email_address": [self.email],
            "first_name": self.first,
            "last_name": self.last,
            "password": PASSWORD,
        });
        let user = story.stack.emulator_call("POST", "/v1/users", body).await?;
        Ok(user["id"].as_str().context("an id")?.to_owned())
    }

    /// Has an account and is signed in: by the emulator, without any form.
    pub async fn arrives(&self, story: &Story, browser: usize) -> Result<()> {
        let user_id = self.has_account(story).await?;
        self.is_signed_in(story, browser, &user_id).await
    }

    /// Is signed in to the account of this id: by the emulator, without any form.
    pub async fn is_signed_in(&self, story: &Story, browser: usize, user_id: &str) -> Result<()> {
        self.comes(story, browser, user_id).await?;
        self.sees_own_profile(&story.browsers[browser]).await
    }

    /// Opens the page, signed in to the account of this id: by the emulator, without any form.
    pub async fn comes(&self, story: &Story, browser: usize, user_id: &str) -> Result<()> {
        let cookies = self.begins_session(story, user_id).await?;
        self.comes_with(story, browser, cookies).await
    }

    /// Begins a session at the emulator, and answers the cookies of its browser.
    pub async fn begins_session(&self, story: &Story, user_id: &str) -> Result<Value> {
        let body = json!({ "user_id": user_id, "origin": story.page() });
        let signed_in = story
            .stack
            .emulator_call("POST", "/emulator/sign_in", body)
            .await?;
        Ok(signed_in["cookies"].clone())
    }

    /// Opens the page with a session's cookies.
    pub async fn comes_with(&self, story: &Story, browser: usize, cookies: Value) -> Result<()> {
        let browser = &story.browsers[browser];
        // Cookies belong to the page that is open.
        browser.open(&format!("{}/healthz", story.page())).await?;
        let script = "for (const {name, value} of arguments[0])
            document.cookie = `${name}=${value}; path=/; SameSite=Lax`";
        browser.client.execute(script, vec![cookies]).await?;
        browser.open(&story.page()).await
    }

    /// Enters the address on the form for signing in.
    pub async fn begin_sign_in(&self, story: &Story, browser: usize) -> Result<()> {
        let browser = &story.browsers[browser];
        browser.open(&format!("{}/sign-in", story.page())).await?;
        browser.fill("Email address", &self.email).await?;
        browser.click("Continue").await
    }

    /// Signs out by the menu of the picture.
    pub async fn sign_out(&self, browser: &Browser) -> Result<()> {
        browser.click("Open user menu").await?;
        browser.click("Sign out").await?;
        browser.sees("Sign up").await
    }

    /// Waits until this many codes have been sent, and answers the newest.
    pub async fn gets_codes(&self, story: &Story, count: usize) -> Result<String> {
        let path = format!("/emulator/messages?to={}", in_query(&self.email));
        wait_for("the code", async || {
            let sent = story.stack.emulator_call("GET", &path, Value::Null);
            let sent = sent.await.ok()?;
            let mut codes = sent.as_array()?.iter().filter_map(|it| it["code"].as_str());
            let newest = codes.next()?.to_owned();
            (codes.count() + 1 >= count).then_some(newest)
        })
        .await
    }

    /// Waits for a code, and answers the newest.
    pub async fn gets_code(&self, story: &Story) -> Result<String> {
        self.gets_codes(story, 1).await
    }

    /// Waits until the page shows this person's row.
    pub async fn sees_own_profile(&self, browser: &Browser) -> Result<()> {
        browser.sees(&format!("Welcome, {}", self.name())).await?;
        browser.sees_field("email", &self.email).await
    }
}

/// A text as it stands in a query.
pub fn in_query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
