//! `examples/notes`: a whole app on the live crates.

use anyhow::{Context, Result};
use e2e::{App, Browser, Person, StackOptions, Story, story_with, wait_for};
use serde_json::{Value, json};

const MINE: &str = "My notes";
const SHARED: &str = "Shared notes";

/// Tells a story of Ada and Bob, who are members of one organization, each in a browser.
async fn notes(
    name: &str,
    tell: impl AsyncFnOnce(&mut Story, &Members) -> Result<()>,
) -> Result<()> {
    let options = StackOptions {
        app: App::Notes,
        webhooks: true,
        ..StackOptions::default()
    };
    story_with(name, options, async |story| {
        let settings = json!({ "organizations": { "enabled": true } });
        story.stack.set(settings).await?;
        let members = Members::meet(story).await?;
        tell(story, &members).await
    })
    .await
}

struct Members {
    organization: String,
    bob: String,
}

impl Members {
    async fn meet(story: &mut Story) -> Result<Self> {
        let people = [Person::new("Ada", "Lovelace"), Person::new("Bob", "Hope")];
        let ada = people[0].has_account(story).await?;
        let bob = people[1].has_account(story).await?;
        let body = json!({ "name": "Analytical Engines", "created_by": ada });
        let made = story.stack.emulator_call("POST", "/v1/organizations", body);
        let organization = made.await?["id"].as_str().context("an id")?.to_owned();
        let members = Self { organization, bob };
        members.admit(story).await?;
        story.browser().await?;
        for (number, id) in [ada.as_str(), &members.bob].into_iter().enumerate() {
            people[number].comes(story, number, id).await?;
            members.opens(&story.browsers[number]).await?;
        }
        Ok(members)
    }

    /// Bob becomes a member.
    async fn admit(&self, story: &Story) -> Result<()> {
        let body = json!({ "user_id": self.bob, "role": "org:member" });
        story
            .stack
            .emulator_call("POST", &self.path(""), body)
            .await
            .map(drop)
    }

    fn path(&self, member: &str) -> String {
        format!(
            "/v1/organizations/{}/memberships{member}",
            self.organization
        )
    }

    /// Takes the organization for the active one, and waits for its notes.
    async fn opens(&self, browser: &Browser) -> Result<()> {
        browser.finds_clerk().await?;
        let script = "return window.Clerk.setActive({organization: arguments[0]})";
        browser
            .client
            .execute(script, vec![json!(self.organization)])
            .await?;
        browser.sees(SHARED).await?;
        browser.sees("Live").await
    }
}

/// What a list shows.
async fn list(browser: &Browser, title: &str) -> Result<Vec<String>> {
    let script = "const list = document.querySelector(`section[aria-label='${arguments[0]}']`);
        return list && [...list.querySelectorAll('li input')].map(it => it.value)";
    let shown = browser.client.execute(script, vec![json!(title)]).await?;
    Ok(serde_json::from_value(shown)?)
}

/// Waits until a list shows just this.
async fn shows(browser: &Browser, title: &str, expected: &[&str]) -> Result<()> {
    let mut last = Vec::new();
    let what = format!("{title} to be {expected:?}");
    let shown = wait_for(&what, async || {
        last = list(browser, title).await.ok()?;
        (last == expected).then_some(())
    });
    let shown = shown.await;
    shown.with_context(|| format!("they were {last:?}"))
}

/// Writes a new note.
async fn write(browser: &Browser, title: &str, text: &str) -> Result<()> {
    let path = format!("//section[@aria-label='{title}']//input[@aria-label='New note']");
    let field = browser.find(&path).await?;
    field.send_keys(text).await?;
    let button = format!("//section[@aria-label='{title}']//button[.='Add']");
    browser.click_at(&button).await
}

/// Writes the first note anew.
async fn edit(browser: &Browser, title: &str, text: &str) -> Result<()> {
    let script = "const [title, text] = arguments;
        const list = document.querySelector(`section[aria-label='${title}']`);
        const field = list.querySelector('li input');
        field.value = text;
        field.dispatchEvent(new Event('change', {bubbles: true}))";
    let arguments = vec![json!(title), json!(text)];
    browser.client.execute(script, arguments).await.map(drop)?;
    Ok(())
}

/// Waits until no write is kept in the browser.
async fn has_sent_all(browser: &Browser) -> Result<()> {
    let script = "return Object.keys(localStorage).some(key => key.startsWith('live-write:'))";
    wait_for("all to be sent", async || {
        let kept = browser.client.execute(script, vec![]).await.ok()?;
        (kept == false).then_some(())
    })
    .await
}

#[tokio::test]
async fn a_note_is_in_eight_tabs_of_two_people_at_once_and_only_their_own_are_not() -> Result<()> {
    notes("notes-tabs", async |story, members| {
        for browser in &story.browsers {
            for _ in 1..4 {
                browser.open_tab(&story.page()).await?;
                members.opens(browser).await?;
            }
        }
        let [ada, bob] = [&story.browsers[0], &story.browsers[1]];
        write(ada, MINE, "Poetical science").await?;
        write(ada, SHARED, "Mill and store").await?;
        write(bob, SHARED, "Punched cards").await?;
        let shared = ["Punched cards", "Mill and store"];
        for (browser, mine) in [(ada, &["Poetical science"][..]), (bob, &[])] {
            for tab in 0..4 {
                browser.look_at_tab(tab).await?;
                shows(browser, SHARED, &shared).await?;
                shows(browser, MINE, mine).await?;
                browser.sees_no("Waiting to be sent").await?;
            }
        }
        // Who administers the organization may.
        ada.click_at("(//section[@aria-label='Shared notes']//button[.='Delete'])[1]")
            .await?;
        shows(bob, SHARED, &shared[1..]).await?;
        bob.sees_no("Delete").await
    })
    .await
}

#[tokio::test]
async fn a_write_shows_before_it_is_sent_and_goes_away_when_it_is_refused() -> Result<()> {
    notes("notes-refused", async |story, members| {
        for error in ["status of 412", "status of 404"] {
            story.browsers[1].expect_error(error);
        }
        let [ada, bob] = [&story.browsers[0], &story.browsers[1]];
        write(bob, SHARED, "Mill").await?;
        shows(ada, SHARED, &["Mill"]).await?;
        bob.holds_write().await?;
        for (is_edited, left) in [(true, &["Store"][..]), (false, &[])] {
            bob.open(&story.page()).await?;
            members.opens(bob).await?;
            edit(bob, SHARED, "Analytical").await?;
            bob.is_about_to_write().await?;
            shows(bob, SHARED, &["Analytical"]).await?;
            if is_edited {
                edit(ada, SHARED, "Store").await?;
            } else {
                ada.click_at("//section[@aria-label='Shared notes']//button[.='Delete']")
                    .await?;
            }
            shows(ada, SHARED, left).await?;
            bob.lets_write().await?;
            let why = if is_edited {
                "If-Match"
            } else {
                "This note was deleted."
            };
            bob.sees(why).await?;
            shows(bob, SHARED, left).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_written_without_a_connection_outlives_a_reload_and_so_does_its_refusal()
-> Result<()> {
    notes("notes-offline", async |story, members| {
        for error in ["ERR_", "Failed to load", "WebSocket", "status of 412"] {
            story.browsers[0].expect_error(error);
            story.browsers[1].expect_error(error);
        }
        let ada = &story.browsers[0];
        write(ada, SHARED, "Mill").await?;
        shows(&story.browsers[1], SHARED, &["Mill"]).await?;
        story.stack.kill_api().await?;
        let ada = &story.browsers[0];
        ada.sees("Offline").await?;
        edit(ada, SHARED, "Store").await?;
        write(ada, SHARED, "First").await?;
        write(ada, SHARED, "Second").await?;
        shows(ada, SHARED, &["Second", "First", "Store"]).await?;
        ada.sees("Waiting to be sent").await?;
        // The page goes, and with it all that it knew; and somebody else is first.
        ada.open("about:blank").await?;
        story.stack.start_api().await?;
        let [ada, bob] = [&story.browsers[0], &story.browsers[1]];
        bob.sees("Live").await?;
        edit(bob, SHARED, "Cards").await?;
        shows(bob, SHARED, &["Cards"]).await?;
        has_sent_all(bob).await?;
        ada.open(&story.page()).await?;
        members.opens(ada).await?;
        for browser in [ada, bob] {
            shows(browser, SHARED, &["Second", "First", "Cards"]).await?;
            browser.sees_no("Waiting to be sent").await?;
        }
        // Who wrote is told, though the page that wrote is gone.
        ada.sees("If-Match").await
    })
    .await
}

#[tokio::test]
async fn whoever_is_removed_from_the_organization_sees_its_notes_no_more() -> Result<()> {
    notes("notes-removal", async |story, members| {
        story.browsers[1].expect_error("status of 403");
        let [ada, bob] = [&story.browsers[0], &story.browsers[1]];
        write(ada, SHARED, "Mill and store").await?;
        shows(bob, SHARED, &["Mill and store"]).await?;
        let token = bob.token().await?;
        let path = members.path(&format!("/{}", members.bob));
        story
            .stack
            .emulator_call("DELETE", &path, Value::Null)
            .await?;
        bob.sees_no("Mill and store").await?;
        wait_for("the notes to go", async || {
            let shown = list(bob, SHARED).await.unwrap_or_default();
            shown.is_empty().then_some(())
        })
        .await?;
        // The token is still good, and says that Bob is a member.
        let url = format!("{}/api/shared/notes", story.page());
        let asked = reqwest::Client::new().get(url).bearer_auth(token).send();
        assert_eq!(asked.await?.status(), 403);
        write(ada, SHARED, "Without Bob").await?;
        shows(ada, SHARED, &["Without Bob", "Mill and store"]).await
    })
    .await
}

/// Convex had that: who is here changes while the connection is being made.
#[tokio::test]
async fn a_session_that_changes_while_connecting_shows_and_keeps_nothing_of_the_one_before()
-> Result<()> {
    notes("notes-session", async |story, members| {
        let held = "const Real = window.WebSocket;
            window.WebSocket = function (url) {
                const socket = new Real(url);
                Object.defineProperty(socket, 'onopen', {set: it => socket.told = it});
                window.opens.push(socket);
                return socket;
            };
            window.opens = [];";
        let [ada, bob] = [&story.browsers[0], &story.browsers[1]];
        write(ada, MINE, "Poetical science").await?;
        shows(ada, MINE, &["Poetical science"]).await?;
        ada.sees_no("Waiting to be sent").await?;
        ada.before_page(held).await?;
        ada.open(&story.page()).await?;
        let connecting = "return window.opens.length";
        wait_for("the page to connect", async || {
            let opens = ada.client.execute(connecting, vec![]).await.ok()?;
            (opens == 1).then_some(())
        })
        .await?;
        // It is being made for one organization, and another session begins.
        let script = "return window.Clerk.setActive({organization: null})";
        ada.client.execute(script, vec![]).await?;
        wait_for("the page to connect anew", async || {
            let opens = ada.client.execute(connecting, vec![]).await.ok()?;
            (opens == 2).then_some(())
        })
        .await?;
        let open = "window.opens.forEach(it => it.told?.call(it))";
        ada.client.execute(open, vec![]).await?;
        shows(ada, MINE, &["Poetical science"]).await?;
        ada.sees_no(SHARED).await?;
        members.opens(bob).await
    })
    .await
}
