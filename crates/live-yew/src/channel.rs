//! What the tabs of one person tell each other.

use live::Message;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

/// The channel. Dropping it closes it.
pub struct Channel {
    channel: Option<BroadcastChannel>,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Opens the channel of this name; `heard` gets what other tabs post.
    pub fn open(name: &str, heard: impl Fn(Message) + 'static) -> Self {
        let channel = BroadcastChannel::new(name).ok();
        let listener = Closure::new(move |event: MessageEvent| {
            let message = event.data().as_string();
            if let Some(message) = message.and_then(|text| serde_json::from_str(&text).ok()) {
                heard(message);
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
        if let (Some(channel), Ok(text)) = (&self.channel, serde_json::to_string(message)) {
            // Fails only on a closed channel, when nobody is left to tell.
            let _ = channel.post_message(&text.into());
        }
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
