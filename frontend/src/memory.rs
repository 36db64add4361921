//! What Clerk had when the page last looked, kept in `localStorage` from visit to visit: for the
//! person who is signed in, and for nobody else.

use web_sys::Storage;

use crate::sync::Seen;

/// How the keys begin; Clerk's id of the person follows.
const PREFIX: &str = "clerk-seen:";

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn key(clerk_id: &str) -> String {
    format!("{PREFIX}{clerk_id}")
}

/// What Clerk had.
pub fn load(clerk_id: &str) -> Option<Seen> {
    serde_json::from_str(&storage()?.get_item(&key(clerk_id)).ok()??).ok()
}

/// Keeps what Clerk has now.
pub fn save(clerk_id: &str, seen: &Seen) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(seen)) {
        // A full storage costs no more than a repeated comparison.
        let _ = storage.set_item(&key(clerk_id), &text);
    }
}

/// Forgets everybody else.
pub fn keep_only(clerk_id: Option<&str>) {
    let Some(storage) = storage() else { return };
    let kept = clerk_id.map(key);
    // Removing a key may move the others: they are listed first.
    let keys: Vec<_> = (0..storage.length().unwrap_or_default())
        .filter_map(|index| storage.key(index).ok()?)
        .filter(|key| key.starts_with(PREFIX) && Some(key) != kept.as_ref())
        .collect();
    for key in keys {
        let _ = storage.remove_item(&key);
    }
}
