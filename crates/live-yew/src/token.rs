//! Bearer tokens, as whoever signs people in gives them.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use live::Token;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What is taken for the lifetime of a token that does not tell, in seconds.
const LIFETIME: u32 = 60;

/// What kind of token is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// For how many seconds it must be good at least.
    pub good_for: u32,
    /// Whether it must be a new one, since the one before was refused.
    pub fresh: bool,
}

type Answer = Pin<Box<dyn Future<Output = Option<String>>>>;

/// Gives tokens: a function that answers one, or none when there is none at the moment.
///
/// ```
/// use clerk_yew::{TokenOptions, get_token};
/// use live_yew::Tokens;
///
/// let tokens = Tokens::new(async |ask| {
///     let options = TokenOptions::new().leeway_in_seconds(ask.good_for).skip_cache(ask.fresh);
///     get_token(&options).await.ok()
/// });
/// ```
#[derive(Clone)]
pub struct Tokens(Rc<dyn Fn(Ask) -> Answer>);

impl Tokens {
    /// Tokens by this function.
    pub fn new<F>(give: F) -> Self
    where
        F: AsyncFn(Ask) -> Option<String> + 'static,
    {
        let give = Rc::new(give);
        Self(Rc::new(move |ask| {
            let give = give.clone();
            Box::pin(async move { give(ask).await })
        }))
    }

    /// A token of this person. Another person's is none: somebody else has signed in, and this tab
    /// has not noticed yet.
    pub(crate) async fn of(&self, person: &str, ask: Ask) -> Option<Token> {
        token_of((self.0)(ask).await?, person)
    }
}

impl PartialEq for Tokens {
    /// Functions cannot be compared; so all count as the same, and a provider goes on using the first.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// What of a token's claims (RFC 7519 § 4.1) matters here; the server checks all of them.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: Option<f64>,
    exp: Option<f64>,
}

/// What a token says.
pub(crate) fn claims<T: DeserializeOwned>(text: &str) -> Option<T> {
    let payload = BASE64_URL_SAFE_NO_PAD
        .decode(text.split('.').nth(1)?)
        .ok()?;
    // As text, like all other JSON: another reader would be some kilobytes of wasm.
    serde_json::from_str(std::str::from_utf8(&payload).ok()?).ok()
}

fn token_of(text: String, person: &str) -> Option<Token> {
    let claims: Claims = claims(&text)?;
    if claims.sub != person {
        return None;
    }
    let seconds = claims.exp.zip(claims.iat).map(|(exp, iat)| exp - iat);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    let lifetime = seconds.map_or(LIFETIME * 1_000, |it| (it * 1_000.0) as u32);
    Some(Token { text, lifetime })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(claims: &str) -> String {
        format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_tells_whose_it_is_and_how_long_it_lives() {
        let text = written(r#"{"sub":"user_1","iat":100,"exp":105}"#);
        let token = token_of(text.clone(), "user_1").expect("a token");
        assert_eq!((token.text, token.lifetime), (text.clone(), 5_000));
        assert_eq!(token_of(text, "user_2"), None);
        let text = written(r#"{"sub":"user_1"}"#);
        assert_eq!(token_of(text, "user_1").map(|it| it.lifetime), Some(60_000));
        assert_eq!(token_of("nonsense".into(), "user_1"), None);
    }
}
