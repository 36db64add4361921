//! A WebSocket.

use live::{FromPage, FromServer};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket, window};

/// What happens to a socket.
pub enum Happened {
    /// It is open.
    Opened,
    /// The server said this.
    Said(FromServer),
    /// It has ended with this code (RFC 6455 § 7.4), or could not be opened.
    Closed(u16),
}

/// An end without any farewell (RFC 6455 § 7.4.1).
pub const ABNORMAL: u16 = 1006;

/// A socket. Dropping it closes it, without telling anybody.
pub struct Socket {
    inner: WebSocket,
    _opened: Closure<dyn FnMut(Event)>,
    _said: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Connects to this path of the page's own host, or to a whole address.
    pub fn open(url: &str, happened: impl Fn(Happened) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new(&absolute(url)?).ok()?;
        let tell = happened.clone();
        let opened = Closure::new(move |_| tell(Happened::Opened));
        let tell = happened.clone();
        let said = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string();
            // What cannot be understood is of a newer server: it ends with the next release.
            if let Some(said) = text.and_then(|it| serde_json::from_str(&it).ok()) {
                tell(Happened::Said(said));
            }
        });
        let closed =
            Closure::new(move |event: CloseEvent| happened(Happened::Closed(event.code())));
        socket.set_onopen(Some(Closure::as_ref(&opened).unchecked_ref()));
        socket.set_onmessage(Some(Closure::as_ref(&said).unchecked_ref()));
        socket.set_onclose(Some(Closure::as_ref(&closed).unchecked_ref()));
        Some(Self {
            inner: socket,
            _opened: opened,
            _said: said,
            _closed: closed,
        })
    }

    /// Says this.
    pub fn send(&self, message: &FromPage) {
        if let Ok(text) = serde_json::to_string(message) {
            // Fails only before it is open; what comes after its end is lost with it.
            let _ = self.inner.send_with_str(&text);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.inner.set_onopen(None);
        self.inner.set_onmessage(None);
        self.inner.set_onclose(None);
        let _ = self.inner.close();
    }
}

fn absolute(url: &str) -> Option<String> {
    if !url.starts_with('/') {
        return Some(url.to_owned());
    }
    let location = window()?.location();
    let scheme = match location.protocol().ok()?.as_str() {
        "https:" => "wss",
        _ => "ws",
    };
    Some(format!("{scheme}://{}{url}", location.host().ok()?))
}
