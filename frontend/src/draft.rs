//! An edit of the profile that is not saved yet: it survives a reload, and a session that is lost.

use std::cell::RefCell;

use crate::memory::{self, Kept};

/// What somebody typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The name
    pub name: String,
    /// The email address
    pub email: String,
    /// The version of the row that the edit began with
    pub version: i64,
}

impl Draft {
    /// As text: fields of one line each.
    fn to_text(&self) -> String {
        let Self {
            name,
            email,
            version,
        } = self;
        format!("{version}\n{name}\n{email}")
    }

    fn of_text(text: &str) -> Option<Self> {
        let mut lines = text.splitn(3, '\n');
        Some(Self {
            version: lines.next()?.parse().ok()?,
            name: lines.next()?.to_owned(),
            email: lines.next()?.to_owned(),
        })
    }
}

thread_local! {
    /// The newest one, with whose it is. Nobody can tell a session that was lost from a sign-out,
    /// after which the browser keeps nothing; so what outlives both is the page's alone.
    static NEWEST: RefCell<Option<(String, Draft)>> = const { RefCell::new(None) };
}

/// The person's draft.
pub fn load(clerk_id: &str) -> Option<Draft> {
    let kept = memory::load(clerk_id, Kept::Draft);
    let kept = kept.and_then(|it: String| Draft::of_text(&it));
    NEWEST.with_borrow_mut(|newest| {
        if let Some(draft) = kept {
            *newest = Some((clerk_id.to_owned(), draft));
        }
        let (of, draft) = newest.as_ref()?;
        (of == clerk_id).then(|| draft.clone())
    })
}

/// Keeps it, or keeps none.
pub fn save(clerk_id: &str, draft: Option<&Draft>) {
    match draft {
        Some(draft) => memory::save(clerk_id, Kept::Draft, &draft.to_text()),
        None => memory::forget(clerk_id, Kept::Draft),
    }
    NEWEST.set(draft.map(|draft| (clerk_id.to_owned(), draft.clone())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_the_same_after_a_reload() {
        for (name, email) in [("Ada", "a@b.co"), ("", ""), ("Ada  King ", "not one")] {
            let draft = Draft {
                name: name.into(),
                email: email.into(),
                version: 1_764_000_000_000_000,
            };
            assert_eq!(Draft::of_text(&draft.to_text()), Some(draft));
        }
        assert_eq!(Draft::of_text("{}"), None);
    }
}
