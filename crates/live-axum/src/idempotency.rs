//! Requests that count once (draft-ietf-httpapi-idempotency-key-header).

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use sfv::{BareItem, Item, Parser};
use sha2::{Digest, Sha256};

use crate::bad_request::BadRequest;

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key, in characters.
const KEY_MAX: usize = 255;

/// The request's `Idempotency-Key`, if it has one, and a fingerprint of the request, so that a
/// key that comes again with another request is noticed. An extractor.
#[derive(Clone, Debug, Default)]
pub struct IdempotencyKey(Option<Keyed>);

#[derive(Clone, Debug)]
struct Keyed {
    key: String,
    /// Method and path
    request: String,
    body: Body,
}

/// The digest of a body, once it was read: it comes after the extractors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body(Arc<OnceLock<[u8; 32]>>);

impl Body {
    /// Takes note of what was read.
    pub fn is(&self, bytes: &[u8]) {
        let _ = self.0.set(Sha256::digest(bytes).into());
    }
}

impl IdempotencyKey {
    /// Whether a text can be a key at all: 1 to 255 characters of visible ASCII and spaces.
    pub fn may_be(text: &str) -> bool {
        (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|it| matches!(it, b' '..=b'~'))
    }

    /// The key, which is visible ASCII and spaces.
    pub fn key(&self) -> Option<&str> {
        self.0.as_ref().map(|it| it.key.as_str())
    }

    /// Takes the body into the fingerprint. [`crate::Endpoints::mutation`] has done so already.
    pub fn covers(&self, body: &[u8]) {
        if let Some(keyed) = &self.0 {
            keyed.body.is(body);
        }
    }

    /// What tells the request from others: a digest of its method, path and body.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        if let Some(Keyed { request, body, .. }) = &self.0 {
            digest.update(request);
            digest.update(body.0.get().unwrap_or(&[0; 32]));
        }
        let digest: [u8; 32] = digest.finalize().into();
        let half = u128::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 16]));
        format!("{half:032x}")
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = BadRequest;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, BadRequest> {
        let Some(key) = key(&parts.headers)? else {
            return Ok(Self(None));
        };
        Ok(Self(Some(Keyed {
            key,
            request: format!("{} {}\n", parts.method, parts.uri),
            body: parts.extensions.get().cloned().unwrap_or_default(),
        })))
    }
}

/// A structured field whose value is a string (§ 2.1 of the draft, RFC 9651 § 3.3.3).
fn key(headers: &HeaderMap) -> Result<Option<String>, BadRequest> {
    let mut lines = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let item = Parser::new(line.as_bytes()).parse::<Item>();
    match item.map(|item| item.bare_item) {
        Ok(BareItem::String(key))
            if lines.next().is_none() && IdempotencyKey::may_be(key.as_str()) =>
        {
            Ok(Some(key.into()))
        }
        _ => Err(BadRequest::IdempotencyKey),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn of(method: &str, path: &str, lines: &[&str]) -> Result<IdempotencyKey, BadRequest> {
        let mut request = Request::builder().method(method).uri(path);
        for line in lines {
            request = request.header(IDEMPOTENCY_KEY, *line);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        IdempotencyKey::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_key_is_a_string_in_quotes() {
        let longest = format!("\"{}\"", "x".repeat(KEY_MAX));
        for (lines, expected) in [
            (&[] as &[&str], Ok(None)),
            (&["\"a b\""], Ok(Some("a b".to_owned()))),
            (&[r#""a\"\\""#], Ok(Some(r#"a"\"#.to_owned()))),
            (&["\"a\";p=1"], Ok(Some("a".to_owned()))),
            (&[&longest], Ok(Some("x".repeat(KEY_MAX)))),
            (&[""], Err(())),
            (&["\"\""], Err(())),
            (&["a"], Err(())),
            (&["8e03978e-40d5-43e8-bc93-6894a57f9324"], Err(())),
            (&["\"a"], Err(())),
            (&["\"a\", \"b\""], Err(())),
            (&["\"a\"", "\"b\""], Err(())),
            (&["\"ü\""], Err(())),
            (&[&format!("\"{}\"", "x".repeat(KEY_MAX + 1))], Err(())),
        ] {
            let found = of("POST", "/", lines).await;
            let found = found
                .map(|it| it.key().map(str::to_owned))
                .map_err(|error| {
                    assert_eq!(error, BadRequest::IdempotencyKey);
                });
            assert_eq!(found, expected, "{lines:?}");
        }
    }

    #[tokio::test]
    async fn another_request_has_another_fingerprint() {
        let mut seen = std::collections::HashSet::new();
        for (method, path, body) in [
            ("POST", "/a", "1"),
            ("PUT", "/a", "1"),
            ("POST", "/b", "1"),
            ("POST", "/a?b", "1"),
            ("POST", "/a", "2"),
            ("POST", "/a", ""),
        ] {
            let fingerprint = async || {
                let key = of(method, path, &["\"k\""]).await.expect("a key");
                key.covers(body.as_bytes());
                key.fingerprint()
            };
            assert_eq!(fingerprint().await, fingerprint().await);
            assert!(seen.insert(fingerprint().await), "{method} {path} {body}");
        }
    }
}
