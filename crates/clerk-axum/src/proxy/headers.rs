//! Which headers pass, and which belong to one connection. Pure.

use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONNECTION, CONTENT_TYPE, COOKIE,
    HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, ORIGIN, PROXY_AUTHENTICATE, RANGE, REFERER, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use axum::http::{HeaderMap, HeaderValue};

/// What of a request is passed on, beside headers that begin with one of [`PASSED_PREFIXES`].
const PASSED: [HeaderName; 14] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    AUTHORIZATION,
    CONTENT_TYPE,
    COOKIE,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    ORIGIN,
    RANGE,
    REFERER,
    USER_AGENT,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];
/// What browsers and clerk-js say of themselves.
const PASSED_PREFIXES: [&str; 2] = ["sec-", "x-clerk-"];

/// What belongs to one connection only, beside what `Connection` names (RFC 9110 § 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Whether the header holds one of Clerk's secret keys, however it is written.
pub fn has_secret_key(authorization: &HeaderValue) -> bool {
    authorization
        .as_bytes()
        .split(|byte| !byte.is_ascii_graphic() || b",\"".contains(byte))
        .any(|word| word.len() >= 3 && word[..3].eq_ignore_ascii_case(b"sk_"))
}

/// What of a request is passed on.
pub fn passed(headers: &HeaderMap) -> HeaderMap {
    let allowed = |name: &HeaderName| {
        PASSED.contains(name)
            || PASSED_PREFIXES
                .iter()
                .any(|prefix| name.as_str().starts_with(prefix))
    };
    copy(headers, allowed)
}

/// What of an answer is passed back.
pub fn returned(headers: &HeaderMap) -> HeaderMap {
    copy(headers, |_| true)
}

/// Those of these headers that are wanted and are not the connection's own.
fn copy(headers: &HeaderMap, wanted: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let of_the_connection = |name: &HeaderName| {
        OF_THE_CONNECTION.contains(name)
            || headers
                .get_all(CONNECTION)
                .iter()
                .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
                .any(|named| {
                    named
                        .trim_ascii()
                        .eq_ignore_ascii_case(name.as_str().as_bytes())
                })
    };
    headers
        .iter()
        .filter(|(name, _)| wanted(name) && !of_the_connection(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_is_seen_however_it_is_written() {
        for value in [
            "Bearer sk_test_a",
            "bearer sk_live_a",
            "Bearer  \tsk_test_a",
            "sk_test_a",
            "SK_TEST_A",
            "Bearer a, Bearer sk_test_a",
            "Bearer \"sk_test_a\"",
        ] {
            assert!(has_secret_key(&HeaderValue::from_static(value)), "{value}");
        }
        for value in [
            "Bearer eyJ.ask_a.sk_a",
            "Basic c2tfdGVzdA==",
            "Bearer ak_sk_1",
            "",
        ] {
            assert!(!has_secret_key(&HeaderValue::from_static(value)), "{value}");
        }
    }

    #[test]
    fn what_connection_names_stays_with_the_connection() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Clerk-One"),
            ("connection", "cookie"),
            ("x-clerk-one", "1"),
            ("x-clerk-two", "2"),
            ("cookie", "a=b"),
            ("keep-alive", "timeout=5"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        for copied in [passed(&headers), returned(&headers)] {
            let names: Vec<_> = copied.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["x-clerk-two"]);
        }
    }
}
