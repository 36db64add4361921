//! An edit of the profile that is not saved yet: it survives a reload, and a session that is lost.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use crate::memory::{self, Kept};

/// What somebody typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The name
    pub name: String,
    /// The email address
    pub email: String,
    /// The version of the row that the edit began with
    pub version: i64,
}

thread_local! {
    /// The newest one, with whose it is. Nobody can tell a session that was lost from a sign-out,
    /// after which the browser keeps nothing; so what outlives both is the page's alone.
    static NEWEST: RefCell<Option<(String, Draft)>> = const { RefCell::new(None) };
}

/// The person's draft.
pub fn load(clerk_id: &str) -> Option<Draft> {
    memory::load(clerk_id, Kept::Draft).or_else(|| {
        NEWEST.with_borrow(|newest| {
            let (of, draft) = newest.as_ref()?;
            (of == clerk_id).then(|| draft.clone())
        })
    })
}

/// Keeps it, or keeps none.
pub fn save(clerk_id: &str, draft: Option<&Draft>) {
    match draft {
        Some(draft) => memory::save(clerk_id, Kept::Draft, draft),
        None => memory::forget(clerk_id, Kept::Draft),
    }
    NEWEST.set(draft.map(|draft| (clerk_id.to_owned(), draft.clone())));
}
