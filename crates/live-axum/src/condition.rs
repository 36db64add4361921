//! Writing only to what is as it was.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use headers::HeaderMapExt;

use crate::bad_request::BadRequest;
use crate::tag;

/// The request's `If-Match` (RFC 9110 § 13.1.1), an extractor. A request without one writes to
/// whatever is there.
///
/// ```
/// use live_axum::{BadRequest, IfMatch};
///
/// fn change(version: Option<u64>, if_match: &IfMatch) -> Result<(), BadRequest> {
///     if_match.check(version)?;
///     // … in the same transaction in which the version was read.
///     Ok(())
/// }
///
/// assert_eq!(change(Some(7), &IfMatch::default()), Ok(()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<Wanted>);

#[derive(Clone, Debug)]
enum Wanted {
    OneOf(headers::IfMatch),
    /// What cannot be read is met by nothing.
    Unreadable,
}

impl IfMatch {
    /// Whether what is there is what the request wants: `there` is what its [`crate::Reply::etag`]
    /// says, none when there is nothing.
    ///
    /// # Errors
    /// [`BadRequest::Changed`] when it is not.
    pub fn check(&self, there: Option<impl fmt::Display>) -> Result<(), BadRequest> {
        let meets = match &self.0 {
            None => true,
            Some(Wanted::Unreadable) => false,
            Some(Wanted::OneOf(wanted)) => there
                .and_then(|it| tag::of(&it.to_string()).parse().ok())
                .is_some_and(|there| wanted.precondition_passes(&there)),
        };
        if meets {
            Ok(())
        } else {
            Err(BadRequest::Changed)
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let is_there = parts.headers.contains_key(axum::http::header::IF_MATCH);
        let wanted = is_there.then(|| {
            let wanted = parts.headers.typed_get();
            wanted.map_or(Wanted::Unreadable, Wanted::OneOf)
        });
        Ok(Self(wanted))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn meets(header: Option<&str>, there: Option<u64>) -> bool {
        let mut request = Request::new(());
        if let Some(header) = header {
            let value = header.parse().expect("a value");
            request.headers_mut().insert("if-match", value);
        }
        let (mut parts, ()) = request.into_parts();
        let Ok(if_match) = IfMatch::from_request_parts(&mut parts, &()).await;
        if_match.check(there).is_ok()
    }

    #[tokio::test]
    async fn it_is_met_by_what_it_names() {
        for (header, there, expected) in [
            (None, None, true),
            (None, Some(7), true),
            (Some("\"7\""), Some(7), true),
            (Some("\"6\", \"7\""), Some(7), true),
            (Some("*"), Some(7), true),
            (Some("\"6\""), Some(7), false),
            (Some("W/\"7\""), Some(7), false),
            (Some("\"7\""), None, false),
            (Some("*"), None, false),
            (Some("7"), Some(7), false),
        ] {
            assert_eq!(meets(header, there).await, expected, "{header:?} {there:?}");
        }
    }
}
