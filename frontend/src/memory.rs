//! What the page keeps from visit to visit, in `localStorage`: of the person who is signed in, and
//! of nobody else.

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::Storage;

/// How the keys begin; Clerk's id of the person follows, and then what it is.
const PREFIX: &str = "person:";

/// How they began in an older version, which forgot nobody.
const OLD_PREFIX: &str = "clerk-seen:";

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

/// Whether something is kept of this person, and of nobody else.
pub fn is_of(clerk_id: &str) -> bool {
    storage().is_some_and(|it| only_person(&keys(&it)) == Some(clerk_id))
}

/// All keys that there are.
fn keys(storage: &Storage) -> Vec<String> {
    let indices = 0..storage.length().unwrap_or_default();
    indices
        .filter_map(|index| storage.key(index).ok()?)
        .collect()
}

/// Of the one person of whom anything is kept, if it is. Of several, nobody knows who is here.
pub fn of_anybody<T: DeserializeOwned>(what: Kept) -> Option<T> {
    let storage = storage()?;
    let clerk_id = only_person(&keys(&storage))?.to_owned();
    load(&clerk_id, what)
}

/// The person of whom these are the keys.
fn only_person(keys: &[String]) -> Option<&str> {
    let mut people = keys.iter().filter_map(|key| person(key));
    let first = people.next()?;
    people.all(|it| it == first).then_some(first)
}

/// Of whom it is.
fn person(key: &str) -> Option<&str> {
    Some(key.strip_prefix(PREFIX)?.split_once(':')?.0)
}

/// Whether a key is of somebody, and not of this person.
fn is_of_others(key: &str, clerk_id: Option<&str>) -> bool {
    key.starts_with(OLD_PREFIX) || person(key).is_some_and(|it| Some(it) != clerk_id)
}

/// Forgets everybody else.
pub fn keep_only(clerk_id: Option<&str>) {
    let Some(storage) = storage() else { return };
    // Removing a key may move the others: they are listed first.
    for key in keys(&storage) {
        if is_of_others(&key, clerk_id) {
            let _ = storage.remove_item(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(clerk_id: &str) -> String {
        key(clerk_id, Kept::Row)
    }

    #[test]
    fn nobody_is_expected_where_there_are_several_people() {
        let (ada, bob) = (row_of("user_1"), row_of("user_12"));
        let other = "theme".to_owned();
        let draft = key("user_1", Kept::Draft);
        let mut keys = vec![other, ada, draft];
        assert_eq!(only_person(&keys), Some("user_1"));
        keys.push(bob);
        assert_eq!(only_person(&keys), None);
        assert_eq!(only_person(&[]), None);
    }

    #[test]
    fn others_are_forgotten_and_what_an_older_version_kept() {
        let ada = row_of("user_1");
        assert!(!is_of_others(&ada, Some("user_1")));
        for here in [Some("user_12"), None] {
            assert!(is_of_others(&ada, here));
        }
        for here in [Some("user_1"), None] {
            assert!(is_of_others("clerk-seen:user_1", here));
            assert!(!is_of_others("__clerk_environment", here));
        }
    }
}
