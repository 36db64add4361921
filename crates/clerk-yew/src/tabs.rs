//! The tabs of a browser: clerk-js carries a sign-out to all of them, and this a sign-in.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::BroadcastChannel;

use crate::bindings::Clerk;
use crate::bridge::{emission, follow};
use crate::machine::Emission;

/// What this tab says to the others and hears from them. Dropping it ends that.
pub struct Tabs {
    /// None where the browser has no such channels.
    channel: Option<BroadcastChannel>,
    _heard: Closure<dyn FnMut()>,
    signed_out: bool,
}

impl Tabs {
    /// From now on this tab takes up what another one of the same application begins; it does
    /// not stay on pages whose paths begin like `forms`.
    pub fn open(clerk: &Clerk, publishable_key: &str, forms: [&str; 2]) -> Self {
        let (of, forms) = (clerk.clone(), forms.map(str::to_owned));
        let heard = Closure::new(move || {
            if emission(&of) == Emission::SignedOut {
                let (clerk, forms) = (of.clone(), forms.clone());
                // Where this fails, the tab stays as it is, and can sign in by itself.
                spawn_local(async move {
                    let _ = follow(&clerk, &forms).await;
                });
            }
        });
        let channel = BroadcastChannel::new(&format!("clerk-yew {publishable_key}")).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        }
        Self {
            channel,
            _heard: heard,
            signed_out: emission(clerk) == Emission::SignedOut,
        }
    }

    /// Tells the others, when somebody has just signed in.
    pub fn note(&mut self, now: &Emission) {
        match now {
            Emission::Changing => {}
            Emission::SignedOut => self.signed_out = true,
            Emission::SignedIn(..) => {
                if let (true, Some(channel)) = (self.signed_out, &self.channel) {
                    // Fails only on a closed channel.
                    let _ = channel.post_message(&JsValue::from("signed in"));
                }
                self.signed_out = false;
            }
        }
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}
