//! What comes and goes leaves nothing behind in the page: each component forty times, with a change
//! of route each time.

use std::ops::Sub;

use anyhow::bail;

use super::*;

/// Rounds through all pages before anything is counted: what is loaded once is there by then.
const WARM_UP: usize = 10;
/// Rounds that are counted.
const ROUNDS: usize = 40;

/// What a page holds when all that nothing refers to has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Held {
    documents: i64,
    nodes: i64,
    listeners: i64,
    /// Of the memory that Rust has, 64 KiB each
    pages: i64,
    /// JavaScript's values that Rust has
    values: i64,
}

impl Held {
    /// Counts it.
    async fn now(browser: &Browser) -> Result<Self> {
        collect_garbage(browser).await?;
        let dom = browser.devtools("Memory.getDOMCounters", json!({})).await?;
        let script = "const values = window.wasm.__wbindgen_externrefs;
            let held = 0;
            for (let at = 0; at < values.length; at += 1) held += values.get(at) != null;
            return [window.wasm.memory.buffer.byteLength / 65536, held]";
        let wasm = answer(browser, script).await?;
        let number = |of: &Value| of.as_i64().context("a number");
        Ok(Self {
            documents: number(&dom["documents"])?,
            nodes: number(&dom["nodes"])?,
            listeners: number(&dom["jsEventListeners"])?,
            pages: number(&wasm[0])?,
            values: number(&wasm[1])?,
        })
    }

    /// Counts it once it stays the same: some goes only after something else has gone.
    async fn at_rest(browser: &Browser) -> Result<Self> {
        let mut before = None;
        wait_for("the page to hold what it held", async || {
            let now = Self::now(browser).await.ok()?;
            (before.replace(now) == Some(now)).then_some(now)
        })
        .await
    }

    /// Whether it is no more than that, in anything.
    fn is_within(self, most: Self) -> bool {
        self.documents <= most.documents
            && self.nodes <= most.nodes
            && self.listeners <= most.listeners
            && self.pages <= most.pages
            && self.values <= most.values
    }
}

impl Sub for Held {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            documents: self.documents - before.documents,
            nodes: self.nodes - before.nodes,
            listeners: self.listeners - before.listeners,
            pages: self.pages - before.pages,
            values: self.values - before.values,
        }
    }
}

/// Lets the next pages keep what there is of Rust in them.
async fn keep_wasm(browser: &Browser) -> Result<()> {
    let keep = "addEventListener('TrunkApplicationStarted',
        ({detail}) => { window.wasm = detail.wasm; })";
    browser.before_page(keep).await
}

async fn collect_garbage(browser: &Browser) -> Result<()> {
    let method = "HeapProfiler.collectGarbage";
    browser.devtools(method, json!({})).await?;
    Ok(())
}

/// A component: where its page is, and what is seen in it there.
fn visit(component: &str, path: &str, sees: &str) -> Value {
    let sees = format!("[data-clerk-component={component}] {sees}");
    json!({ "component": component, "path": path, "sees": sees })
}

/// A component that the instance does not offer.
fn refused(component: &str, path: &str) -> Value {
    json!({ "component": component, "path": path, "sees": "[role=alert]:not(:empty)" })
}

/// A component with a menu over the page.
fn menu(component: &str, path: &str, name: &str) -> Value {
    let (opens, sees) = (
        format!(".cl-{name}Trigger"),
        format!(".cl-{name}PopoverCard"),
    );
    json!({ "component": component, "path": path, "opens": opens, "sees": sees })
}

/// A profile with an own page.
fn profile(component: &str, path: &str) -> Value {
    let mut profile = visit(component, path, "h1:not([class])");
    profile["opens"] = format!("[data-clerk-component={component}] [class*=custom-page-0]").into();
    profile
}

/// How much more the page holds after this walk from page to page.
async fn growth(browser: &Browser, walk: &str, visits: &[Value]) -> Result<Held> {
    let script = format!("const [visits, done] = arguments; window.{walk}(visits).then(done)");
    let rounds = async |count| {
        for round in 1..=count {
            let visits = vec![json!(visits)];
            browser.client.execute_async(&script, visits).await?;
            // What Rust has for a closure goes only with the closure.
            if round % 10 == 0 {
                collect_garbage(browser).await?;
            }
        }
        Held::at_rest(browser).await
    };
    let before = rounds(WARM_UP).await?;
    Ok(rounds(ROUNDS).await? - before)
}

/// Lets these come and go. The page must hold no more than before, or no more than where clerk-js
/// does the same without clerk-yew.
async fn come_and_go(browser: &Browser, visits: &[Value]) -> Result<()> {
    let script = include_str!("walk.js");
    browser.client.execute(script, vec![]).await?;
    let mut told = String::new();
    // What comes once, such as the document of a picture, is no growth whenever it comes.
    for _ in 0..2 {
        let ours = growth(browser, "walk", visits).await?;
        if ours.is_within(Held::default()) {
            return Ok(());
        }
        let theirs = growth(browser, "walkAlone", visits).await?;
        if ours.is_within(theirs) {
            return Ok(());
        }
        told = format!("{ours:?}, clerk-js alone {theirs:?}");
    }
    bail!(told)
}

/// Somebody comes, who founds an organization and acts for it.
async fn a_founder_comes(story: &Story) -> Result<()> {
    ada_comes(story).await?;
    let browser = &story.browsers[0];
    browser.click("CreateOrganization").await?;
    browser.fill("Name", "Analytical Engines").await?;
    browser.click("Create organization").await?;
    browser.sees("Manage your organization.").await
}

#[tokio::test]
async fn what_comes_and_goes_leaves_nothing_behind() -> Result<()> {
    gallery("gallery-growth", async |story| {
        let browser = &mut story.browsers[0];
        for name in ["PricingTable", "APIKeys"] {
            browser.expect_error(&format!("clerk-yew: {name}: "));
        }
        keep_wasm(browser).await?;

        open(story, "/sign-in").await?;
        let browser = &story.browsers[0];
        browser.sees("Sign in to My Application").await?;
        let signed_out = [
            visit("SignIn", "/sign-in", "[name=identifier]"),
            visit("SignUp", "/sign-up", "[name=firstName]"),
            visit("Waitlist", "/waitlist", "[name=emailAddress]"),
            json!({ "component": "GoogleOneTap", "path": "/google-one-tap", "sees": "[data-clerk-component=GoogleOneTap]" }),
        ];
        come_and_go(browser, &signed_out).await?;

        let settings = json!({ "organizations": { "enabled": true } });
        story.stack.set(settings).await?;
        a_founder_comes(story).await?;
        let signed_in = [
            menu("UserButton", "/user-button", "userButton"),
            profile("UserProfile", "/user-profile"),
            visit("UserAvatar", "/user-avatar", "img"),
            refused("APIKeys", "/api-keys"),
            menu("OrganizationSwitcher", "/organization-switcher", "organizationSwitcher"),
            profile("OrganizationProfile", "/organization-profile"),
            visit("OrganizationList", "/organization-list", "img"),
            visit("CreateOrganization", "/create-organization", "[name=name]"),
            refused("PricingTable", "/pricing-table"),
            visit("OAuthConsent", "/oauth-consent", ".cl-alert"),
        ];
        come_and_go(&story.browsers[0], &signed_in).await
    })
    .await
}

#[tokio::test]
async fn what_is_to_be_done_first_leaves_nothing_behind() -> Result<()> {
    gallery("gallery-growth-tasks", async |story| {
        keep_wasm(&story.browsers[0]).await?;
        let task = async |person: Person, component, path| {
            let id = person.has_account(story).await?;
            if component == "TaskResetPassword" {
                let path = format!("/v1/users/{id}/password/set_compromised");
                story.stack.emulator_call("POST", &path, json!({})).await?;
            }
            person.comes(story, 0, &id).await?;
            let visits = [visit(component, path, ".cl-headerTitle")];
            come_and_go(&story.browsers[0], &visits).await
        };
        let bob = Person::new("Bob", "Hope");
        task(bob, "TaskResetPassword", "/tasks/reset-password").await?;
        let settings = json!({ "organizations": { "enabled": true, "required": true } });
        story.stack.set(settings).await?;
        let cay = Person::new("Cay", "Hope");
        task(cay, "TaskChooseOrganization", "/tasks/choose-organization").await?;
        let settings =
            json!({ "organizations": { "required": false }, "second_factor_required": true });
        story.stack.set(settings).await?;
        let dan = Person::new("Dan", "Hope");
        task(dan, "TaskSetupMFA", "/tasks/setup-mfa").await
    })
    .await
}
