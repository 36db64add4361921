//! The row as this browser saw it last: shown at once when the page is opened again, until it is
//! confirmed or replaced.

use serde::{Deserialize, Serialize};
use shared::Visitor;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::window;

use crate::api::Versioned;
use crate::memory::{self, Kept};
use crate::visitor;

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// Who was signed in then: when that has changed, it may be somebody else's.
    visitors: String,
    row: Versioned,
}

/// The row, if the same person is still signed in as far as Clerk's cookie tells.
pub fn load() -> Option<Versioned> {
    let kept: Remembered = memory::of_anybody(Kept::Row)?;
    let visitors = signed_in(visitor::cookies())?;
    (kept.visitors == visitors).then_some(kept.row)
}

/// Clerk's cookies, if they are of somebody.
fn signed_in(cookies: String) -> Option<String> {
    (Visitor::of_cookies(&cookies) == Visitor::SignedIn).then_some(cookies)
}

/// Keeps the row, and again when the page goes: Clerk's cookie may have changed by then. What
/// another tab forgot at a sign-out stays forgotten.
pub struct Keeper {
    again: Closure<dyn FnMut()>,
}

impl Keeper {
    /// Keeps this row.
    pub fn of(row: Versioned) -> Self {
        save(&row);
        let again = Closure::new(move || {
            let user = row.user.as_ref();
            if user.is_some_and(|user| memory::is_of(&user.clerk_id)) {
                save(&row);
            }
        });
        if let Some(window) = window() {
            let listener = Closure::as_ref(&again).unchecked_ref();
            let _ = window.add_event_listener_with_callback("pagehide", listener);
        }
        Self { again }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(window) = window() {
            let listener = self.again.as_ref().unchecked_ref();
            let _ = window.remove_event_listener_with_callback("pagehide", listener);
        }
    }
}

fn save(row: &Versioned) {
    let Some(user) = &row.user else { return };
    let Some(visitors) = signed_in(visitor::cookies()) else {
        return;
    };
    let row = row.clone();
    memory::save(&user.clerk_id, Kept::Row, &Remembered { visitors, row });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_remembered_of_a_visit_of_nobody() {
        let ada = "__client_uat=1764000000";
        assert_eq!(signed_in(ada.into()).as_deref(), Some(ada));
        for cookies in ["", "__client_uat=0"] {
            assert_eq!(signed_in(cookies.into()), None);
        }
    }
}
