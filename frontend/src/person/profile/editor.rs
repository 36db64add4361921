//! Where an edit of the profile stands, and what has changed meanwhile. Pure.

use shared::{Field, FieldError, PutUser, User, UserUpdate};

use crate::api::ApiError;
use crate::draft::Draft;

/// Name and email address.
pub type Values = [String; 2];

/// Where saving stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// Not begun
    No,
    /// Under way, or waiting for a connection
    Yes,
    /// Refused
    Failed(ApiError),
    /// Somebody else was first. Of each field, whether the person takes what is there.
    Conflict([bool; 2]),
}

/// The profile as it is shown and edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    /// What was typed, while somebody edits
    pub draft: Option<Draft>,
    /// Where saving stands
    pub saving: Saving,
    /// Whether the person has tried to save: until then no field complains
    pub tried: bool,
    /// Whether what is typed was there before the page
    pub restored: bool,
    /// Which fields were changed elsewhere last
    pub changed: [bool; 2],
    /// How often something was changed elsewhere
    pub changes: u32,
    /// What is announced
    pub said: &'static str,
    shown: Values,
    /// What was sent last
    sent: Option<Values>,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Editing begins, upon this version.
    Edit(i64),
    /// A field takes this value.
    Type(Field, String),
    /// In a conflict, the field takes what is there, or what was typed.
    Take(Field, bool),
    /// The person tries to save what cannot be sent.
    Try,
    /// This was sent, upon this version.
    Send(UserUpdate, i64),
    /// It was refused.
    Refuse(ApiError),
    /// It was saved.
    Saved,
    /// The person does not want to edit any more.
    Cancel,
    /// The row has these values now.
    Row(Values),
    /// The row shows these values, which are not saved yet.
    Waiting(Values),
}

/// Where a field stands among the values.
fn at(field: Field) -> usize {
    usize::from(field == Field::Email)
}

/// The values of a row.
pub fn values(user: &User) -> Values {
    [user.name.clone(), user.email.clone()]
}

impl Editor {
    /// For a row with these values, and an edit of an earlier visit.
    pub fn new(shown: Values, draft: Option<Draft>) -> Self {
        Self {
            restored: draft.is_some(),
            draft,
            saving: Saving::No,
            tried: false,
            changed: [false; 2],
            changes: 0,
            said: "",
            shown,
            sent: None,
        }
    }

    /// Whether there is a form to type in. What is being saved shows as if it were saved.
    pub fn is_open(&self) -> bool {
        self.draft.is_some() && self.saving != Saving::Yes
    }

    /// What was typed, if it differs from what is there.
    pub fn unsaved(&self) -> Option<&Draft> {
        let draft = self.draft.as_ref();
        draft.filter(|it| [&it.name, &it.email] != self.shown.each_ref())
    }

    /// What would be saved for this row: what was typed, or in a conflict what was chosen.
    pub fn wanted(&self, user: &User) -> Option<Values> {
        let mut wanted = self.typed()?;
        if let Saving::Conflict(theirs) = &self.saving {
            for ((wanted, theirs), value) in wanted.iter_mut().zip(theirs).zip(values(user)) {
                if *theirs {
                    *wanted = value;
                }
            }
        }
        Some(wanted)
    }

    /// The same as something to send, or what is wrong with it.
    pub fn update(&self, user: &User) -> Option<Result<UserUpdate, Vec<FieldError>>> {
        let [name, email] = self.wanted(user)?;
        let put = PutUser {
            clerk_id: Some(user.clerk_id.clone()),
            email: Some(email),
            name: Some(name),
        };
        Some(put.validate())
    }

    /// What is wrong with a field, as far as that is said.
    pub fn error(&self, user: &User, field: Field) -> Option<FieldError> {
        let errors = match (self.update(user)?, &self.saving) {
            (Err(errors), _) if self.tried => errors,
            (Ok(_), Saving::Failed(ApiError::Invalid(errors))) => errors.clone(),
            _ => return None,
        };
        errors.into_iter().find(|error| error.field == field)
    }

    /// Something happens.
    pub fn act(&mut self, act: Act) {
        match act {
            Act::Edit(version) => {
                let [name, email] = self.shown.clone();
                self.draft = Some(Draft {
                    name,
                    email,
                    version,
                });
                self.said = "";
            }
            Act::Type(field, value) => {
                self.saving = Saving::No;
                if let Some(draft) = &mut self.draft {
                    *[&mut draft.name, &mut draft.email][at(field)] = value;
                }
            }
            Act::Take(field, theirs) => {
                if let Saving::Conflict(taken) = &mut self.saving {
                    taken[at(field)] = theirs;
                }
            }
            Act::Try => self.tried = true,
            Act::Send(update, version) => {
                // What was chosen, and by which version, is what is edited from now on.
                self.draft = Some(Draft {
                    name: update.name.clone(),
                    email: update.email.clone(),
                    version,
                });
                self.tried = true;
                self.restored = false;
                self.saving = Saving::Yes;
                self.sent = Some([update.name, update.email]);
            }
            Act::Refuse(ApiError::Changed) => {
                self.saving = Saving::Conflict([false; 2]);
                self.said = "";
                self.settle();
            }
            Act::Refuse(error) => self.saving = Saving::Failed(error),
            Act::Saved => self.close("Saved"),
            // What is on its way cannot be called back.
            Act::Cancel if self.saving == Saving::Yes => {}
            Act::Cancel => self.close(""),
            Act::Row(values) => {
                let changed = [values[0] != self.shown[0], values[1] != self.shown[1]];
                if changed != [false; 2] && self.sent.as_ref() != Some(&values) {
                    self.changed = changed;
                    self.changes += 1;
                    self.said = match changed {
                        [true, true] => "Name and email address were changed elsewhere",
                        [true, false] => "The name was changed elsewhere",
                        _ => "The email address was changed elsewhere",
                    };
                }
                self.shown = values;
                self.settle();
            }
            Act::Waiting(values) if self.restored && self.typed().as_ref() == Some(&values) => {
                self.saving = Saving::Yes;
            }
            Act::Waiting(_) => {}
        }
    }

    /// The edit is over.
    fn close(&mut self, said: &'static str) {
        *self = Self {
            changed: self.changed,
            changes: self.changes,
            sent: self.sent.take(),
            said,
            ..Self::new(self.shown.clone(), None)
        };
    }

    /// Name and email address as they were typed.
    fn typed(&self) -> Option<Values> {
        let draft = self.draft.as_ref()?;
        Some([draft.name.clone(), draft.email.clone()])
    }

    /// A conflict is none when both say the same. What an earlier visit sent is saved then, and
    /// otherwise it was refused.
    fn settle(&mut self) {
        let is_over = self.restored || matches!(self.saving, Saving::Conflict(_));
        if is_over && self.draft.is_some() && self.unsaved().is_none() {
            self.close("Saved");
        } else if self.restored {
            self.saving = Saving::No;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, email: &str) -> User {
        User {
            id: String::new(),
            clerk_id: "user_1".into(),
            email: email.into(),
            name: name.into(),
            created_at: 0,
            updated_at: 0,
        }
    }

    fn ada() -> User {
        row("Ada", "a@b.co")
    }

    fn after(acts: impl IntoIterator<Item = Act>) -> Editor {
        let mut editor = Editor::new(values(&ada()), None);
        for act in acts {
            editor.act(act);
        }
        editor
    }

    fn typed(name: &str) -> [Act; 2] {
        [Act::Edit(1), Act::Type(Field::Name, name.into())]
    }

    fn sent(name: &str, version: i64) -> Act {
        let update = UserUpdate {
            clerk_id: "user_1".into(),
            email: "a@b.co".into(),
            name: name.into(),
        };
        Act::Send(update, version)
    }

    #[test]
    fn a_field_complains_once_the_person_tried_to_save() {
        let mut editor = after([Act::Edit(1), Act::Type(Field::Email, "no".into())]);
        assert_eq!(editor.error(&ada(), Field::Email), None);
        editor.act(Act::Try);
        assert!(editor.error(&ada(), Field::Email).is_some());
        assert_eq!(editor.error(&ada(), Field::Name), None);
    }

    #[test]
    fn what_is_typed_goes_on_after_a_refusal_and_ends_with_the_edit() {
        let refused = Act::Refuse(ApiError::Unavailable);
        let editor = after(typed("Countess").into_iter().chain([refused]));
        assert_eq!(
            editor.wanted(&ada()),
            Some(["Countess".into(), "a@b.co".into()])
        );
        for end in [Act::Saved, Act::Cancel] {
            let mut editor = editor.clone();
            editor.act(end);
            assert_eq!(editor.draft, None);
        }
    }

    #[test]
    fn what_is_being_saved_cannot_be_cancelled() {
        let acts = typed("Countess").into_iter().chain([sent("Countess", 1)]);
        let mut editor = after(acts);
        let before = editor.clone();
        editor.act(Act::Cancel);
        assert_eq!(editor, before);
        editor.act(Act::Refuse(ApiError::Unavailable));
        editor.act(Act::Cancel);
        assert_eq!(editor.draft, None);
    }

    #[test]
    fn in_a_conflict_each_field_is_chosen() {
        let theirs = row("Ada King", "king@b.co");
        let conflict = Act::Refuse(ApiError::Changed);
        let mut editor = after(typed("Countess").into_iter().chain([conflict]));
        let wanted = |editor: &Editor| editor.wanted(&theirs).expect("an edit");
        assert_eq!(wanted(&editor), ["Countess", "a@b.co"]);
        editor.act(Act::Take(Field::Email, true));
        assert_eq!(wanted(&editor), ["Countess", "king@b.co"]);
        editor.act(Act::Take(Field::Name, true));
        assert_eq!(wanted(&editor), ["Ada King", "king@b.co"]);
    }

    #[test]
    fn a_choice_that_could_not_be_sent_is_not_asked_for_again() {
        let conflict = Act::Refuse(ApiError::Changed);
        let down = Act::Refuse(ApiError::Unavailable);
        let acts = [conflict, sent("Countess", 2), down];
        let editor = after(typed("Countess").into_iter().chain(acts));
        assert_eq!(editor.draft.map(|draft| draft.version), Some(2));
    }

    #[test]
    fn who_was_second_with_the_same_has_saved() {
        let conflict = Act::Refuse(ApiError::Changed);
        let same = Act::Row(["Countess".into(), "a@b.co".into()]);
        for order in [[conflict.clone(), same.clone()], [same, conflict]] {
            let editor = after(typed("Countess").into_iter().chain(order));
            assert_eq!((&editor.draft, editor.said), (&None, "Saved"));
        }
    }

    /// The editor of a page that finds an edit of an earlier visit.
    fn restored(acts: impl IntoIterator<Item = Act>) -> Editor {
        let draft = after(typed("Countess")).draft;
        let mut editor = Editor::new(values(&ada()), draft);
        for act in acts {
            editor.act(act);
        }
        editor
    }

    #[test]
    fn what_an_earlier_visit_sent_shows_as_being_saved_until_it_is() {
        let sent = ["Countess".to_owned(), "a@b.co".to_owned()];
        let waiting = Act::Waiting(sent.clone());
        assert!(restored([]).is_open());
        assert!(!restored([waiting.clone()]).is_open());
        for before in [vec![waiting.clone()], vec![]] {
            let editor = restored(before.into_iter().chain([Act::Row(sent.clone())]));
            assert_eq!((&editor.draft, editor.said), (&None, "Saved"));
        }
        // Refused: it is there to be sent again.
        let editor = restored([waiting, Act::Row(values(&ada()))]);
        assert!(editor.is_open());
        assert_eq!(editor.unsaved(), editor.draft.as_ref());
    }

    #[test]
    fn what_another_tab_saves_closes_no_form() {
        let other = ["Ada King".to_owned(), "a@b.co".to_owned()];
        assert!(restored([Act::Waiting(other.clone())]).is_open());
        let editing = typed("Countess").into_iter().chain([Act::Waiting(other)]);
        assert!(after(editing).is_open());
    }

    #[test]
    fn what_is_there_already_is_not_unsaved() {
        assert_eq!(after([Act::Edit(1)]).unsaved(), None);
        let mut editor = after(typed("Countess"));
        assert_eq!(editor.unsaved(), editor.draft.as_ref());
        editor.act(Act::Row(["Countess".into(), "a@b.co".into()]));
        assert_eq!(editor.unsaved(), None);
    }

    #[test]
    fn only_what_others_changed_is_told() {
        let mine = typed("Countess").into_iter().chain([sent("Countess", 1)]);
        let now = ["Countess".to_owned(), "a@b.co".to_owned()];
        let mut editor = after(mine.chain([Act::Row(now), Act::Saved]));
        assert_eq!((editor.changes, editor.said), (0, "Saved"));
        editor.act(Act::Row(["Ada King".into(), "a@b.co".into()]));
        assert_eq!((editor.changes, editor.changed), (1, [true, false]));
        assert_eq!(editor.said, "The name was changed elsewhere");
    }
}
