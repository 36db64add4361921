//! Whether changes arrive, and since when they do not.

use gloo_timers::callback::Timeout;
use js_sys::Date;
use live_yew::Link;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

use crate::person::time::clock;

/// A broken stream that is back within this time is nobody's business, in milliseconds.
const PATIENCE: u32 = 3_000;

/// What is known of the way to the server.
pub struct Status {
    /// Whether the browser has a network
    pub online: bool,
    link: Link,
    /// Since when nothing arrives; and the end of patience.
    down: Option<(f64, Timeout)>,
    look: Callback<()>,
    _changed: Closure<dyn FnMut()>,
}

impl Status {
    /// As of now; `look` is called when there is something else to see.
    pub fn new(link: Link, look: Callback<()>) -> Self {
        let called = look.clone();
        let changed = Closure::new(move || called.emit(()));
        listen(Some(changed.as_ref().unchecked_ref()));
        let mut status = Self {
            online: true,
            link,
            down: None,
            look,
            _changed: changed,
        };
        status.look(link);
        status
    }

    /// Looks again.
    pub fn look(&mut self, link: Link) {
        self.link = link;
        self.online = web_sys::window().is_none_or(|window| window.navigator().on_line());
        if link != Link::Down && self.online {
            self.down = None;
        } else if self.down.is_none() {
            let look = self.look.clone();
            let patience = Timeout::new(PATIENCE, move || look.emit(()));
            self.down = Some((Date::now(), patience));
        }
    }

    /// Since when nothing arrives, and whether for longer than anybody waits.
    fn since(&self) -> Option<(f64, bool)> {
        let (since, _) = self.down.as_ref()?;
        Some((*since, Date::now() - since >= f64::from(PATIENCE)))
    }

    /// Whether there is no connection.
    pub fn is_down(&self) -> bool {
        !self.online || self.since().is_some_and(|(_, late)| late)
    }

    /// The same in a few words.
    pub fn view(&self) -> Html {
        let (since, late) = self.since().unzip();
        let (state, text) = match self.link {
            _ if !self.online => ("down", "Offline"),
            Link::Up => ("up", "Live"),
            Link::Down if late == Some(true) => ("down", "Reconnecting…"),
            Link::Down | Link::Opening => ("opening", "Connecting…"),
        };
        html! {
            <p class="live" data-state={state} role="status">
                <span>{ text }</span>
                if let Some(since) = since.filter(|_| state == "down") {
                    <small>{ " since " }{ clock(since) }</small>
                }
            </p>
        }
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        listen(None);
    }
}

/// Nothing else in the page listens to these.
fn listen(listener: Option<&js_sys::Function>) {
    if let Some(window) = web_sys::window() {
        window.set_ononline(listener);
        window.set_onoffline(listener);
    }
}
