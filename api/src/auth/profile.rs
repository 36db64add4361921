//! What a session token says of the person beside who they are. Pure.

use serde::Deserialize;
use shared::{UserUpdate, nearest_name, validate_email};

/// The claims with which the app's JWT template tells of the person; plain session tokens have
/// none of them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Profile {
    email: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

impl Profile {
    /// As of when the row that [`Profile::first_row`] makes of a token issued then (in seconds
    /// since the Unix epoch) is complete, in milliseconds; none when the token says only a part
    /// of it.
    pub fn complete_as_of(&self, issued: u64) -> Option<i64> {
        let named = self.name.is_some() || self.given_name.is_some();
        (self.email.is_some() && named).then(|| {
            i64::try_from(issued)
                .unwrap_or(i64::MAX)
                .saturating_mul(1000)
        })
    }

    /// The first row of this person: e-mail address and name as far as the token carries valid
    /// ones. Plain session tokens carry neither; they come later, from the page.
    pub fn first_row(&self, clerk_id: &str) -> UserUpdate {
        let name = self.name.clone().unwrap_or_else(|| {
            [&self.given_name, &self.family_name]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" ")
        });
        UserUpdate {
            clerk_id: clerk_id.to_owned(),
            email: validate_email(self.email.as_deref().unwrap_or_default()).unwrap_or_default(),
            name: nearest_name(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row(claims: Value) -> (String, String) {
        let profile: Profile = serde_json::from_value(claims).expect("claims");
        let row = profile.first_row("user_1");
        assert_eq!(row.clerk_id, "user_1");
        (row.email, row.name)
    }

    fn pair(email: &str, name: &str) -> (String, String) {
        (email.to_owned(), name.to_owned())
    }

    #[test]
    fn the_first_row_takes_what_the_token_carries() {
        for (claims, expected) in [
            (
                json!({"email": "ada@example.com", "name": "Ada Lovelace"}),
                pair("ada@example.com", "Ada Lovelace"),
            ),
            (
                json!({"given_name": "Ada", "family_name": "Lovelace"}),
                pair("", "Ada Lovelace"),
            ),
            (json!({"given_name": "Ada"}), pair("", "Ada")),
        ] {
            assert_eq!(row(claims), expected);
        }
    }

    #[test]
    fn the_first_row_leaves_out_what_breaks_the_rules() {
        let claims = json!({"email": "no address", "name": "a\nb"});
        assert_eq!(row(claims), pair("", "a b"));
    }
}
