//! The row as this browser saw it last: shown at once when the page is opened again, until it is
//! confirmed or replaced.

use serde::{Deserialize, Serialize};
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
    (!kept.visitors.is_empty() && kept.visitors == visitor::cookies()).then_some(kept.row)
}

/// Keeps the row, and again when the page goes: Clerk's cookie may have changed by then.
pub struct Keeper {
    again: Closure<dyn FnMut()>,
}

impl Keeper {
    /// Keeps this row.
    pub fn of(row: Versioned) -> Self {
        save(&row);
        let again = Closure::new(move || save(&row));
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
    let kept = Remembered {
        visitors: visitor::cookies(),
        row: row.clone(),
    };
    memory::save(&user.clerk_id, Kept::Row, &kept);
}
