//! By which of its origins the proxy calls itself. Pure.

use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The name a browser used, as a proxy in between tells.
pub const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The origin of the page that a request names, the first one if it names none of them; never
/// another than these.
pub fn named<'a>(origins: &'a [String], headers: &HeaderMap) -> Option<&'a str> {
    let mut forwarded = headers
        .get_all(FORWARDED_HOST)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let named = forwarded
        .next_back()
        .or_else(|| headers.get(HOST).map(HeaderValue::as_bytes));
    let named = named.and_then(|it| std::str::from_utf8(it).ok())?;
    origins
        .iter()
        .find(|origin| without_scheme(origin).eq_ignore_ascii_case(named))
        .or(origins.first())
        .map(String::as_str)
}

/// The host, and the port unless it is the usual one, of an origin.
pub fn without_scheme(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_always_a_configured_one() {
        let origins = ["http://localhost:8080", "https://app.example.com"].map(String::from);
        for (headers, origin) in [
            (vec![(HOST, "app.example.com")], "https://app.example.com"),
            (vec![(HOST, "App.Example.com")], "https://app.example.com"),
            (vec![(HOST, "evil.example")], "http://localhost:8080"),
            (
                vec![(HOST, "127.0.0.1"), (FORWARDED_HOST, "app.example.com")],
                "https://app.example.com",
            ),
            (
                vec![(HOST, "a"), (FORWARDED_HOST, "evil.example")],
                "http://localhost:8080",
            ),
        ] {
            let headers = headers
                .into_iter()
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect();
            assert_eq!(named(&origins, &headers), Some(origin));
        }
    }
}
