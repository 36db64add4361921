//! What `cargo xtask dev` shows over the open pages: why the API is not what its source says.
//!
//! trunk appends `overlay.html` to the page that it serves, and passes on what that script asks
//! for. The page itself knows nothing of it, and a release is built without.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

/// How long a request may take to arrive, and how much of it is read.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
const HEAD_LIMIT: u64 = 32 * 1024;
/// How often a page that is still there is told apart from one that has gone.
const COMMENT_EVERY: Duration = Duration::from_secs(15);

/// A message over all open pages.
pub struct Overlay {
    address: SocketAddr,
    message: Arc<Message>,
}

/// The message, which is empty while there is nothing to say.
#[derive(Default)]
struct Message {
    text: Mutex<String>,
    changed: Condvar,
}

impl Overlay {
    /// Listens for pages at a free port of this machine, until this program ends.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let overlay = Self {
            address: listener.local_addr()?,
            message: Arc::default(),
        };
        let message = overlay.message.clone();
        std::thread::spawn(move || {
            for page in listener.incoming().flatten() {
                let message = message.clone();
                // An error is a page that has gone.
                std::thread::spawn(move || tell(page, &message));
            }
        });
        Ok(overlay)
    }

    /// Shows this over each page.
    pub fn show(&self, text: &str) {
        self.message.set(text);
    }

    /// Takes it away.
    pub fn hide(&self) {
        self.message.set("");
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

impl Message {
    fn set(&self, new: &str) {
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        new.clone_into(&mut text);
        self.changed.notify_all();
    }

    /// The message once it differs from this one; the same if that takes too long.
    fn after(&self, old: Option<&str>) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = |text: &mut String| old == Some(text.as_str());
        let waited = self.changed.wait_timeout_while(text, COMMENT_EVERY, is_old);
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

/// Sends a page the message, now and whenever it changes, as server-sent events.
fn tell(mut page: TcpStream, message: &Message) -> Result<()> {
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
    let mut shown: Option<String> = None;
    loop {
        let text = message.after(shown.as_deref());
        if shown.as_ref() == Some(&text) {
            page.write_all(b":\n\n")?;
        } else {
            page.write_all(format!("data: {}\n\n", serde_json::to_string(&text)?).as_bytes())?;
            shown = Some(text);
        }
    }
}

/// Reads a request's head: whether it names this machine alone. A page of others, whose name
/// leads here, reads no source.
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
    fn a_page_gets_the_message_and_each_that_follows() {
        let overlay = Overlay::start().expect("it listens");
        let mut page = TcpStream::connect(overlay.address).expect("it answers");
        // Fails instead of waiting for what does not come.
        page.set_read_timeout(Some(COMMENT_EVERY)).expect("set");
        let asked = page.write_all(b"GET /__dev/api HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n");
        asked.expect("asked");
        let mut lines = BufReader::new(page).lines().map_while(Result::ok);
        let mut next = || lines.find(|line| line.starts_with("data: "));
        assert_eq!(next().as_deref(), Some("data: \"\""));
        overlay.show("error:\n  \"…\"");
        assert_eq!(next().as_deref(), Some(r#"data: "error:\n  \"…\"""#));
        overlay.hide();
        assert_eq!(next().as_deref(), Some("data: \"\""));
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
