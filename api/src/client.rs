//! Who is at the other end of a connection, proxies aside.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client of a request, as far as it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address.
    pub address: IpAddr,
    /// Whether it came by TLS, as a trusted proxy says.
    pub secure: bool,
    /// Whether a trusted proxy stands in between.
    pub proxied: bool,
}

impl Client {
    /// The client of a request that came from `peer`. Forwarding headers count only when the
    /// peer is a trusted proxy, and then from the right, where the nearest proxy wrote.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = peer.to_canonical();
        if !is_in(trusted, peer) {
            return Self {
                address: peer,
                secure: false,
                proxied: false,
            };
        }
        let mut address = peer;
        'all: for header in headers.get_all(FORWARDED_FOR).iter().rev() {
            for hop in header.to_str().unwrap_or_default().rsplit(',') {
                // What cannot be read was not written by a proxy of ours.
                let Some(hop) = forwarded_address(hop) else {
                    break 'all;
                };
                address = hop;
                if !is_in(trusted, address) {
                    break 'all;
                }
            }
        }
        let proto = headers.get(FORWARDED_PROTO);
        Self {
            address,
            secure: proto.is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https")),
            proxied: true,
        }
    }

    /// What limits count as one.
    pub fn network(&self) -> IpAddr {
        network(self.address)
    }
}

/// What limits count as one: an IPv4 address, or the /64 network that one customer has of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

/// Whether one of these networks holds the address.
pub fn is_in(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: bare, in brackets or quotes, with the port or without.
fn forwarded_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let address = match hop.parse::<SocketAddr>() {
        Ok(with_port) => with_port.ip(),
        Err(_) => hop.trim_matches(['[', ']']).parse().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).expect("text"));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        Client::of(peer.parse().expect("an address"), &headers, &trusted)
            .address
            .to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_is_believed_from_the_right() {
        assert_eq!(client("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 198.51.100.7, 10.0.0.2"]),
            "198.51.100.7"
        );
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6", "198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(client("10.0.0.1", &["198.51.100.7, garbage"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn a_trusted_proxy_may_write_ports_brackets_and_quotes() {
        for (written, address) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[::ffff:198.51.100.7]:4711", "198.51.100.7"),
            ("6.6.6.6:1, 198.51.100.7:2, 10.0.0.2:3", "198.51.100.7"),
            // No address at all.
            ("unknown", "10.0.0.1"),
            ("198.51.100.7:port", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[written]), address, "{written}");
        }
    }

    #[test]
    fn one_customer_of_ipv6_is_one_network() {
        let client = Client {
            address: "2001:db8:1:2:3:4:5:6".parse().expect("an address"),
            secure: false,
            proxied: false,
        };
        assert_eq!(client.network().to_string(), "2001:db8:1:2::");
    }
}
