//! A person's browser, with a profile of its own, driven over WebDriver.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Child;

use crate::engine::{Engine, Look};
use crate::screen::Screen;
use crate::stack::{env_path, free_port};
use crate::wait_for;

/// A browser. [`Browser::close`] ends it; dropping it kills it.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver session
    pub client: Client,
    engine: Engine,
    driver: Child,
    screen: Option<Screen>,
    profile: PathBuf,
    /// In the order in which they were opened, which drivers need not keep to
    tabs: Mutex<Vec<WindowHandle>>,
    expected_errors: Vec<String>,
    console: Vec<String>,
}

impl Browser {
    /// Starts a browser with the profile in this folder. It can reach this machine only.
    pub async fn start(engine: Engine, profile: &Path, look: Look) -> Result<Self> {
        let port = free_port()?;
        // Browsers leave sockets and locks in the folder for temporary files.
        let temporary = profile.with_extension("tmp");
        for folder in [profile, &temporary] {
            std::fs::create_dir_all(folder)?;
        }
        let screen = match engine {
            Engine::WebKit => Some(Screen::start().await?),
            Engine::Chromium | Engine::Firefox => None,
        };
        let driver = engine
            .command(port, &temporary)
            .envs(screen.iter().map(|it| ("DISPLAY", it.display())))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| {
                let name = engine.driver();
                format!("{name} does not start: cargo xtask test installs it")
            })?;
        let capabilities = engine.capabilities(profile, look);
        let url = format!("http://127.0.0.1:{port}");
        let client = wait_for(engine.driver(), async || {
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&url)
                .await
                .ok()
        })
        .await?;
        Ok(Self {
            client,
            engine,
            driver,
            screen,
            profile: profile.to_owned(),
            tabs: Mutex::default(),
            expected_errors: Vec::new(),
            console: Vec::new(),
        })
    }

    /// Goes to this address.
    pub async fn open(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// Opens a new tab at this address and looks at it.
    pub async fn open_tab(&self, url: &str) -> Result<()> {
        self.tabs().await?;
        // WebKit's driver waits for ever for what a tab behind another should paint.
        let behind = self.engine != Engine::WebKit;
        let tab = self.client.new_window(behind).await?;
        self.client.switch_to_window(tab.handle).await?;
        self.open(url).await
    }

    /// Looks at the tab of this number, from 0.
    pub async fn look_at_tab(&self, number: usize) -> Result<()> {
        let tab = self.tabs().await?.into_iter().nth(number);
        let tab = tab.context("no such tab")?;
        Ok(self.client.switch_to_window(tab).await?)
    }

    /// The tabs that are open.
    async fn tabs(&self) -> Result<Vec<WindowHandle>> {
        let open = self.client.windows().await?;
        let mut tabs = self.tabs.lock().unwrap_or_else(PoisonError::into_inner);
        tabs.retain(|it| open.contains(it));
        let new = open.into_iter().filter(|it| !tabs.contains(it));
        let new: Vec<_> = new.collect();
        tabs.extend(new);
        Ok(tabs.clone())
    }

    /// Waits until the page shows this text.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let found = wait_for(&format!("the page to show {text:?}"), async || {
            self.text().await.ok().filter(|shown| shown.contains(text))
        })
        .await;
        match found {
            Ok(_) => Ok(()),
            Err(error) => bail!(
                "{error}; it shows:\n{}",
                self.text().await.unwrap_or_default()
            ),
        }
    }

    /// Waits until the page does not show this text.
    pub async fn sees_no(&self, text: &str) -> Result<()> {
        wait_for(&format!("the page to stop showing {text:?}"), async || {
            self.text().await.ok().filter(|shown| !shown.contains(text))
        })
        .await?;
        Ok(())
    }

    /// What the page shows now.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .client
            .execute("return document.body.innerText", vec![])
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What the profile has in this field, also where it is folded away.
    pub async fn field(&self, name: &str) -> Result<String> {
        let path = format!("//*[@data-field='{name}']");
        wait_for(&path, async || {
            let field = self.client.find(Locator::XPath(&path)).await.ok()?;
            field.prop("textContent").await.ok()?
        })
        .await
    }

    /// Waits until the profile shows this value in this field.
    pub async fn sees_field(&self, name: &str, value: &str) -> Result<()> {
        let path = format!("//*[@data-field='{name}']");
        wait_for(&format!("{name} to show {value:?}"), async || {
            let shown = self.find(&path).await.ok()?.text().await.ok()?;
            (shown == value).then_some(())
        })
        .await
    }

    /// Clicks the button or link of this label.
    pub async fn click(&self, label: &str) -> Result<()> {
        let label = literal(label);
        self.click_at(&format!(
            "//*[self::button or self::a or self::summary or @role='menuitem' or @role='option'][not(@disabled)]\
             [normalize-space(.)={label} or @aria-label={label}]"
        ))
        .await
    }

    /// Clicks the first displayed element at this `XPath`.
    pub async fn click_at(&self, path: &str) -> Result<()> {
        // What moves is missed; and the page may replace an element while it is being clicked.
        wait_for(&format!("{path} to be clickable"), async || {
            for element in self.client.find_all(Locator::XPath(path)).await.ok()? {
                if element.is_displayed().await.ok()? {
                    self.settles().await.ok()?;
                    if element.click().await.is_ok() {
                        return Some(());
                    }
                }
            }
            None
        })
        .await
    }

    /// Types into the field of this label, in place of what it holds.
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        let id = format!("//label[normalize-space(.)={}]/@for", literal(label));
        let path = format!("//input[@id={id}]");
        // WebDriver's own way to empty a field goes unnoticed by React: select all, type over.
        let select_all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
        let typed = if value.is_empty() {
            char::from(Key::Delete).to_string()
        } else {
            value.into()
        };
        // The page may replace a field while somebody types into it.
        wait_for(&format!("{label} to take what is typed"), async || {
            let field = self.find(&path).await.ok()?;
            field.send_keys(&select_all).await.ok()?;
            field.send_keys(&typed).await.ok()?;
            let holds = field.prop("value").await.ok()??;
            (holds == value).then_some(())
        })
        .await
    }

    /// Types a verification code, once the field is empty: Clerk empties it after a wrong one.
    pub async fn type_code(&self, code: &str) -> Result<()> {
        let path = "//input[@autocomplete='one-time-code']";
        // The page may replace the field before anything is typed; afterwards it may be gone.
        wait_for("the field for the code to be empty", async || {
            let field = self.find(path).await.ok()?;
            let held = field.prop("value").await.ok()??;
            if !held.is_empty() {
                return None;
            }
            field.send_keys(code).await.ok()
        })
        .await
    }

    /// Waits for the displayed element at this `XPath`.
    pub async fn find(&self, path: &str) -> Result<Element> {
        wait_for(path, async || {
            let element = self.client.find(Locator::XPath(path)).await.ok()?;
            element.is_displayed().await.ok()?.then_some(element)
        })
        .await
    }

    /// What the page keeps from visit to visit, as JSON.
    pub async fn kept(&self) -> Result<String> {
        let script = "return JSON.stringify(Object.entries(localStorage))";
        let kept = self.client.execute(script, vec![]).await?;
        Ok(kept.as_str().context("it keeps nothing")?.to_owned())
    }

    /// Keeps this again.
    pub async fn keeps(&self, kept: &str) -> Result<()> {
        let script = "for (const [key, value] of JSON.parse(arguments[0]))
            localStorage.setItem(key, value)";
        self.client.execute(script, vec![json!(kept)]).await?;
        Ok(())
    }

    /// Waits until the page keeps this text from visit to visit.
    pub async fn remembers(&self, text: &str) -> Result<()> {
        wait_for(&format!("{text:?} to be kept"), async || {
            self.kept().await.ok().filter(|kept| kept.contains(text))
        })
        .await?;
        Ok(())
    }

    /// A token of the signed-in person, as the page gets them.
    pub async fn token(&self) -> Result<String> {
        let script = "const done = arguments[0];
            window.Clerk.session.getToken({template: 'convex'}).then(done, () => done(null));";
        let token = self.client.execute_async(script, vec![]).await?;
        Ok(token.as_str().context("there is no token")?.to_owned())
    }

    /// Calls a method of the `DevTools` protocol
    /// (<https://chromedevtools.github.io/devtools-protocol/>).
    pub async fn devtools(&self, method: &'static str, parameters: Value) -> Result<Value> {
        let command = DevTools(method, parameters);
        Ok(self.client.issue_cmd(command).await?)
    }

    /// Runs a script in every page before its own.
    pub async fn before_page(&self, source: &str) -> Result<()> {
        let method = "Page.addScriptToEvaluateOnNewDocument";
        self.devtools(method, json!({ "source": source })).await?;
        Ok(())
    }

    /// Lets the next page's first PUT or DELETE wait for [`Browser::lets_write`].
    pub async fn holds_write(&self) -> Result<()> {
        let source = "const send = window.fetch;
            window.fetch = async (request, ...more) => {
                if (['PUT', 'DELETE'].includes(request.method)) {
                    window.fetch = send;
                    await new Promise(done => window.letWrite = done);
                }
                return send(request, ...more);
            };";
        self.before_page(source).await
    }

    /// Waits until the page is about to write.
    pub async fn is_about_to_write(&self) -> Result<()> {
        let script = "return typeof window.letWrite === 'function'";
        wait_for("the page to write", async || {
            let held = self.client.execute(script, vec![]).await.ok()?;
            held.as_bool()?.then_some(())
        })
        .await
    }

    /// Waits until Clerk is loaded.
    pub async fn finds_clerk(&self) -> Result<()> {
        let script = "return window.Clerk?.loaded === true";
        wait_for("Clerk to be loaded", async || {
            let loaded = self.client.execute(script, vec![]).await.ok()?;
            loaded.as_bool()?.then_some(())
        })
        .await
    }

    /// Lets the page write.
    pub async fn lets_write(&self) -> Result<()> {
        self.client.execute("window.letWrite()", vec![]).await?;
        Ok(())
    }

    /// Presents pages this wide, and in dark or in light.
    pub async fn looks(&self, width: u32, dark: bool) -> Result<()> {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await?;
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await?;
        Ok(())
    }

    /// Takes the network away, or gives it back.
    pub async fn is_offline(&self, offline: bool) -> Result<()> {
        let conditions = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.emulateNetworkConditions", conditions)
            .await?;
        Ok(())
    }

    /// Nothing comes from these addresses, which may have `*` in them; everything, when there are none.
    pub async fn gets_nothing_from(&self, urls: &[&str]) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBlockedURLs", json!({ "urls": urls }))
            .await?;
        Ok(())
    }

    /// Runs no scripts of pages from now on.
    pub async fn has_no_scripts(&self) -> Result<()> {
        let off = json!({ "value": true });
        self.devtools("Emulation.setScriptExecutionDisabled", off)
            .await?;
        Ok(())
    }

    /// Types wherever the focus is, key by key.
    pub async fn types(&self, text: &str) -> Result<()> {
        let keys = text
            .chars()
            .fold(KeyActions::new("keyboard".into()), |keys, value| {
                keys.then(KeyAction::Down { value })
                    .then(KeyAction::Up { value })
            });
        Ok(self.client.perform_actions(keys).await?)
    }

    /// Presses a key, wherever the focus is.
    pub async fn presses(&self, key: Key) -> Result<()> {
        self.types(&char::from(key).to_string()).await
    }

    /// What has the focus, by its label or its text.
    pub async fn focused(&self) -> Result<String> {
        let script = "const it = document.activeElement;
            return it.ariaLabel || it.labels?.[0]?.innerText || it.innerText || it.tagName";
        let label = self.client.execute(script, vec![]).await?;
        Ok(label.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Goes on with the Tab key until this has the focus.
    pub async fn tabs_to(&self, label: &str) -> Result<()> {
        let mut seen = Vec::new();
        wait_for(&format!("the focus to come to {label:?}"), async || {
            let focused = self.focused().await.ok()?;
            if focused == label {
                return Some(());
            }
            seen.push(focused);
            self.presses(Key::Tab).await.ok()?;
            None
        })
        .await
        .with_context(|| format!("it came to {seen:?}"))
    }

    /// Gives the browser an authenticator that keeps passkeys and asks nobody. clerk-js offers no
    /// passkeys to a browser that says it is driven by a program.
    pub async fn add_authenticator(&self) -> Result<()> {
        let source = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false})";
        self.before_page(source).await?;
        self.client.issue_cmd(AddAuthenticator).await?;
        Ok(())
    }

    /// Waits until nothing moves any more.
    pub async fn settles(&self) -> Result<()> {
        let script = "return document.getAnimations().every(animation =>
            animation.playState !== 'running' ||
            animation.effect.getTiming().iterations === Infinity)";
        wait_for("animations to end", async || {
            let still = self.client.execute(script, vec![]).await.ok()?;
            still.as_bool()?.then_some(())
        })
        .await
    }

    /// Judges what is shown by axe-core's rules; what breaks one is an error. Clerk's own
    /// components, which are Clerk's to mend, are left out.
    pub async fn is_accessible(&self) -> Result<()> {
        self.settles().await?;
        let path = env_path("E2E_AXE", ".tools/axe-core/4.14.1/axe.min.js");
        let axe = std::fs::read_to_string(&path)
            .with_context(|| format!("{}: cargo xtask test fetches it", path.display()))?;
        self.client.execute(&axe, vec![]).await?;
        let script = "const done = arguments[0];
            const foreign = document.querySelector('.cl-rootBox, .cl-modalBackdrop');
            axe.run(foreign ? {exclude: ['.cl-rootBox', '.cl-modalBackdrop']} : document)
                .then(found => done(found.violations.map(it =>
                    `${it.id}: ${it.help}: ${it.nodes.map(node => node.html).join(' ')}`)),
                    error => done([String(error)]));";
        let broken = self.client.execute_async(script, vec![]).await?;
        let broken = broken.as_array().context("a list")?;
        if !broken.is_empty() {
            let lines: Vec<_> = broken.iter().filter_map(Value::as_str).collect();
            bail!(
                "{} breaks rules of accessibility:\n{}",
                self.client.current_url().await?,
                lines.join("\n")
            );
        }
        Ok(())
    }

    /// Judges what is shown as [`Browser::is_accessible`] does, from a phone's width to a desktop's,
    /// in light and in dark: nothing may have to be scrolled sideways, either. Keeps a picture of
    /// each where `E2E_PICTURES_DIR` names a folder.
    pub async fn is_presentable(&self, name: &str) -> Result<()> {
        for (width, dark) in [320, 768, 1280]
            .map(|it| [(it, false), (it, true)])
            .concat()
        {
            self.looks(width, dark).await?;
            self.settles().await?;
            let look = format!("{name}-{width}-{}", if dark { "dark" } else { "light" });
            if let Some(folder) = std::env::var_os("E2E_PICTURES_DIR") {
                let picture = self.client.screenshot().await?;
                std::fs::write(Path::new(&folder).join(format!("{look}.png")), picture)?;
            }
            let script = "return document.documentElement.scrollWidth";
            let needed = self.client.execute(script, vec![]).await?;
            ensure!(
                needed
                    .as_u64()
                    .is_some_and(|needed| needed <= u64::from(width)),
                "{look} is {needed} pixels wide"
            );
            self.is_accessible().await.context(look)?;
        }
        Ok(())
    }

    /// Begins to note when this field of the profile takes which value.
    pub async fn watch_field(&self, name: &str) -> Result<()> {
        let script = "const path = `[data-field='${arguments[0]}']`;
            const root = document.querySelector(path).closest('main');
            window.noted = {};
            new MutationObserver(() => {
                const shown = document.querySelector(path);
                if (shown) window.noted[shown.innerText] ??= Date.now();
            }).observe(root, {subtree: true, childList: true, characterData: true});";
        self.client.execute(script, vec![json!(name)]).await?;
        Ok(())
    }

    /// When the watched field took this value, in milliseconds since the Unix epoch.
    pub async fn changed_at(&self, name: &str, value: &str) -> Result<f64> {
        self.sees_field(name, value).await?;
        let noted = self
            .client
            .execute("return window.noted[arguments[0]]", vec![json!(value)]);
        noted
            .await?
            .as_f64()
            .with_context(|| format!("{name} was not seen to change"))
    }

    /// Everything on the console so far.
    pub async fn console_lines(&mut self) -> Result<&[String]> {
        self.check_console().await?;
        Ok(&self.console)
    }

    /// Console errors that contain this text are part of the story.
    pub fn expect_error(&mut self, text: &str) {
        self.expected_errors.push(text.to_owned());
    }

    /// Reads the console; errors that are no part of the story are an error. Only Chromium's driver
    /// tells of it.
    pub async fn check_console(&mut self) -> Result<()> {
        if self.engine != Engine::Chromium {
            return Ok(());
        }
        let entries = self.client.issue_cmd(ConsoleLog).await?;
        let mut unexpected = Vec::new();
        for entry in entries.as_array().into_iter().flatten() {
            let level = entry["level"].as_str().unwrap_or_default();
            let line = format!("{level}: {}", entry["message"].as_str().unwrap_or_default());
            let expected = self.expected_errors.iter().any(|text| line.contains(text));
            if level == "SEVERE" && !expected {
                unexpected.push(line.clone());
            }
            self.console.push(line);
        }
        if !unexpected.is_empty() {
            bail!(
                "errors in the browser's console:\n{}",
                unexpected.join("\n")
            );
        }
        Ok(())
    }

    /// Keeps what there is to see: a screenshot, the address, the text, the console.
    pub async fn keep_evidence(&mut self, folder: &Path, name: &str) {
        let _ = self.check_console().await;
        if let Ok(picture) = self.client.screenshot().await {
            let _ = std::fs::write(folder.join(format!("{name}.png")), picture);
        }
        let url = self
            .client
            .current_url()
            .await
            .map(|url| url.to_string())
            .unwrap_or_default();
        let text = self.text().await.unwrap_or_default();
        let report = format!("{url}\n\n{text}\n\n{}\n", self.console.join("\n"));
        let _ = std::fs::write(folder.join(format!("{name}.txt")), report);
    }

    /// Ends the browser.
    pub async fn close(mut self) -> Result<()> {
        let _ = self.client.clone().close().await;
        self.driver.kill().await?;
        if let Some(screen) = &mut self.screen {
            screen.end().await?;
        }
        Ok(())
    }
}

impl Drop for Browser {
    /// A browser's processes are not children of ours: they are found by their profile.
    fn drop(&mut self) {
        let profile = self.profile.display().to_string();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let id = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let arguments = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            if let Some(id) = id.and_then(rustix::process::Pid::from_raw)
                && String::from_utf8_lossy(&arguments).contains(&profile)
            {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
            }
        }
    }
}

/// `WebDriver`'s log of the console, an extension that Chromium's driver has.
#[derive(Debug)]
struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (
            http::Method::POST,
            Some(json!({ "type": "browser" }).to_string()),
        )
    }
}

/// A method of the `DevTools` protocol with its parameters, by Chromium's driver.
#[derive(Debug)]
struct DevTools(&'static str, Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.0, "params": self.1 });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// Gives the browser an authenticator of its own
/// (<https://www.w3.org/TR/webauthn-3/#sctn-automation-add-virtual-authenticator>).
#[derive(Debug)]
struct AddAuthenticator;

impl WebDriverCompatibleCommand for AddAuthenticator {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/webauthn/authenticator"))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// A text as `XPath` literal.
fn literal(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
