//! Where a request carries its token. Pure.

use axum::http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::error::AuthError;
use crate::options::VerifierOptions;

/// Clerk's cookie with the session token.
const SESSION_COOKIE: &str = "__session";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// A token as the request carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    /// In the header, by a client that means to send it.
    Bearer(&'a str),
    /// In the cookie, which browsers send whether they are asked to or not.
    Cookie(&'a str),
}

/// The token of a request: of the one `Authorization` header, or of the cookie where that counts.
///
/// # Errors
/// [`AuthError::NoToken`] when there is none, [`AuthError::InvalidToken`] when there are several.
pub fn find<'a>(
    method: &Method,
    headers: &'a HeaderMap,
    options: &VerifierOptions,
) -> Result<Credential<'a>, AuthError> {
    match bearer(headers) {
        Err(AuthError::NoToken)
            if options.session_cookie && !headers.contains_key(AUTHORIZATION) =>
        {
            cookie(method, headers, &options.parties.origins).map(Credential::Cookie)
        }
        bearer => bearer.map(Credential::Bearer),
    }
}

/// The token of the one `Authorization` header (RFC 6750 § 2.1). Two of them are refused:
/// a proxy and this server might not read the same one.
fn bearer(headers: &HeaderMap) -> Result<&str, AuthError> {
    let mut headers = headers.get_all(AUTHORIZATION).iter();
    let header = headers.next().ok_or(AuthError::NoToken)?;
    if headers.next().is_some() {
        return Err(AuthError::InvalidToken("several Authorization headers"));
    }
    let header = header
        .to_str()
        .map_err(|_| AuthError::InvalidToken("Authorization is not ASCII"))?;
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(AuthError::NoToken),
    }
}

/// The token of the one cookie `__session`. A browser adds it to what any page makes it send, so
/// without a look at where the request comes from another site could act in a person's name.
fn cookie<'a>(
    method: &Method,
    headers: &'a HeaderMap,
    parties: &[String],
) -> Result<&'a str, AuthError> {
    let cookies = headers.get_all(COOKIE).iter();
    let pairs = cookies.filter_map(|header| header.to_str().ok());
    let pairs = pairs.flat_map(|header| header.split(';'));
    let mut tokens = pairs.filter_map(|pair| match pair.trim().split_once('=') {
        Some((SESSION_COOKIE, token)) => Some(token),
        _ => None,
    });
    let token = tokens.next().ok_or(AuthError::NoToken)?;
    if tokens.next().is_some() {
        return Err(AuthError::InvalidToken("several session cookies"));
    }
    if !is_own(method, headers, parties) {
        return Err(AuthError::InvalidToken(
            "the cookie comes with another origin's request",
        ));
    }
    Ok(token)
}

/// Whether a request comes from a page of one of the authorized parties, or from a person who
/// navigates here. Only a browser can be asked to send a cookie against a person's will, and it
/// says where the request comes from, by `Origin` (RFC 6454 § 7) or by
/// [fetch metadata](https://www.w3.org/TR/fetch-metadata/). What says nothing is refused.
fn is_own(method: &Method, headers: &HeaderMap, parties: &[String]) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    if let Some(origin) = origins.next() {
        return origins.next().is_none() && parties.iter().any(|party| *origin == **party);
    }
    let says = |name: HeaderName, value: &str| {
        let mut values = headers.get_all(name).iter();
        values.next().map(HeaderValue::as_bytes) == Some(value.as_bytes())
            && values.next().is_none()
    };
    // A link from elsewhere, as a cookie that is `SameSite=Lax` allows.
    let is_navigation = (method == Method::GET || method == Method::HEAD)
        && says(SEC_FETCH_MODE, "navigate")
        && says(SEC_FETCH_DEST, "document");
    says(SEC_FETCH_SITE, "same-origin") || says(SEC_FETCH_SITE, "none") || is_navigation
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::keys::KeySource;

    const COOKIE_ALONE: (&str, &str) = ("cookie", "a=b; __session=token; __session_x=other");

    fn found(
        cookies: bool,
        method: &Method,
        headers: &[(&'static str, &'static str)],
    ) -> Result<String, AuthError> {
        let keys = KeySource::Jwks {
            url: Url::parse("https://clerk.example/jwks").expect("a URL"),
            max_age: std::time::Duration::from_mins(1),
        };
        let options = VerifierOptions::new("https://clerk.example", keys)
            .authorized_parties(["https://app.example"])
            .session_cookie(cookies);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        find(method, &map, &options).map(|credential| format!("{credential:?}"))
    }

    #[test]
    fn the_cookie_counts_only_where_it_is_asked_for() {
        let headers = [COOKIE_ALONE, ("origin", "https://app.example")];
        assert_eq!(
            found(false, &Method::GET, &headers),
            Err(AuthError::NoToken)
        );
        assert_eq!(
            found(true, &Method::GET, &headers),
            Ok("Cookie(\"token\")".to_owned())
        );
    }

    #[test]
    fn the_header_goes_before_the_cookie() {
        for (header, expected) in [
            ("Bearer a", Ok("Bearer(\"a\")".to_owned())),
            // Whoever sends another scheme does not mean the cookie.
            ("Basic a", Err(AuthError::NoToken)),
        ] {
            let headers = [
                COOKIE_ALONE,
                ("sec-fetch-site", "same-origin"),
                ("authorization", header),
            ];
            assert_eq!(found(true, &Method::GET, &headers), expected, "{header}");
        }
    }

    #[test]
    fn a_request_of_an_authorized_party_may_use_the_cookie() {
        for (method, headers) in [
            (Method::POST, vec![("origin", "https://app.example")]),
            (
                Method::POST,
                vec![
                    ("origin", "https://app.example"),
                    ("sec-fetch-site", "same-site"),
                ],
            ),
            (Method::GET, vec![("sec-fetch-site", "same-origin")]),
            // Typed, or a bookmark.
            (Method::GET, vec![("sec-fetch-site", "none")]),
            // A link.
            (
                Method::GET,
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
            ),
        ] {
            let all = [vec![COOKIE_ALONE], headers].concat();
            found(true, &method, &all).expect("a token");
        }
    }

    #[test]
    fn no_other_site_may_use_the_cookie() {
        for (method, headers) in [
            // Nothing says where it comes from.
            (Method::GET, vec![]),
            (Method::POST, vec![("origin", "https://evil.example")]),
            (
                Method::POST,
                vec![("origin", "https://app.example.evil.example")],
            ),
            (Method::POST, vec![("origin", "null")]),
            (
                Method::POST,
                vec![
                    ("origin", "https://evil.example"),
                    ("sec-fetch-site", "same-origin"),
                ],
            ),
            (
                Method::POST,
                vec![
                    ("origin", "https://app.example"),
                    ("origin", "https://evil.example"),
                ],
            ),
            (Method::GET, vec![("sec-fetch-site", "cross-site")]),
            (Method::GET, vec![("sec-fetch-site", "same-site")]),
            // A picture, a frame, a form.
            (
                Method::GET,
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "no-cors"),
                    ("sec-fetch-dest", "image"),
                ],
            ),
            (
                Method::GET,
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "iframe"),
                ],
            ),
            (
                Method::POST,
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
            ),
            // Nobody knows which counts.
            (
                Method::GET,
                vec![
                    ("sec-fetch-site", "same-origin"),
                    ("cookie", "__session=another"),
                ],
            ),
        ] {
            let all = [vec![COOKIE_ALONE], headers].concat();
            let refused = found(true, &method, &all);
            assert!(
                matches!(refused, Err(AuthError::InvalidToken(_))),
                "{method} {all:?}: {refused:?}"
            );
        }
    }
}
