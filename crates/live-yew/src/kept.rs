//! Writes on their way, kept in `localStorage` in case the page goes: of the person who is signed
//! in, and of nobody else.

use live::Write;
use web_sys::Storage;

/// How the keys begin; the person follows, their group, and the key of the write.
const PREFIX: &str = "live-write:";
/// How what was sent begins: it may have been written.
const SENT: char = '!';
/// How long a server knows a write again, in milliseconds: 24 hours, less one for clocks that differ.
const KNOWN: u64 = 23 * 60 * 60 * 1_000;

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

    /// What is kept, at this time in milliseconds since the Unix epoch; and what of it was sent so long
    /// ago that the server would not know it again.
    pub fn load(&self, now: u64) -> (Vec<Write>, Vec<Write>) {
        let Some(storage) = storage() else {
            return (Vec::new(), Vec::new());
        };
        let mine = keys(&storage).into_iter();
        let mine = mine.filter(|key| key.starts_with(&self.prefix));
        let writes = mine.filter_map(|key| {
            let text = storage.get_item(&key).ok()??;
            let sent = text.strip_prefix(SENT);
            let write: Write = serde_json::from_str(sent.unwrap_or(&text)).ok()?;
            let is_late = sent.is_some() && now.saturating_sub(made_at(&write.key)) > KNOWN;
            Some((write, is_late))
        });
        let (late, good): (Vec<_>, Vec<_>) = writes.partition(|(_, is_late)| *is_late);
        let write = |(write, _)| write;
        (
            good.into_iter().map(write).collect(),
            late.into_iter().map(write).collect(),
        )
    }

    /// Keeps a write.
    pub fn keep(&self, write: &Write) {
        self.set(write, "");
    }

    /// It is being sent: from now on it may have been written.
    pub fn sends(&self, write: &Write) {
        self.set(write, SENT.encode_utf8(&mut [0; 4]));
    }

    fn set(&self, write: &Write, before: &str) {
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(write)) {
            // A full storage costs no more than what it would have saved.
            let _ = storage.set_item(&self.key(&write.key), &format!("{before}{text}"));
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

/// When a write was made, in milliseconds since the Unix epoch: its key begins with that.
fn made_at(key: &str) -> u64 {
    let time = key.split('-').next().unwrap_or_default();
    u64::from_str_radix(time, 16).unwrap_or_default()
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
        assert_eq!(key, "live-write:user_1:org_1:0001");
        assert!(!is_of_others(&key, Some("user_1")));
        for here in [None, Some("user_12"), Some("user_")] {
            assert!(is_of_others(&key, here));
        }
        for other in ["theme", "live:theme"] {
            assert!(!is_of_others(other, None));
        }
    }

    #[test]
    fn a_key_tells_when_its_write_was_made() {
        assert_eq!(made_at("019aad7d2c00-00000003-ab"), 0x019a_ad7d_2c00);
        assert_eq!(made_at("nonsense"), 0);
    }
}
