//! The browsers' engines: which programs drive them, and what these are told.

use std::path::{Path, PathBuf};

use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use tokio::process::Command;

/// A name that an attacker bound to this machine's address.
pub const FOREIGN_HOST: &str = "evil.test";

/// How the browser presents pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Dark mode
    pub dark: bool,
    /// A phone's width in place of a desktop's
    pub phone: bool,
}

/// Whose engine a browser has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Chrome's and Edge's
    #[default]
    Chromium,
    /// Mozilla's
    Firefox,
    /// Safari's, as Linux has it
    WebKit,
}

/// A port that nobody listens on: what is not this machine's ends there.
const NOWHERE: &str = "127.0.0.1:9";

impl Engine {
    /// The program that drives it.
    pub(crate) fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::WebKit => "WebKitWebDriver",
        }
    }

    /// What of it is not on this machine; none when all is there.
    pub fn missing(self) -> Option<&'static str> {
        let driver = program(self.driver());
        if !Path::new(&driver).is_file() && which(&driver).is_none() {
            return Some(self.driver());
        }
        match self {
            Self::Chromium => None,
            Self::Firefox => firefox().is_none().then_some("Firefox"),
            Self::WebKit if minibrowser().is_none() => Some("MiniBrowser"),
            Self::WebKit => which("Xvfb").is_none().then_some("Xvfb"),
        }
    }

    /// Its driver, to be started: it listens on this port, and keeps what it writes below `folder`.
    pub(crate) fn command(self, port: u16, folder: &Path) -> Command {
        let mut command = Command::new(program(self.driver()));
        command.env("TMPDIR", folder);
        match self {
            Self::Chromium => command.arg(format!("--port={port}")),
            Self::Firefox => command
                .args(["--log", "fatal", "--port", &port.to_string()])
                .args(["--websocket-port", "0"])
                .env("HOME", folder)
                .env("XDG_RUNTIME_DIR", folder),
            Self::WebKit => command
                .args(["--host=127.0.0.1", &format!("--port={port}")])
                .env("HOME", folder)
                .env("XDG_RUNTIME_DIR", folder)
                .env("GDK_BACKEND", "x11"),
        };
        command
    }

    /// What its driver is told.
    pub(crate) fn capabilities(self, profile: &Path, look: Look) -> Capabilities {
        let mut capabilities = match self {
            Self::Chromium => chromium(profile, look),
            Self::Firefox => firefox_options(profile),
            Self::WebKit => webkit_options(profile),
        };
        // Stories wait for what a person waits for, not for the last byte. WebKit's driver never
        // answers a script that it gave to a page which was not quite there.
        let strategy = if self == Self::WebKit {
            "normal"
        } else {
            "eager"
        };
        capabilities["pageLoadStrategy"] = json!(strategy);
        match capabilities {
            Value::Object(capabilities) => capabilities,
            _ => Capabilities::new(),
        }
    }
}

/// A program by its name, or where a variable of this name says.
fn program(name: &str) -> String {
    std::env::var(name.to_uppercase()).unwrap_or_else(|_| name.to_owned())
}

/// Where a program lies, if it is on the path.
fn which(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn firefox() -> Option<PathBuf> {
    which("firefox-esr").or_else(|| which("firefox"))
}

/// The engine's own small browser, which Debian keeps among the files of its library.
fn minibrowser() -> Option<PathBuf> {
    let found = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut places = found.flat_map(|it| {
        ["webkit2gtk-4.1", "webkit2gtk-4.0"]
            .map(|library| it.path().join(library).join("MiniBrowser"))
    });
    places.find(|it| it.is_file())
}

fn webkit_options(profile: &Path) -> Value {
    // What it keeps, it keeps in memory; the file tells which processes are of this browser.
    let cookies = format!("--cookies-file={}", profile.join("cookies").display());
    json!({
        "webkitgtk:browserOptions": {
            "binary": minibrowser(),
            "args": ["--automation", "--geometry=1280x900", cookies],
        },
    })
}

fn firefox_options(profile: &Path) -> Value {
    json!({
        "moz:firefoxOptions": {
            "binary": firefox(),
            "args": ["-headless", "-profile", profile, "-width", "1280", "-height", "900"],
            "prefs": {
                "intl.accept_languages": "en-US",
                // It asks nobody for news of itself.
                "app.update.auto": false,
                "browser.safebrowsing.update.enabled": false,
                "datareporting.policy.dataSubmissionEnabled": false,
                "extensions.update.enabled": false,
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
                "services.settings.server": "data:,",
            },
        },
        "proxy": {
            "proxyType": "manual", "httpProxy": NOWHERE, "sslProxy": NOWHERE,
            "noProxy": ["localhost", "127.0.0.1"],
        },
    })
}

fn chromium(profile: &Path, look: Look) -> Value {
    let (width, height) = (1280, 900);
    let mut arguments = vec![
        format!("--user-data-dir={}", profile.display()),
        format!("--window-size={width},{height}"),
        // Every host but this machine's is unresolvable, and one other name leads here too.
        format!(
            "--host-resolver-rules=MAP {FOREIGN_HOST} 127.0.0.1, MAP * ~NOTFOUND, \
             EXCLUDE localhost, EXCLUDE 127.0.0.1"
        ),
    ];
    arguments.extend(
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Stories go from page to page faster than people.
            "--disable-ipc-flooding-protection",
            "--no-first-run",
            "--lang=en-US",
        ]
        .map(str::to_owned),
    );
    if look.dark {
        arguments.push("--force-dark-mode".to_owned());
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let mut options = json!({ "args": arguments });
    if look.phone {
        let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2, "touch": true });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    json!({
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}
