//! The cookies of a server's own host: by them Clerk's server SDKs know a browser's state.

use crate::emulator::Emulator;
use crate::settings::InstanceKind;

/// Seconds.
const YEAR: i64 = 365 * 24 * 60 * 60;

/// `Set-Cookie` lines, in Clerk's names: plain, and with the publishable key's suffix, by which
/// several applications share a host.
pub struct Cookies {
    suffix: String,
    attributes: &'static str,
    lines: Vec<String>,
}

impl Cookies {
    /// For the page at this address.
    pub fn of(url: &str, instance: InstanceKind) -> Self {
        Self {
            suffix: Emulator::cookie_suffix(instance == InstanceKind::Development),
            attributes: attributes(url),
            lines: Vec::new(),
        }
    }

    /// One line, for a cookie that the next call brings back.
    pub fn for_a_minute(url: &str, name: &str, value: &str) -> String {
        line(name, value, 60, attributes(url))
    }

    /// Under the plain name.
    pub fn plain(&mut self, name: &str, value: &str) {
        // A cookie without a value is one to forget.
        let age = if value.is_empty() { 0 } else { YEAR };
        self.lines.push(line(name, value, age, self.attributes));
    }

    /// Under the name with the suffix.
    pub fn suffixed(&mut self, name: &str, value: &str) {
        self.plain(&format!("{name}_{}", self.suffix), value);
    }

    /// Under the name with the suffix, and out of the page's reach.
    pub fn hidden(&mut self, name: &str, value: &str) {
        self.suffixed(name, value);
        if let Some(line) = self.lines.last_mut() {
            line.push_str("; HttpOnly");
        }
    }

    /// Under both names.
    pub fn both(&mut self, name: &str, value: &str) {
        self.plain(name, value);
        self.suffixed(name, value);
    }

    /// A session's token; under both names for a server that reads the one with the suffix.
    pub fn session(&mut self, token: &str, suffixed: bool) {
        self.plain("__session", token);
        if suffixed {
            self.suffixed("__session", token);
        }
    }

    /// The lines.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

fn attributes(url: &str) -> &'static str {
    if url.starts_with("https://") {
        "SameSite=Lax; Secure"
    } else {
        "SameSite=Lax"
    }
}

fn line(name: &str, value: &str, seconds: i64, attributes: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age={seconds}; {attributes}")
}
