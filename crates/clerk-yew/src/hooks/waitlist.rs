use yew::prelude::*;

use super::signal::use_signal;
use crate::js;
use crate::resources::{WaitlistErrors, WaitlistResource};

/// The waitlist in an own form; answered by [`use_waitlist`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UseWaitlist {
    /// The place on it; none until Clerk is loaded
    pub waitlist: Option<WaitlistResource>,
    /// What is wrong, field by field
    pub errors: WaitlistErrors,
    /// Whether a step is under way
    pub is_fetching: bool,
}

/// The waitlist in an own form (<https://clerk.com/docs/react/reference/hooks/use-waitlist>).
#[hook]
pub fn use_waitlist() -> UseWaitlist {
    let state = use_signal("waitlistSignal").unwrap_or_default();
    UseWaitlist {
        waitlist: js::member(&state, "waitlist")
            .map(|raw| WaitlistResource::new(raw, state.clone())),
        errors: WaitlistErrors::new(js::get(&state, "errors")),
        is_fetching: js::string(&state, "fetchStatus").as_deref() == Some("fetching"),
    }
}
