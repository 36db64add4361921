//! The rules for a session token that need no key. Pure: the time is an argument.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::error::{AuthError, MachineToken};
use crate::options::VerifierOptions;

/// Seconds by which clocks may differ.
pub const LEEWAY: u64 = 5;

/// The longest id of a person, in bytes.
const USER_ID_MAX: usize = 64;

/// Who acts in a person's name (<https://clerk.com/docs/guides/users/impersonation>).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Actor {
    /// The id of who acts.
    pub sub: String,
    /// What kind of actor it is, such as `agent`; none for a person.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// What is read of a payload and checked.
#[derive(Deserialize)]
pub struct Payload<'a> {
    /// One issuer, never a list of them (RFC 7519 § 4.1.1).
    #[serde(borrow)]
    iss: Cow<'a, str>,
    pub sub: String,
    pub exp: u64,
    pub iat: u64,
    nbf: Option<f64>,
    pub azp: Option<String>,
    pub sts: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    aud: Option<Audience>,
    #[serde(default, deserialize_with = "lenient")]
    pub sid: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub act: Option<Actor>,
}

/// RFC 7519 § 4.1.3
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// When a token says that it was issued. Nobody has verified it.
pub fn issued(payload: &str) -> Result<u64, AuthError> {
    #[derive(Deserialize)]
    struct Issued {
        iat: u64,
    }
    let issued: Result<Issued, _> = serde_json::from_str(payload);
    issued
        .map(|claims| claims.iat)
        .map_err(|_| AuthError::InvalidToken("no iat"))
}

/// Checks that a token that ends then has not expired: from that second on it has
/// (RFC 7519 § 4.1.4).
pub fn check_lifetime(exp: u64, now: u64) -> Result<(), AuthError> {
    if exp.saturating_add(LEEWAY) <= now {
        return Err(AuthError::InvalidToken("expired"));
    }
    Ok(())
}

impl Payload<'_> {
    /// The issuer, the origin the token was made for, a session that still has tasks to do, a token
    /// of the past or the future, the form of the id.
    pub fn check(&self, options: &VerifierOptions, now: u64) -> Result<(), AuthError> {
        let refuse = |reason| Err(AuthError::InvalidToken(reason));
        if self.sub.starts_with("mch_") {
            return Err(AuthError::MachineToken(MachineToken::M2m));
        }
        if self.iss != options.issuer {
            return refuse("iss is another issuer");
        }
        if !is_user_id(&self.sub) {
            return refuse("sub is no Clerk user id");
        }
        let latest = now.saturating_add(LEEWAY);
        if self.iat > latest {
            return refuse("iat is in the future");
        }
        #[allow(clippy::cast_precision_loss, reason = "seconds of this era are exact")]
        if self.nbf.is_some_and(|nbf| nbf > latest as f64) {
            return refuse("not yet valid");
        }
        check_lifetime(self.exp, now)?;
        let parties = &options.parties;
        match &self.azp {
            None if parties.may_be_missing => {}
            Some(azp) if parties.origins.contains(azp) => {}
            None => return refuse("no azp"),
            Some(_) => return refuse("azp is not an authorized party"),
        }
        if let Some(wanted) = &options.audience
            && !self.aud.as_ref().is_some_and(|aud| aud.names(wanted))
        {
            return refuse("aud is another audience");
        }
        if self.sts.as_deref() == Some("pending") {
            return refuse("the session is pending");
        }
        Ok(())
    }
}

impl Audience {
    fn names(&self, wanted: &String) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Many(audiences) => audiences.contains(wanted),
        }
    }
}

/// Whether this is the form of Clerk's ids of people: `user_` and ASCII letters and digits.
fn is_user_id(id: &str) -> bool {
    id.len() <= USER_ID_MAX
        && id.strip_prefix("user_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// A claim of the wanted form, or none: a JWT template may have one of this name that is not
/// Clerk's.
fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Claim<T> {
        Good(T),
        Other(IgnoredAny),
    }

    match Claim::deserialize(deserializer)? {
        Claim::Good(value) => Ok(Some(value)),
        Claim::Other(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use url::Url;

    use super::*;
    use crate::keys::KeySource;

    const NOW: u64 = 1_000_000;

    fn options() -> VerifierOptions {
        let keys = KeySource::Jwks {
            url: Url::parse("https://clerk.example/jwks").expect("a URL"),
            max_age: std::time::Duration::from_mins(1),
        };
        VerifierOptions::new("https://clerk.example", keys)
            .authorized_parties(["https://app.example"])
    }

    fn read(extra: &Value, options: &VerifierOptions) -> Result<(), AuthError> {
        let mut all = json!({
            "iss": "https://clerk.example", "sub": "user_1", "azp": "https://app.example",
            "exp": NOW + 60, "iat": NOW,
        });
        let (Some(all_map), Some(extra)) = (all.as_object_mut(), extra.as_object()) else {
            panic!("objects")
        };
        all_map.extend(extra.clone());
        let all = all.to_string();
        let payload: Result<Payload<'_>, _> = serde_json::from_str(&all);
        payload
            .map_err(|_| AuthError::InvalidToken("malformed claims"))?
            .check(options, NOW)
    }

    fn refused(extra: &Value) -> bool {
        read(extra, &options()).is_err()
    }

    #[test]
    fn a_session_token_of_the_app_is_accepted() {
        for extra in [
            json!({}),
            json!({"azp": "https://app.example", "sts": "active"}),
            json!({"iat": NOW + LEEWAY}),
            json!({"nbf": NOW + LEEWAY}),
            json!({"nbf": 1.5}),
            json!({"aud": 7, "sid": {}, "act": "x"}),
        ] {
            assert!(!refused(&extra), "{extra}");
        }
    }

    #[test]
    fn a_token_ends_when_it_says_so() {
        assert!(check_lifetime(NOW + 60, NOW + 59 + LEEWAY).is_ok());
        assert!(check_lifetime(NOW + 60, NOW + 60 + LEEWAY).is_err());
    }

    #[test]
    fn a_token_made_for_another_origin_or_time_is_refused() {
        for extra in [
            json!({"iss": "https://clerk.example/"}),
            json!({"azp": "https://evil.example"}),
            json!({"azp": "https://app.example.evil.example"}),
            json!({"azp": ""}),
            json!({"sts": "pending"}),
            json!({"iat": NOW + LEEWAY + 1}),
            json!({"nbf": NOW + LEEWAY + 1}),
            json!({"nbf": "1"}),
            json!({"sub": ""}),
            json!({"sub": "org_1"}),
        ] {
            assert!(refused(&extra), "{extra}");
        }
    }

    #[test]
    fn a_token_that_names_no_party_is_accepted_only_where_that_is_allowed() {
        let none = json!({ "azp": null });
        assert!(read(&none, &options()).is_err());
        let lax = options().allow_missing_party(true);
        assert!(read(&none, &lax).is_ok());
        assert!(read(&json!({"azp": "https://evil.example"}), &lax).is_err());
    }

    #[test]
    fn a_machine_is_no_person() {
        let refusal = read(&json!({"sub": "mch_1"}), &options()).expect_err("a machine");
        assert_eq!(refusal, AuthError::MachineToken(MachineToken::M2m));
    }
}
