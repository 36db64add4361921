//! Writes on their way, kept in `localStorage` in case the page goes: of the person who is signed
//! in, and of nobody else.

use live::Write;
use web_sys::Storage;

/// How the keys begin; the person follows, their group, and the key of the write.
const PREFIX: &str = "live:";

/// Where the writes of one person and group are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    prefix: String,
}

impl Shelf {
    /// The place of this person in this group.
    pub fn of(person: &str, group: &str) -> Self {
        Self {
            prefix: format!("{}{group}:", of_person(person)),
        }
    }

    /// What is kept.
    pub fn load(&self) -> Vec<Write> {
        let Some(storage) = storage() else {
            return Vec::new();
        };
        let mine = keys(&storage).into_iter();
        let mine = mine.filter(|key| key.starts_with(&self.prefix));
        mine.filter_map(|key| serde_json::from_str(&storage.get_item(&key).ok()??).ok())
            .collect()
    }

    /// Keeps a write.
    pub fn keep(&self, write: &Write) {
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(write)) {
            // A full storage costs no more than what it would have saved.
            let _ = storage.set_item(&self.key(&write.key), &text);
        }
    }

    /// Keeps it no longer.
    pub fn forget(&self, key: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.key(key));
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// Forgets everybody else, or everybody.
pub fn keep_only(person: Option<&str>) {
    let Some(storage) = storage() else { return };
    // Removing a key may move the others: they are listed first.
    for key in keys(&storage) {
        if is_of_others(&key, person) {
            let _ = storage.remove_item(&key);
        }
    }
}

fn of_person(person: &str) -> String {
    format!("{PREFIX}{person}:")
}

fn is_of_others(key: &str, person: Option<&str>) -> bool {
    key.starts_with(PREFIX) && person.is_none_or(|person| !key.starts_with(&of_person(person)))
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// All keys that there are.
fn keys(storage: &Storage) -> Vec<String> {
    let indices = 0..storage.length().unwrap_or_default();
    indices
        .filter_map(|index| storage.key(index).ok()?)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_told_from_ones_own() {
        let key = Shelf::of("user_1", "org_1").key("0001");
        assert_eq!(key, "live:user_1:org_1:0001");
        assert!(!is_of_others(&key, Some("user_1")));
        for here in [None, Some("user_12"), Some("user_")] {
            assert!(is_of_others(&key, here));
        }
        assert!(!is_of_others("theme", None));
    }
}
