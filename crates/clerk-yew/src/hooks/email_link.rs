use futures_util::future::{AbortHandle, abortable};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::error::{ClerkError, ErrorKind};
use crate::js::{self, object};
use crate::resources::EmailAddress;

/// Proves an email address by a link; answered by [`use_email_link`].
#[derive(Clone)]
pub struct EmailLinkFlow {
    address: EmailAddress,
    running: Rc<RefCell<Option<Running>>>,
}

/// A link that was sent and not followed yet.
struct Running {
    flow: JsValue,
    waiting: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.waiting.abort();
        // clerk-js stops to ask; there is nothing that could fail.
        let _ = js::call(&self.flow, "cancelEmailLinkFlow", &[]);
    }
}

/// Proves an email address by a link
/// (<https://clerk.com/docs/guides/development/custom-flows/authentication/email-links>). What is
/// under way ends with the component.
#[hook]
pub fn use_email_link(address: &EmailAddress) -> EmailLinkFlow {
    let running = use_mut_ref(|| None);
    let flow = EmailLinkFlow {
        address: address.clone(),
        running: running.clone(),
    };
    use_effect_with(address.id(), move |_| move || drop(running.take()));
    flow
}

impl EmailLinkFlow {
    /// Sends a link that leads to `redirect_url`, and waits until it was followed, here or in
    /// another browser. A link that was sent before is no longer waited for.
    ///
    /// # Errors
    /// When Clerk refuses, or with the code `email_link_cancelled` when it is cancelled.
    pub async fn start(&self, redirect_url: &str) -> Result<EmailAddress, ClerkError> {
        let flow = js::call(self.address.raw(), "createEmailLinkFlow", &[])?;
        let params = [object([("redirectUrl", redirect_url.into())])];
        let (followed, waiting) = abortable(js::call_async(&flow, "startEmailLinkFlow", &params));
        let running = Running {
            flow: flow.clone(),
            waiting,
        };
        drop(self.running.replace(Some(running)));
        followed
            .await
            .unwrap_or_else(|_| Err(cancelled()))
            .map(EmailAddress::new)
    }

    /// Waits no longer.
    pub fn cancel(&self) {
        drop(self.running.take());
    }
}

fn cancelled() -> ClerkError {
    ClerkError::new(
        ErrorKind::Other,
        "email_link_cancelled",
        "Nobody waits for the link any more.",
    )
}
