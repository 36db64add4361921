//! When Clerk's user changes, the row follows. Pure.
//!
//! Only what changed at Clerk is written: a name that the person edited here is not
//! overwritten because Clerk still has the old one.

use serde::{Deserialize, Serialize};
use shared::{PutUser, User, UserUpdate};

use crate::api::Versioned;

/// E-mail address and name as Clerk had them when the page last looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Primary e-mail address; empty when there is none
    pub email: String,
    /// Full name; empty when there is none
    pub name: String,
}

impl From<&clerk_yew::User> for Seen {
    fn from(user: &clerk_yew::User) -> Self {
        Self {
            email: user.email.clone().unwrap_or_default(),
            name: user.full_name(),
        }
    }
}

/// What to write so that the row follows Clerk; none when nothing has changed.
///
/// Without a memory of what Clerk had before, only a row that nobody has touched since it was
/// made gets what it lacks: tokens without a template carry neither e-mail address nor name.
pub fn update(before: Option<&Seen>, now: &Seen, row: &Versioned) -> Option<UserUpdate> {
    let user = row.user.as_ref()?;
    let follow = |before: Option<&String>, now: &String, mine: &String| -> String {
        let changed = match before {
            Some(before) => before != now,
            None => row.version == 1 && mine.is_empty(),
        };
        if changed && !now.is_empty() {
            now.clone()
        } else {
            mine.clone()
        }
    };
    let wanted = PutUser {
        clerk_id: Some(user.clerk_id.clone()),
        email: Some(follow(
            before.map(|seen| &seen.email),
            &now.email,
            &user.email,
        )),
        name: Some(follow(before.map(|seen| &seen.name), &now.name, &user.name)),
    };
    let update = wanted.validate().ok()?;
    differs(&update, user).then_some(update)
}

fn differs(update: &UserUpdate, user: &User) -> bool {
    update.email != user.email || update.name != user.name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(email: &str, name: &str) -> Seen {
        Seen {
            email: email.into(),
            name: name.into(),
        }
    }

    fn row(version: i64, email: &str, name: &str) -> Versioned {
        let user = User {
            id: String::new(),
            clerk_id: "user_1".into(),
            email: email.into(),
            name: name.into(),
            created_at: 0,
            updated_at: 0,
        };
        Versioned {
            version,
            user: Some(user),
        }
    }

    fn written(before: Option<&Seen>, now: &Seen, row: &Versioned) -> Option<(String, String)> {
        update(before, now, row).map(|update| (update.email, update.name))
    }

    #[test]
    fn a_rename_at_clerk_reaches_the_row() {
        let before = seen("a@b.co", "Ada");
        let result = written(
            Some(&before),
            &seen("a@b.co", "Ada L"),
            &row(1, "a@b.co", "Ada"),
        );
        assert_eq!(result, Some(("a@b.co".into(), "Ada L".into())));
    }

    #[test]
    fn what_has_not_changed_is_skipped() {
        let same = seen("a@b.co", "Ada");
        assert_eq!(written(Some(&same), &same, &row(1, "a@b.co", "Ada")), None);
        assert_eq!(
            written(Some(&seen("x@b.co", "")), &same, &row(3, "a@b.co", "Ada")),
            None
        );
    }

    #[test]
    fn an_edit_made_here_survives_the_next_visit() {
        let same = seen("a@b.co", "Ada");
        assert_eq!(
            written(Some(&same), &same, &row(2, "a@b.co", "Countess")),
            None
        );
        assert_eq!(written(None, &same, &row(2, "a@b.co", "Countess")), None);
    }

    #[test]
    fn a_new_address_at_clerk_leaves_the_edited_name_alone() {
        let result = written(
            Some(&seen("a@b.co", "Ada")),
            &seen("new@b.co", "Ada"),
            &row(2, "a@b.co", "Countess"),
        );
        assert_eq!(result, Some(("new@b.co".into(), "Countess".into())));
    }

    #[test]
    fn a_row_made_from_a_plain_token_is_filled() {
        let result = written(None, &seen("a@b.co", "Ada"), &row(1, "", ""));
        assert_eq!(result, Some(("a@b.co".into(), "Ada".into())));
    }

    #[test]
    fn a_deleted_row_stays_deleted() {
        let deleted = Versioned {
            version: 4,
            user: None,
        };
        assert_eq!(written(None, &seen("a@b.co", "Ada"), &deleted), None);
    }
}
