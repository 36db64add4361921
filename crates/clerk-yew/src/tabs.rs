//! The tabs of a browser: clerk-js carries a sign-out to all of them, and this a sign-in.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, window};
use yew::AttrValue;

use crate::error::ClerkError;
use crate::js;
use crate::options::Options;
use crate::state::Signed;
use crate::store::{Known, Store};

/// What this tab says to the others and hears from them. Dropping it ends that.
pub struct Tabs {
    /// None where the browser has no such channels.
    channel: Option<BroadcastChannel>,
    _heard: Closure<dyn FnMut()>,
    signed_out: Cell<bool>,
}

impl Tabs {
    /// From now on this tab takes up what another one of the same application begins.
    pub fn open(clerk: &JsValue, store: Rc<Store>, options: &Options) -> Self {
        let of = clerk.clone();
        let forms = ["signInUrl", "signUpUrl"].map(|it| options.text(it).cloned());
        let following = Rc::new(Cell::new(false));
        let heard = Closure::new(move || {
            if !store.now().signed.is_signed_out() || following.replace(true) {
                return;
            }
            let (clerk, forms, following) = (of.clone(), forms.clone(), following.clone());
            spawn_local(async move {
                let forms = forms.iter().flatten().map(AttrValue::as_str);
                if let Err(error) = follow(&clerk, forms).await {
                    // The tab stays as it is, and can sign in by itself.
                    js::report(&format!("another tab's sign-in was not taken up: {error}"));
                }
                following.set(false);
            });
        });
        let name = format!("clerk-yew {}", options.publishable_key());
        let channel = BroadcastChannel::new(&name).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        }
        Self {
            channel,
            _heard: heard,
            signed_out: Cell::new(false),
        }
    }

    /// Tells the others, when somebody has just signed in.
    pub fn note(&self, now: &Signed<Rc<Known>>) {
        if now.is_signed_out() {
            self.signed_out.set(true);
        } else if now.is_signed_in()
            && self.signed_out.replace(false)
            && let Some(channel) = &self.channel
        {
            // Fails only on a closed channel.
            let _ = channel.post_message(&JsValue::from("signed in"));
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

/// Takes up the session that another tab of this browser began, when nobody is signed in here.
/// From one of these forms it goes where a sign-in leads.
async fn follow(clerk: &JsValue, forms: impl Iterator<Item = &str>) -> Result<(), ClerkError> {
    let client = js::get(clerk, "client");
    js::call_async(&client, "reload", &[]).await?;
    let session = js::get(&client, "lastActiveSessionId");
    let mine = js::get(clerk, "session");
    let nobody = mine.is_null() || js::string(&mine, "status").as_deref() == Some("pending");
    if !nobody || !session.is_string() {
        return Ok(());
    }
    let location = window().map(|it| it.location());
    let (origin, path) = location
        .and_then(|it| Some((it.origin().ok()?, it.pathname().ok()?)))
        .unwrap_or_default();
    let mut forms = forms.map(|form| form.strip_prefix(&origin).unwrap_or(form));
    let to = if forms.any(|form| is_within(&path, form)) {
        js::call(clerk, "buildAfterSignInUrl", &[])?
    } else {
        JsValue::UNDEFINED
    };
    let asked = js::object([("session", session), ("redirectUrl", to)]);
    js::call_async(clerk, "setActive", &[asked]).await?;
    Ok(())
}

/// Whether a path is this one, or below it.
fn is_within(path: &str, form: &str) -> bool {
    let form = form.trim_end_matches('/');
    if form.is_empty() {
        return path == "/";
    }
    path.strip_prefix(form)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_steps_below_it_and_no_neighbours() {
        for path in ["/sign-in", "/sign-in/", "/sign-in/factor-one"] {
            assert!(is_within(path, "/sign-in"), "{path}");
            assert!(is_within(path, "/sign-in/"), "{path}");
        }
        assert!(is_within("/", "/") && !is_within("/about", "/"));
        for path in ["/sign-in-help", "/", "/help/sign-in"] {
            assert!(!is_within(path, "/sign-in"), "{path}");
        }
    }
}
