//! What `cargo xtask dev` shows over the open pages: why the API is not what its source says, and
//! the code or link of the emulator's last email.
//!
//! trunk appends `overlay.html` to the page that it serves, and passes on what that script asks
//! for. The page itself knows nothing of it, and a release is built without.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::settings::emulator_secret_key;

/// How long a request may take to arrive, and how much of it is read.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
const HEAD_LIMIT: u64 = 32 * 1024;
/// How often a page that is still there is told apart from one that has gone.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// How often the emulator is asked for its last email.
const ASK_EVERY: Duration = Duration::from_millis(300);

/// Messages over all open pages.
pub struct Overlay {
    address: SocketAddr,
    messages: Arc<Messages>,
}

/// What the pages show.
struct Messages {
    /// `error`, a text, which is empty while all is well; `email`, the emulator's last one or null
    now: Mutex<Value>,
    changed: Condvar,
}

impl Overlay {
    /// Listens for pages at a free port of this machine, until this program ends.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let overlay = Self {
            address: listener.local_addr()?,
            messages: Arc::new(Messages {
                now: Mutex::new(json!({ "error": "", "email": null })),
                changed: Condvar::new(),
            }),
        };
        let messages = overlay.messages.clone();
        std::thread::spawn(move || {
            for page in listener.incoming().flatten() {
                let messages = messages.clone();
                // An error is a page that has gone.
                std::thread::spawn(move || tell(page, &messages));
            }
        });
        Ok(overlay)
    }

    /// Shows this over each page.
    pub fn show(&self, error: &str) {
        self.messages.set("error", error.into());
    }

    /// Takes it away.
    pub fn hide(&self) {
        self.show("");
    }

    /// Shows what this emulator sends, until this program ends.
    pub fn show_emails_of(&self, emulator: SocketAddr) -> Result<()> {
        let key = emulator_secret_key()?;
        let messages = self.messages.clone();
        std::thread::spawn(move || {
            loop {
                // One that does not answer has nothing new.
                if let Some(email) = last_email(emulator, &key) {
                    messages.set("email", email);
                }
                std::thread::sleep(ASK_EVERY);
            }
        });
        Ok(())
    }

    /// What makes trunk's pages show it, to be added to trunk's configuration.
    pub fn trunk_config(&self) -> String {
        format!(
            r#"
[[proxy]]
backend = "http://{}/__dev"

[[hooks]]
stage = "post_build"
command = "sh"
command_arguments = ["-c", 'cat "$TRUNK_SOURCE_DIR/crates/xtask/src/overlay.html" >> "$TRUNK_STAGING_DIR/index.html"']
"#,
            self.address
        )
    }
}

impl Messages {
    fn set(&self, name: &str, message: Value) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now[name] != message {
            now[name] = message;
            self.changed.notify_all();
        }
    }

    /// The messages once they differ from these; the same if that takes too long.
    fn after(&self, old: Option<&Value>) -> Value {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = |now: &mut Value| old == Some(now);
        let waited = self.changed.wait_timeout_while(now, COMMENT_EVERY, is_old);
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

/// The emulator's last email, as its own API tells it, and where its dashboard lists all.
fn last_email(emulator: SocketAddr, key: &str) -> Option<Value> {
    let answer = minreq::get(format!("http://{emulator}/emulator/messages?limit=1"))
        .with_header("authorization", format!("Bearer {key}"))
        // Its list of requests is for those of the page.
        .with_header("x-emulator-dashboard", "1")
        .with_timeout(HEAD_WITHIN.as_secs())
        .send()
        .ok()?;
    let mut emails: Vec<Value> = serde_json::from_str(answer.as_str().ok()?).ok()?;
    let mut email = emails.pop()?;
    email["dashboard"] = format!("http://{emulator}/dashboard#messages").into();
    Some(email)
}

/// Sends a page the messages, now and whenever they change, as server-sent events.
fn tell(mut page: TcpStream, messages: &Messages) -> Result<()> {
    page.set_read_timeout(Some(HEAD_WITHIN))?;
    if !is_ours(BufReader::new((&page).take(HEAD_LIMIT)))? {
        page.write_all(
            b"HTTP/1.1 421 Misdirected Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        )?;
        return Ok(());
    }
    page.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
    )?;
    let mut shown: Option<Value> = None;
    loop {
        let now = messages.after(shown.as_ref());
        if shown.as_ref() == Some(&now) {
            page.write_all(b":\n\n")?;
        } else {
            page.write_all(format!("data: {now}\n\n").as_bytes())?;
            shown = Some(now);
        }
    }
}

/// Reads a request's head: whether it names this machine alone. A page of others, whose name
/// leads here, reads neither source nor code.
fn is_ours(request: impl BufRead) -> Result<bool> {
    for line in request.lines() {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            if line.is_empty() {
                return Ok(true);
            }
            continue;
        };
        let names_host = ["host", "x-forwarded-host"].map(|it| name.eq_ignore_ascii_case(it));
        let host = value.rsplit_once(':').map_or(value, |(host, _port)| host);
        if names_host.contains(&true) && !["localhost", "127.0.0.1"].contains(&host.trim()) {
            return Ok(false);
        }
    }
    Ok(false)
}

/// The compiler's errors, with what follows them, as text that a page can show.
pub fn errors(printed: &str) -> String {
    let mut plain = String::new();
    let mut rest = printed;
    // Colours are between escape and `m`.
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_colour, after)| after);
    }
    plain.push_str(rest);
    let is_error = |line: &&str| line.starts_with("error");
    let begin = plain.lines().take_while(|line| !is_error(line)).count();
    let errors: Vec<_> = plain.lines().skip(begin).collect();
    errors.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_colours_stay_in_the_terminal() {
        let printed = "   Compiling api v0.1.0\n\u{1b}[33mwarning\u{1b}[0m: unused\n\n\
            \u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m: mismatched types\n --> api/src/main.rs\n";
        assert_eq!(
            errors(printed),
            "error[E0308]: mismatched types\n --> api/src/main.rs"
        );
    }

    #[test]
    fn a_page_gets_the_messages_and_each_that_follows() {
        let overlay = Overlay::start().expect("it listens");
        let mut page = TcpStream::connect(overlay.address).expect("it answers");
        // Fails instead of waiting for what does not come.
        page.set_read_timeout(Some(COMMENT_EVERY)).expect("set");
        let asked = page.write_all(b"GET /__dev/messages HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n");
        asked.expect("asked");
        let mut lines = BufReader::new(page).lines().map_while(Result::ok);
        let mut next = || {
            let line = lines.find_map(|line| Some(line.strip_prefix("data: ")?.to_owned()));
            serde_json::from_str::<Value>(&line.expect("a message")).expect("JSON")
        };
        assert_eq!(next(), json!({ "error": "", "email": null }));
        overlay.show("error:\n  \"…\"");
        assert_eq!(next(), json!({ "error": "error:\n  \"…\"", "email": null }));
        overlay.hide();
        assert_eq!(next(), json!({ "error": "", "email": null }));
        let email = json!({ "code": "123456" });
        overlay.messages.set("email", email.clone());
        assert_eq!(next(), json!({ "error": "", "email": email }));
    }

    #[test]
    fn pages_of_others_get_nothing() {
        let ours = |head: &str| is_ours(head.as_bytes()).expect("a head");
        let host = "GET / HTTP/1.1\r\nHost: 127.0.0.1:5\r\n";
        assert!(ours(&format!(
            "{host}X-Forwarded-Host: localhost:8080\r\n\r\n"
        )));
        assert!(!ours(&format!(
            "{host}X-Forwarded-Host: example.com:8080\r\n\r\n"
        )));
        assert!(!ours("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"));
        assert!(!ours(host), "the end is missing");
    }
}
