//! When Clerk's user changes, the row follows. Pure.
//!
//! Only what changed at Clerk is written: a name that the person edited here is not
//! overwritten because Clerk still has the old one.

use serde::{Deserialize, Serialize};
use shared::{PutUser, User, UserUpdate};

/// Email address and name as Clerk had them when the page last looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Primary email address; empty when there is none
    pub email: String,
    /// Full name; empty when there is none
    pub name: String,
}

impl From<&clerk_yew::User> for Seen {
    fn from(user: &clerk_yew::User) -> Self {
        Self {
            email: user
                .primary_email_address()
                .map(|it| it.email_address())
                .unwrap_or_default(),
            name: user.full_name(),
        }
    }
}

/// What to write so that the row follows Clerk; none when nothing has changed.
///
/// A field follows when Clerk's value is not the one the page saw `before`. A row that nobody has
/// edited yet also gets what it lacks: tokens without a template carry neither email address nor
/// name.
pub fn update(before: Option<&Seen>, now: &Seen, row: &User) -> Option<UserUpdate> {
    let bare = is_bare(row);
    let follow = |before: Option<&String>, now: &String, mine: &String| -> String {
        let changed = before.is_some_and(|before| before != now);
        let lacking = bare && mine.is_empty();
        if (changed || lacking) && !now.is_empty() {
            now.clone()
        } else {
            mine.clone()
        }
    };
    let wanted = PutUser {
        clerk_id: Some(row.clerk_id.clone()),
        email: Some(follow(
            before.map(|seen| &seen.email),
            &now.email,
            &row.email,
        )),
        name: Some(follow(before.map(|seen| &seen.name), &now.name, &row.name)),
    };
    let update = wanted.validate().ok()?;
    (update.email != row.email || update.name != row.name).then_some(update)
}

/// Whether the row is still as a plain session token made it. Nobody has edited it then: an edit
/// would have moved `updated_at`, and one that makes the row needs an email address.
fn is_bare(row: &User) -> bool {
    row.email.is_empty() && row.created_at == row.updated_at
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

    /// A row as it was made.
    fn made(email: &str, name: &str) -> User {
        User {
            id: String::new(),
            clerk_id: "user_1".into(),
            email: email.into(),
            name: name.into(),
            created_at: 1_764_000_000_000,
            updated_at: 1_764_000_000_000,
        }
    }

    /// A row that was changed since.
    fn edited(email: &str, name: &str) -> User {
        User {
            updated_at: 1_764_000_000_900,
            ..made(email, name)
        }
    }

    fn written(before: Option<&Seen>, now: &Seen, row: &User) -> Option<(String, String)> {
        update(before, now, row).map(|update| (update.email, update.name))
    }

    #[test]
    fn a_rename_at_clerk_reaches_the_row() {
        let before = seen("a@b.co", "Ada");
        let result = written(
            Some(&before),
            &seen("a@b.co", "Ada L"),
            &made("a@b.co", "Ada"),
        );
        assert_eq!(result, Some(("a@b.co".into(), "Ada L".into())));
    }

    #[test]
    fn what_has_not_changed_is_skipped() {
        let same = seen("a@b.co", "Ada");
        assert_eq!(written(Some(&same), &same, &made("a@b.co", "Ada")), None);
        let before = seen("x@b.co", "");
        assert_eq!(
            written(Some(&before), &same, &edited("a@b.co", "Ada")),
            None
        );
    }

    #[test]
    fn an_edit_made_here_survives_the_next_visit() {
        let same = seen("a@b.co", "Ada");
        let row = edited("a@b.co", "Countess");
        assert_eq!(written(Some(&same), &same, &row), None);
        assert_eq!(written(None, &same, &row), None);
    }

    #[test]
    fn a_new_address_at_clerk_leaves_the_edited_name_alone() {
        let result = written(
            Some(&seen("a@b.co", "Ada")),
            &seen("new@b.co", "Ada"),
            &edited("a@b.co", "Countess"),
        );
        assert_eq!(result, Some(("new@b.co".into(), "Countess".into())));
    }

    #[test]
    fn a_row_made_from_a_plain_token_is_filled() {
        let now = seen("a@b.co", "Ada");
        let filled = Some(("a@b.co".into(), "Ada".into()));
        assert_eq!(written(None, &now, &made("", "")), filled);
        // Also when an earlier visit did not get that far.
        assert_eq!(written(Some(&now), &now, &made("", "")), filled);
    }

    #[test]
    fn a_row_made_from_a_token_with_a_name_alone_keeps_that_name() {
        let result = written(None, &seen("a@b.co", "Ada"), &made("", "Countess"));
        assert_eq!(result, Some(("a@b.co".into(), "Countess".into())));
    }

    #[test]
    fn a_name_that_was_emptied_stays_empty() {
        let now = seen("a@b.co", "Ada");
        // By an edit, or by the write that made the row.
        for row in [edited("a@b.co", ""), made("a@b.co", "")] {
            assert_eq!(written(None, &now, &row), None);
            assert_eq!(written(Some(&now), &now, &row), None);
        }
        // Also when the address went away at Clerk, and another one came.
        let result = written(Some(&seen("", "Ada")), &now, &edited("", ""));
        assert_eq!(result, Some(("a@b.co".into(), String::new())));
    }
}
