//! What the tabs of one person tell each other.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::api::Versioned;

/// One message between tabs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A new tab asks for the latest state.
    Hello,
    /// The row as the stream brought it.
    Row(Versioned),
    /// Whether the stream is open.
    Link(bool),
}

/// The channel. Dropping it closes it.
pub struct Channel {
    channel: Option<BroadcastChannel>,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

/// A way to answer from within the listener.
pub struct Answer(Option<BroadcastChannel>);

impl Channel {
    /// Opens the channel of this name; `heard` gets what other tabs post.
    pub fn open(name: &str, mut heard: impl FnMut(Message, &Answer) + 'static) -> Self {
        let channel = BroadcastChannel::new(name).ok();
        let answer = Answer(channel.clone());
        let listener = Closure::new(move |event: MessageEvent| {
            let message = event.data().as_string();
            if let Some(message) = message.and_then(|text| serde_json::from_str(&text).ok()) {
                heard(message, &answer);
            }
        });
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        }
        Self {
            channel,
            _listener: listener,
        }
    }

    /// Tells the other tabs.
    pub fn post(&self, message: &Message) {
        post(self.channel.as_ref(), message);
    }
}

impl Answer {
    /// Tells the other tabs.
    pub fn post(&self, message: &Message) {
        post(self.0.as_ref(), message);
    }
}

fn post(channel: Option<&BroadcastChannel>, message: &Message) {
    if let (Some(channel), Ok(text)) = (channel, serde_json::to_string(message)) {
        // Fails only on a closed channel, when nobody is left to tell.
        let _ = channel.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}
