//! What a session token says. Pure: the time is an argument.

use clerk_claims::{Authorization, AuthorizationClaims};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::AuthError;
use crate::options::VerifierOptions;
use crate::payload::{Actor, Payload};

/// The claims of a Clerk session token
/// (<https://clerk.com/docs/guides/sessions/session-tokens>) or of one by a JWT template; `Extra`
/// are the app's own.
///
/// ```
/// use clerk_axum::Claims;
///
/// /// What the app's session token or JWT template adds.
/// #[derive(serde::Deserialize)]
/// struct Profile {
///     email: Option<String>,
/// }
///
/// fn address(claims: &Claims<Profile>) -> Option<&str> {
///     claims.extra.email.as_deref()
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claims<Extra = NoExtra> {
    /// Clerk's id of the person.
    pub sub: String,
    /// The session's id; tokens by a JWT template have none.
    pub sid: Option<String>,
    /// The origin that the token was made for: one of the authorized parties.
    pub azp: Option<String>,
    /// When it was issued, in seconds since the Unix epoch.
    pub iat: u64,
    /// When it ends, in seconds since the Unix epoch.
    pub exp: u64,
    /// The session's status; never `pending`, which is refused.
    pub sts: Option<String>,
    /// Who acts in the person's name, if somebody does.
    pub act: Option<Actor>,
    /// The organization, features, plans and the age of the verification.
    pub authorization: Authorization,
    /// The app's own claims.
    pub extra: Extra,
}

/// No claims of the app's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct NoExtra {}

impl<Extra: DeserializeOwned> Claims<Extra> {
    /// The claims of a payload whose signature is good, checked for all that it does not cover.
    pub(crate) fn read(
        payload: &str,
        options: &VerifierOptions,
        now: u64,
    ) -> Result<Self, AuthError> {
        let refused = |reason| move |_| AuthError::InvalidToken(reason);
        let read: Payload<'_> = serde_json::from_str(payload).map_err(refused(
            "one of sub, iss, iat, exp, nbf, azp, sts is missing or malformed",
        ))?;
        read.check(options, now)?;
        let authorization: AuthorizationClaims =
            serde_json::from_str(payload).map_err(refused("malformed organization claims"))?;
        let extra = serde_json::from_str(payload)
            .map_err(refused("the app's own claims are missing or malformed"))?;
        Ok(Self {
            authorization: authorization.authorization(&read.sub),
            sub: read.sub,
            sid: read.sid,
            azp: read.azp,
            iat: read.iat,
            exp: read.exp,
            sts: read.sts,
            act: read.act,
            extra,
        })
    }
}

#[cfg(test)]
mod tests {
    use clerk_claims::Condition;
    use serde_json::json;

    use super::*;
    use crate::keys::KeySource;

    #[test]
    fn what_clerk_says_beside_the_person_is_typed() {
        let keys = KeySource::Jwks {
            url: "https://clerk.example/jwks".parse().expect("a URL"),
            max_age: std::time::Duration::from_mins(1),
        };
        let options = VerifierOptions::new("https://clerk.example", keys)
            .authorized_parties(["https://app.example"]);
        let payload = json!({
            "iss": "https://clerk.example", "sub": "user_1", "azp": "https://app.example",
            "exp": 60, "iat": 0, "sid": "sess_1", "sts": "active", "v": 2,
            "act": { "sub": "user_2", "iss": "x" }, "o": { "id": "org_1", "rol": "admin" },
            "fva": [1, -1], "pla": "o:pro",
        });
        let claims: Claims = Claims::read(&payload.to_string(), &options, 0).expect("claims");
        assert_eq!(claims.sid.as_deref(), Some("sess_1"));
        assert_eq!(claims.act.map(|act| act.sub).as_deref(), Some("user_2"));
        let admin = Condition::new().role("org:admin").plan("pro");
        assert!(claims.authorization.has(&admin));
    }
}
