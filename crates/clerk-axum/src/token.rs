//! The form of a session token: its three parts, and what its header may say. Pure.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{AuthError, MachineToken};
use crate::members;

/// The longest token that is looked at, in bytes.
pub const TOKEN_MAX: usize = 8 * 1024;

/// What Clerk's header `cat` says of a session's token, and of any token in an older form
/// (@clerk/backend, `tokens/jwtCategories`).
const CATEGORY_SESSION: &str = "cl_B7d4PD111AAA";
const CATEGORY_ANY: &str = "cl_I7d4PD111III";
/// And of an M2M token.
const CATEGORY_M2M: &str = "cl_B7d4PD333AAA";

/// The parts of a token. Nobody has verified it yet.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Header and payload as they were signed.
    pub signed: &'a str,
    /// The name of the key that signed them.
    pub kid: Option<String>,
    /// A JSON object whose members are unique.
    pub payload: String,
    /// Of the signed parts.
    pub signature: Vec<u8>,
}

/// What is read of a header (RFC 7515 § 4.1).
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    kid: Option<String>,
    #[serde(borrow)]
    typ: Option<Cow<'a, str>>,
    #[serde(borrow)]
    cat: Option<Cow<'a, str>>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    cty: Option<IgnoredAny>,
}

impl<'a> Parts<'a> {
    /// The parts of this token.
    ///
    /// # Errors
    /// When it is no JWT, none of RS256, one of a machine, or has a header that session
    /// tokens do not have.
    pub fn of(token: &'a str) -> Result<Self, AuthError> {
        if let Some(kind) = by_prefix(token) {
            return Err(AuthError::MachineToken(kind));
        }
        let malformed = AuthError::InvalidToken("malformed");
        let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(malformed)?;
        // A dot is in no alphabet of base64.
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed);
        let text = |part: &str| String::from_utf8(decode(part)?).map_err(|_| malformed);
        let (header, payload) = (text(header)?, text(payload)?);
        if !members::are_unique(&header) || !members::are_unique(&payload) {
            return Err(malformed);
        }
        let header: Header<'_> = serde_json::from_str(&header).map_err(|_| malformed)?;
        header.check()?;
        Ok(Self {
            signed,
            kid: header.kid,
            payload,
            signature: decode(signature)?,
        })
    }
}

impl Header<'_> {
    /// Only what a session token's header has: nothing that names its own key, nothing encrypted
    /// or compressed, no extension that must be understood, no other kind of token.
    fn check(&self) -> Result<(), AuthError> {
        let names_a_key =
            self.jku.is_some() || self.jwk.is_some() || self.x5u.is_some() || self.x5c.is_some();
        let extensions = [&self.crit, &self.b64, &self.enc, &self.zip, &self.cty];
        let unknown_form = extensions.iter().any(|it| it.is_some());
        if self.alg != "RS256" {
            return Err(AuthError::InvalidToken("not RS256"));
        }
        if names_a_key {
            return Err(AuthError::InvalidToken("brings its own key"));
        }
        if unknown_form {
            return Err(AuthError::InvalidToken("not a session token"));
        }
        match self.typ.as_deref() {
            None | Some("JWT") => {}
            // RFC 9068 § 2.1
            Some("at+jwt" | "application/at+jwt") => {
                return Err(AuthError::MachineToken(MachineToken::OAuth));
            }
            Some(_) => return Err(AuthError::InvalidToken("not a session token")),
        }
        match self.cat.as_deref() {
            None | Some(CATEGORY_SESSION | CATEGORY_ANY) => Ok(()),
            Some(CATEGORY_M2M) => Err(AuthError::MachineToken(MachineToken::M2m)),
            Some(_) => Err(AuthError::InvalidToken("of another category")),
        }
    }
}

/// Clerk's opaque tokens begin with their kind.
fn by_prefix(token: &str) -> Option<MachineToken> {
    let kinds = [
        ("mt_", MachineToken::M2m),
        ("ak_", MachineToken::ApiKey),
        ("oat_", MachineToken::OAuth),
    ];
    let kind = kinds.iter().find(|(prefix, _)| token.starts_with(prefix));
    kind.map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.{}",
            encode(header),
            encode("{}"),
            encode("signature")
        )
    }

    fn refusal(token: &str) -> AuthError {
        Parts::of(token).expect_err(token)
    }

    #[test]
    fn a_token_has_three_parts() {
        let token = token(r#"{"alg":"RS256","kid":"a","cat":"cl_B7d4PD111AAA"}"#);
        let parts = Parts::of(&token).expect("a token");
        assert_eq!(parts.kid.as_deref(), Some("a"));
        assert_eq!(
            (parts.payload.as_str(), parts.signature.as_slice()),
            ("{}", b"signature".as_slice())
        );
        assert!(token.starts_with(parts.signed));
    }

    #[test]
    fn header_and_payload_are_text() {
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let (good, bad) = (
            encode(br#"{"alg":"RS256"}"#),
            encode(b"{\"alg\":\"RS256\xff\"}"),
        );
        for (header, payload) in [(&bad, &good), (&good, &bad)] {
            let token = format!("{header}.{payload}.{good}");
            assert_eq!(refusal(&token), AuthError::InvalidToken("malformed"));
        }
    }

    #[test]
    fn a_machines_token_is_known_by_its_prefix() {
        for (token, kind) in [
            ("mt_a", MachineToken::M2m),
            ("ak_a", MachineToken::ApiKey),
            ("oat_a", MachineToken::OAuth),
        ] {
            assert_eq!(refusal(token), AuthError::MachineToken(kind));
        }
    }

    #[test]
    fn a_machines_jwt_is_known_by_its_header() {
        for (header, kind) in [
            (
                r#"{"alg":"RS256","cat":"cl_B7d4PD333AAA"}"#,
                MachineToken::M2m,
            ),
            (r#"{"alg":"RS256","typ":"at+jwt"}"#, MachineToken::OAuth),
            (
                r#"{"alg":"RS256","typ":"application/at+jwt"}"#,
                MachineToken::OAuth,
            ),
        ] {
            assert_eq!(refusal(&token(header)), AuthError::MachineToken(kind));
        }
        let other = token(r#"{"alg":"RS256","cat":"cl_B7d4PD999AAA"}"#);
        assert_eq!(
            refusal(&other),
            AuthError::InvalidToken("of another category")
        );
    }
}
