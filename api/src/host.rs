//! The names this server is called by.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Version};

use crate::config::Config;
use crate::error::ApiError;

/// The name a browser used, as a proxy in between tells.
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The names of this server that the configuration gives.
#[derive(Debug)]
pub struct Hosts {
    /// Origins of the page, such as `https://app.example.com`.
    origins: Vec<String>,
    /// The address it listens on.
    listen: IpAddr,
    /// Whether it answers by its own names only.
    own_only: bool,
}

impl Hosts {
    /// The authorized parties are the page's origins. Beside the emulator, only what is called
    /// by one of them or by a name of this machine is answered: the emulator trusts its machine,
    /// and a page whose name was bound to 127.0.0.1 is no part of it.
    pub fn new(config: &Config) -> Self {
        Self {
            origins: config.clerk.tokens.parties.origins.clone(),
            listen: config.listen_addr.ip(),
            own_only: config.clerk.emulator,
        }
    }

    /// Checks the names in a request.
    ///
    /// # Errors
    /// [`ApiError::BadHost`] when `Host` is absent from HTTP/1.1, stands twice or is malformed
    /// (RFC 9112 § 3.2); [`ApiError::WrongHost`] when the name is not one of this server's.
    pub fn check(&self, request: &Request) -> Result<(), ApiError> {
        let mut named = request.headers().get_all(HOST).iter();
        let host = match (named.next(), named.next()) {
            (Some(host), None) => Some(authority(host.as_bytes())?),
            (None, _) if request.version() != Version::HTTP_11 => None,
            _ => return Err(ApiError::BadHost),
        };
        if !self.own_only {
            return Ok(());
        }
        let all_own = host.iter().all(|host| self.is_own(host))
            && request.uri().authority().is_none_or(|it| self.is_own(it))
            && forwarded(request.headers())
                .all(|host| authority(host).is_ok_and(|host| self.is_own(&host)));
        if all_own {
            Ok(())
        } else {
            Err(ApiError::WrongHost)
        }
    }

    fn is_own(&self, named: &Authority) -> bool {
        let name = named.host();
        let configured = self.origins.iter().any(|origin| {
            Authority::try_from(without_scheme(origin))
                .is_ok_and(|own| own.host().eq_ignore_ascii_case(name))
        });
        // An address cannot be bound to another one, as names can.
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        configured
            || address.is_ok_and(|it| it.is_loopback() || it.is_unspecified() || it == self.listen)
            || name.eq_ignore_ascii_case("localhost")
    }
}

/// `example.com` or `example.com:8080`, from a header.
fn authority(value: &[u8]) -> Result<Authority, ApiError> {
    let authority = Authority::try_from(value).map_err(|_| ApiError::BadHost)?;
    // User information, which may stand before the host, does not belong here.
    let rest = authority.as_str().strip_prefix(authority.host());
    let well_formed = rest.is_some_and(|rest| {
        let port = rest.strip_prefix(':').unwrap_or(rest);
        port.is_empty() || port.bytes().all(|it| it.is_ascii_digit()) && port.parse::<u16>().is_ok()
    });
    if well_formed {
        Ok(authority)
    } else {
        Err(ApiError::BadHost)
    }
}

/// Every name that a proxy in between was called by.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers
        .get_all(FORWARDED_HOST)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
}

/// The host, and the port unless it is the usual one, of an origin.
fn without_scheme(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn hosts(own_only: bool) -> Hosts {
        Hosts {
            origins: vec![
                "http://localhost:8080".to_owned(),
                "https://app.example.com".to_owned(),
            ],
            listen: IpAddr::from([192, 168, 1, 5]),
            own_only,
        }
    }

    fn request(uri: &str, headers: &[(HeaderName, &str)]) -> Request {
        let request = Request::builder().uri(uri);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(name, *value)
        });
        request.body(Body::empty()).expect("a request")
    }

    #[test]
    fn one_well_formed_host_is_wanted() {
        for host in [
            "a",
            "a.example:80",
            "a:",
            "127.0.0.1:3000",
            "[::1]:3000",
            "[::1]",
        ] {
            let request = request("/", &[(HOST, host)]);
            hosts(false).check(&request).expect(host);
        }
        for host in [
            "", "a b", "a/b", "user@a", "a:b", "a:+80", "a:65536", "a:1:2", "a?b", "é",
        ] {
            let request = request("/", &[(HOST, host)]);
            let refused = hosts(false).check(&request);
            assert!(matches!(refused, Err(ApiError::BadHost)), "{host}");
        }
        for headers in [vec![], vec![(HOST, "a"), (HOST, "a")]] {
            let refused = hosts(false).check(&request("/", &headers));
            assert!(matches!(refused, Err(ApiError::BadHost)), "{headers:?}");
        }
        let mut old = request("/", &[]);
        *old.version_mut() = Version::HTTP_10;
        hosts(true).check(&old).expect("HTTP/1.0 needs none");
    }

    #[test]
    fn beside_the_emulator_only_own_names_count() {
        for host in [
            "localhost:8080",
            "LOCALHOST",
            "127.0.0.1:3000",
            "127.1.2.3",
            "[::1]:8080",
            "0.0.0.0:3000",
            "192.168.1.5:3000",
            "app.example.com",
        ] {
            let request = request("/", &[(HOST, host)]);
            hosts(true).check(&request).expect(host);
        }
        let own = (HOST, "127.0.0.1");
        for (uri, headers) in [
            ("/", vec![(HOST, "evil.example")]),
            ("/", vec![(HOST, "localhost.evil.example")]),
            ("/", vec![(HOST, "127.0.0.1.evil.example:3000")]),
            ("/", vec![(HOST, "192.168.1.6")]),
            ("http://evil.example/", vec![own.clone()]),
            (
                "/",
                vec![own.clone(), (FORWARDED_HOST, "evil.example:8080")],
            ),
            (
                "/",
                vec![own.clone(), (FORWARDED_HOST, "evil.example, localhost")],
            ),
            (
                "/",
                vec![
                    own.clone(),
                    (FORWARDED_HOST, "localhost"),
                    (FORWARDED_HOST, "evil.example"),
                ],
            ),
            ("/", vec![own, (FORWARDED_HOST, "")]),
        ] {
            let refused = hosts(true).check(&request(uri, &headers));
            assert!(matches!(refused, Err(ApiError::WrongHost)), "{headers:?}");
        }
    }
}
