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

/// The draft of one person as this tab keeps it: what another tab keeps is not forgotten here.
pub struct Keeper {
    clerk_id: String,
    kept: Option<Draft>,
}

impl Keeper {
    /// Takes up what there is of this person.
    pub fn of(clerk_id: &str) -> Self {
        let kept = memory::load(clerk_id, Kept::Draft);
        let kept = kept.and_then(|it: String| Draft::of_text(&it));
        let kept = kept.or_else(|| {
            NEWEST.with_borrow(|newest| {
                let newest = newest.as_ref().filter(|(of, _)| of == clerk_id);
                newest.map(|(_, draft)| draft.clone())
            })
        });
        let clerk_id = clerk_id.to_owned();
        let keeper = Self { clerk_id, kept };
        keeper.save();
        keeper
    }

    /// What is kept.
    pub fn draft(&self) -> Option<&Draft> {
        self.kept.as_ref()
    }

    /// Keeps this, or nothing any more.
    pub fn keep(&mut self, draft: Option<&Draft>) {
        if self.draft() == draft {
            return;
        }
        self.kept = draft.cloned();
        if draft.is_none() {
            memory::forget(&self.clerk_id, Kept::Draft);
            NEWEST.take();
        }
        self.save();
    }

    fn save(&self) {
        if let Some(draft) = &self.kept {
            memory::save(&self.clerk_id, Kept::Draft, &draft.to_text());
            NEWEST.set(Some((self.clerk_id.clone(), draft.clone())));
        }
    }
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

    fn countess() -> Draft {
        Draft {
            name: "Countess".into(),
            email: "a@b.co".into(),
            version: 1,
        }
    }

    #[test]
    fn a_draft_is_there_for_the_same_person_until_its_edit_ends() {
        Keeper::of("user_1").keep(Some(&countess()));
        let mut keeper = Keeper::of("user_1");
        assert_eq!(keeper.draft(), Some(&countess()));
        keeper.keep(None);
        assert_eq!(Keeper::of("user_1").draft(), None);
        keeper.keep(Some(&countess()));
        assert_eq!(Keeper::of("user_2").draft(), None);
        assert_eq!(Keeper::of("user_1").draft(), Some(&countess()));
    }

    #[test]
    fn who_edits_nothing_forgets_nothing() {
        let mut idle = Keeper::of("user_1");
        Keeper::of("user_1").keep(Some(&countess()));
        idle.keep(None);
        assert_eq!(Keeper::of("user_1").draft(), Some(&countess()));
    }
}
