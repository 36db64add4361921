//! What the page keeps from visit to visit, in `localStorage`: of the person who is signed in, and
//! of nobody else.

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::Storage;

/// How the keys begin; Clerk's id of the person follows, and then what it is.
const PREFIX: &str = "person:";

/// What is kept of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// What Clerk had when the page last looked
    Seen,
    /// An edit that is not saved yet
    Draft,
    /// The row as it was shown last
    Row,
}

fn storage() -> Option<Storage> {
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    web_sys::window()?.local_storage().ok()?
}

fn key(clerk_id: &str, what: Kept) -> String {
    let what = match what {
        Kept::Seen => "seen",
        Kept::Draft => "draft",
        Kept::Row => "row",
    };
    format!("{PREFIX}{clerk_id}:{what}")
}

/// What was kept.
pub fn load<T: DeserializeOwned>(clerk_id: &str, what: Kept) -> Option<T> {
    serde_json::from_str(&storage()?.get_item(&key(clerk_id, what)).ok()??).ok()
}

/// Keeps this.
pub fn save<T: Serialize>(clerk_id: &str, what: Kept, value: &T) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        // A full storage costs no more than what it would have saved.
        let _ = storage.set_item(&key(clerk_id, what), &text);
    }
}

/// Keeps it no longer.
pub fn forget(clerk_id: &str, what: Kept) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(clerk_id, what));
    }
}

/// The keys of what is kept.
fn keys(storage: &Storage) -> impl Iterator<Item = String> {
    let keys =
        (0..storage.length().unwrap_or_default()).filter_map(|index| storage.key(index).ok()?);
    keys.filter(|key| key.starts_with(PREFIX))
}

/// Of the one person of whom anything is kept, if it is.
pub fn of_anybody<T: DeserializeOwned>(what: Kept) -> Option<T> {
    let storage = storage()?;
    let end = key("", what);
    let key = keys(&storage).find(|key| key.ends_with(&end[PREFIX.len()..]))?;
    serde_json::from_str(&storage.get_item(&key).ok()??).ok()
}

/// Forgets everybody else.
pub fn keep_only(clerk_id: Option<&str>) {
    let Some(storage) = storage() else { return };
    let kept = clerk_id.map(|clerk_id| format!("{PREFIX}{clerk_id}:"));
    // Removing a key may move the others: they are listed first.
    let others: Vec<_> = keys(&storage)
        .filter(|key| kept.as_ref().is_none_or(|kept| !key.starts_with(kept)))
        .collect();
    for key in others {
        let _ = storage.remove_item(&key);
    }
}
