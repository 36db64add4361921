//! Web addresses, read as browsers read them (<https://url.spec.whatwg.org>): which name this
//! machine, and where people may be sent.

use url::{Host, Url};

/// An address that people may be sent to with a proof in their hands: on this machine, or of an
/// origin that the instance's settings name. Whoever could choose it freely would be handed
/// sessions.
#[derive(Clone, Debug)]
pub struct Landing(Url);

impl Landing {
    /// The address, if people may be sent there; `allowed` are the origins that the settings name.
    pub fn of(address: &str, allowed: &[String]) -> Option<Self> {
        Self::checked(Url::parse(address).ok()?, allowed)
    }

    /// An address that may be written as it is in a link on the page at this one.
    pub fn beside(&self, address: &str, allowed: &[String]) -> Option<Self> {
        Self::checked(self.0.join(address).ok()?, allowed)
    }

    fn checked(url: Url, allowed: &[String]) -> Option<Self> {
        let web = ["http", "https"].contains(&url.scheme());
        let anonymous = url.username().is_empty() && url.password().is_none();
        let named = || {
            allowed
                .iter()
                .filter_map(|it| Url::parse(it).ok())
                .any(|it| it.origin() == url.origin())
        };
        (web && anonymous && (is_of_this_machine(&url) || named())).then_some(Self(url))
    }

    /// With more in its query.
    pub fn with(mut self, pairs: &[(&str, &str)]) -> Self {
        self.0.query_pairs_mut().extend_pairs(pairs);
        self
    }

    /// The origin, as pages send it.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The address, as browsers write it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The origin of a page, as it would send it.
pub fn origin(address: &str) -> Option<String> {
    let origin = Url::parse(address).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// The path of an address on this machine.
pub fn local_path(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let path = url.path().trim_end_matches('/').to_owned();
    (url.scheme() == "http" && is_of_this_machine(&url)).then_some(path)
}

/// The port that a `Host` names, if the host is this machine: by a name that no other machine can
/// be given (RFC 6761 § 6.3), or by its address.
pub fn local_port(host: &str) -> Option<u16> {
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    (bare && is_of_this_machine(&url))
        .then(|| url.port_or_known_default())
        .flatten()
}

fn is_of_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_of_this_machine_are_local() {
        for (host, port) in [
            ("localhost", 80),
            ("LOCALHOST:4000", 4000),
            ("app.localhost:4000", 4000),
            ("127.0.0.1:4000", 4000),
            ("127.0.0.2", 80),
            ("[::1]:4000", 4000),
        ] {
            assert_eq!(local_port(host), Some(port), "{host}");
        }
        for host in [
            "",
            "evil.example:4000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::1].evil",
            "localhost:4000@evil.example",
            "evil@localhost",
            "evil.example/localhost",
            "localhost/evil",
            "localhost:port",
            "192.168.0.1:4000",
            "0.0.0.0:4000",
        ] {
            assert_eq!(local_port(host), None, "{host}");
        }
    }

    #[test]
    fn a_path_is_local_where_its_host_is() {
        let path = |address| local_path(address);
        assert_eq!(
            path("http://127.0.0.1/__clerk").as_deref(),
            Some("/__clerk")
        );
        assert_eq!(path("http://localhost:8080").as_deref(), Some(""));
        assert_eq!(path("https://app.example/__clerk"), None);
        assert_eq!(path("http://localhost.evil.example/"), None);
        assert_eq!(path("http://localhost:80@evil.example/"), None);
    }

    #[test]
    fn an_address_is_sent_on_as_it_was_understood() {
        let landing = |address| Landing::of(address, &[]).map(|it| it.as_str().to_owned());
        let read = landing("http:\\\\localhost:8080\\@evil.example");
        assert_eq!(read.as_deref(), Some("http://localhost:8080/@evil.example"));
        assert_eq!(landing("http:evil.example"), None);
        let page = Landing::of("http://localhost:8080/in", &[]).expect("a page");
        let beside = |address| page.beside(address, &[]).map(|it| it.as_str().to_owned());
        assert_eq!(
            beside("done?a=1").as_deref(),
            Some("http://localhost:8080/done?a=1")
        );
        assert_eq!(beside("//evil.example"), None);
        assert_eq!(beside("/\\evil.example"), None);
    }

    #[test]
    fn an_allowed_origin_is_scheme_host_and_port() {
        let allowed = [
            "https://App.example:443/".to_owned(),
            "nonsense".to_owned(),
            "app:x".to_owned(),
        ];
        let may = |address| Landing::of(address, &allowed).is_some();
        assert!(may("https://app.example/x"));
        assert!(!may("http://app.example/x"));
        assert!(!may("https://app.example:8443/x"));
        assert!(!may("app:x"));
        assert!(!may("https://evil@app.example/"));
    }
}
