//! What a session token says, and the rules that need no key. Pure: the time is an argument.

use serde::Deserialize;
use shared::{UserUpdate, nearest_name, validate_clerk_id, validate_email};

use crate::config::Parties;
use crate::error::ApiError;

/// Seconds by which clocks may differ.
pub const LEEWAY: u64 = 5;

/// The claims of a Clerk session token
/// (<https://clerk.com/docs/guides/sessions/session-tokens>) or of one by a JWT template.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// Clerk's id of the person.
    pub sub: String,
    /// When the token ends, in seconds since the Unix epoch.
    pub exp: u64,
    /// When it was issued, in seconds since the Unix epoch.
    pub iat: u64,
    /// One issuer, never a list of them (RFC 7519 § 4.1.1).
    iss: String,
    azp: Option<String>,
    sts: Option<String>,
    email: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

impl Claims {
    /// Checks what the signature does not cover: the issuer, the origin the token was made for, a session
    /// that still has tasks to do, a token of the past or the future, the form of the id.
    pub fn check(&self, issuer: &str, parties: &Parties, now: u64) -> Result<(), ApiError> {
        let refuse = |reason| Err(ApiError::InvalidToken(reason));
        if self.iss != issuer {
            return refuse("iss is another issuer");
        }
        if validate_clerk_id(&self.sub).is_err() {
            return refuse("sub is no Clerk user id");
        }
        if self.iat > now.saturating_add(LEEWAY) {
            return refuse("iat is in the future");
        }
        self.check_lifetime(now)?;
        match &self.azp {
            None if parties.may_be_missing => {}
            Some(azp) if parties.origins.contains(azp) => {}
            None => return refuse("no azp"),
            Some(_) => return refuse("azp is not an authorized party"),
        }
        if self.sts.as_deref() == Some("pending") {
            return refuse("the session is pending");
        }
        Ok(())
    }

    /// The claims without those that have done their work.
    #[must_use]
    pub fn checked(self) -> Self {
        Self {
            iss: String::new(),
            azp: None,
            sts: None,
            ..self
        }
    }

    /// Checks that the token has not expired: from `exp` on it has (RFC 7519 § 4.1.4).
    pub fn check_lifetime(&self, now: u64) -> Result<(), ApiError> {
        if self.exp.saturating_add(LEEWAY) <= now {
            return Err(ApiError::InvalidToken("expired"));
        }
        Ok(())
    }

    /// As of when the row that [`Claims::first_row`] makes is complete, in milliseconds since
    /// the Unix epoch; none when the token says only a part of it.
    pub fn complete_as_of(&self) -> Option<i64> {
        let named = self.name.is_some() || self.given_name.is_some();
        (self.email.is_some() && named).then(|| {
            i64::try_from(self.iat)
                .unwrap_or(i64::MAX)
                .saturating_mul(1000)
        })
    }

    /// The first row of this person: e-mail address and name as far as the token carries valid
    /// ones. Plain session tokens carry neither; they come later, from the page.
    pub fn first_row(&self) -> UserUpdate {
        let name = self.name.clone().unwrap_or_else(|| {
            [&self.given_name, &self.family_name]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" ")
        });
        UserUpdate {
            clerk_id: self.sub.clone(),
            email: validate_email(self.email.as_deref().unwrap_or_default()).unwrap_or_default(),
            name: nearest_name(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: u64 = 1_000_000;
    const ISSUER: &str = "https://clerk.example";

    fn claims(extra: &Value) -> Claims {
        let mut all = json!({
            "iss": ISSUER, "sub": "user_1", "azp": "https://app.example",
            "exp": NOW + 60, "iat": NOW,
        });
        let (Some(all_map), Some(extra)) = (all.as_object_mut(), extra.as_object()) else {
            panic!("objects")
        };
        all_map.extend(extra.clone());
        serde_json::from_value(all).expect("claims")
    }

    fn parties(may_be_missing: bool) -> Parties {
        Parties {
            origins: vec!["https://app.example".to_owned()],
            may_be_missing,
        }
    }

    fn refused(extra: &Value) -> bool {
        claims(extra).check(ISSUER, &parties(false), NOW).is_err()
    }

    #[test]
    fn a_session_token_of_the_app_is_accepted() {
        assert!(!refused(&json!({})));
        assert!(!refused(
            &json!({"azp": "https://app.example", "sts": "active"})
        ));
        assert!(!refused(&json!({"iat": NOW + LEEWAY})));
    }

    #[test]
    fn a_token_ends_when_it_says_so() {
        let claims = claims(&json!({}));
        assert!(claims.check_lifetime(NOW + 59 + LEEWAY).is_ok());
        assert!(claims.check_lifetime(NOW + 60 + LEEWAY).is_err());
    }

    #[test]
    fn a_token_made_for_another_origin_or_time_is_refused() {
        assert!(refused(&json!({"iss": "https://clerk.example/"})));
        assert!(refused(&json!({"azp": "https://evil.example"})));
        assert!(refused(&json!({"azp": "https://app.example.evil.example"})));
        assert!(refused(&json!({"azp": ""})));
        assert!(refused(&json!({"sts": "pending"})));
        assert!(refused(&json!({"iat": NOW + LEEWAY + 1})));
        assert!(refused(&json!({"sub": ""})));
        assert!(refused(&json!({"sub": "org_1"})));
    }

    #[test]
    fn a_token_that_names_no_party_is_accepted_only_where_that_is_allowed() {
        let none = claims(&json!({ "azp": null }));
        assert!(none.check(ISSUER, &parties(false), NOW).is_err());
        assert!(none.check(ISSUER, &parties(true), NOW).is_ok());
        let another = claims(&json!({"azp": "https://evil.example"}));
        assert!(another.check(ISSUER, &parties(true), NOW).is_err());
    }

    #[test]
    fn the_first_row_takes_what_the_token_carries() {
        let row = claims(&json!({"email": "ada@example.com", "name": "Ada Lovelace"})).first_row();
        assert_eq!(
            (row.email.as_str(), row.name.as_str()),
            ("ada@example.com", "Ada Lovelace")
        );
        let row = claims(&json!({"given_name": "Ada", "family_name": "Lovelace"})).first_row();
        assert_eq!(
            (row.email.as_str(), row.name.as_str()),
            ("", "Ada Lovelace")
        );
        let row = claims(&json!({"given_name": "Ada"})).first_row();
        assert_eq!(row.name, "Ada");
    }

    #[test]
    fn the_first_row_leaves_out_what_breaks_the_rules() {
        let row = claims(&json!({"email": "no address", "name": "a\nb"})).first_row();
        assert_eq!((row.email.as_str(), row.name.as_str()), ("", "a b"));
    }
}
