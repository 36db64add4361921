//! Who may ask. Every request must name this machine where only this machine reaches the emulator:
//! a page whose name was bound to 127.0.0.1 does not. The dashboard, which shows the secret key, and
//! `/emulator` are for this machine without detours; the secret key is for servers, never for pages
//! of other sites, nor for what came through a proxy.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, FORWARDED, HOST, HeaderName, ORIGIN, VIA};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::address::local_port;
use crate::emulator::Emulator;
use crate::error::ClerkError;

/// What proxies say of themselves, beside headers that begin with [`FORWARDED_PREFIX`].
const PROXY_MARKS: [HeaderName; 4] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("clerk-proxy-url"),
];
const FORWARDED_PREFIX: &str = "x-forwarded-";

/// What a request tells of where it comes from.
struct Origins<'a> {
    headers: &'a HeaderMap,
    /// The other end of the connection, where that is known.
    peer: Option<SocketAddr>,
    /// The emulator's own port.
    port: u16,
}

impl<'a> Origins<'a> {
    fn of(request: &'a Request, emulator: &Emulator) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self {
            headers: request.headers(),
            peer: peer.map(|it| it.0),
            port: emulator.port(),
        }
    }

    fn text(&self, name: impl axum::http::header::AsHeaderName) -> Option<&'a str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }

    /// The port at this machine that the request names, if it names this machine.
    fn local_port(&self) -> Option<u16> {
        self.text(HOST).and_then(local_port)
    }

    /// Whether the connection comes from this machine.
    fn is_from_here(&self) -> bool {
        self.peer
            .is_some_and(|it| it.ip().to_canonical().is_loopback())
    }

    /// Whether it came through a proxy: one that says so, or one that passes on the name by which
    /// it was asked itself, as development servers do.
    fn is_proxied(&self) -> bool {
        let mut names = self.headers.keys();
        let marked =
            names.any(|it| PROXY_MARKS.contains(it) || it.as_str().starts_with(FORWARDED_PREFIX));
        let elsewhere = self.local_port().is_some_and(|port| port != self.port);
        marked || (elsewhere && self.is_from_here())
    }

    /// Whether a page other than the emulator's own made it. Servers send neither header.
    fn is_of_another_page(&self) -> bool {
        let own = |origin: &HeaderValue| {
            let host = self.text(HOST).unwrap_or_default();
            self.local_port().is_some() && origin.as_bytes() == format!("http://{host}").as_bytes()
        };
        let other = self.headers.get(ORIGIN).is_some_and(|origin| !own(origin));
        other
            || matches!(
                self.text("sec-fetch-site"),
                Some("cross-site" | "same-site")
            )
    }

    /// Whether somebody goes to a page, by a link perhaps, and not a script or a frame.
    fn is_visit(&self) -> bool {
        self.text("sec-fetch-mode") == Some("navigate")
            && self.text("sec-fetch-dest") == Some("document")
    }

    /// Refuses whoever is not on this machine, or came by a detour.
    fn must_be_from_here(&self) -> Result<(), ClerkError> {
        if self.local_port().is_none() || !self.is_from_here() || self.is_proxied() {
            return Err(ClerkError::new(
                StatusCode::FORBIDDEN,
                "local_only",
                "The dashboard and /emulator answer this machine only, at the emulator's own \
                 address, and through no proxy.",
            ));
        }
        Ok(())
    }

    /// Refuses pages of other sites; Clerk has this code for it.
    fn must_be_no_page(&self) -> Result<(), ClerkError> {
        if self.is_of_another_page() {
            return Err(ClerkError::bad(
                "origin_authorization_headers_conflict",
                "The secret key is for servers. A page must not send it.",
            ));
        }
        Ok(())
    }

    /// Refuses what came through a proxy: that is for the Frontend API.
    fn must_be_direct(&self) -> Result<(), ClerkError> {
        if self.is_proxied() {
            return Err(ClerkError::new(
                StatusCode::FORBIDDEN,
                "proxy_forbidden",
                "The Backend API cannot be used through a proxy. Call the emulator's own address.",
            ));
        }
        Ok(())
    }

    /// Refuses whoever shows no key at all.
    fn must_show_a_key(&self) -> Result<(), ClerkError> {
        if self.headers.contains_key(AUTHORIZATION) {
            return Ok(());
        }
        Err(ClerkError::new(
            StatusCode::UNAUTHORIZED,
            "authentication_invalid",
            "The Backend API requires the secret key as a bearer token.",
        ))
    }

    /// Refuses whoever does not show the secret key.
    fn must_know(&self, secret_key: &str) -> Result<(), ClerkError> {
        let shown = self.headers.get(AUTHORIZATION);
        let shown = shown.and_then(|it| it.as_bytes().strip_prefix(b"Bearer "));
        let right = shown.is_some_and(|shown| {
            let known = secret_key.as_bytes();
            aws_lc_rs::constant_time::verify_slices_are_equal(shown, known).is_ok()
        });
        right.then_some(()).ok_or_else(|| {
            ClerkError::new(
                StatusCode::UNAUTHORIZED,
                "clerk_key_invalid",
                "Send the emulator's secret key as a bearer token.",
            )
        })
    }
}

/// Runs the request if nobody minds.
async fn unless(refused: Result<(), ClerkError>, request: Request, next: Next) -> Response {
    match refused {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Every path: where only this machine reaches the emulator, a request must name it.
pub async fn host(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    let named = Origins::of(&request, &emulator).local_port().is_some();
    let refused = if named || !emulator.is_loopback() {
        Ok(())
    } else {
        Err(ClerkError::new(
            StatusCode::MISDIRECTED_REQUEST,
            "host_invalid",
            "The emulator answers to this machine's own names only, such as localhost.",
        ))
    };
    unless(refused, request, next).await
}

/// The dashboard: for whoever sits at this machine.
pub async fn dashboard(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    let asker = Origins::of(&request, &emulator);
    let mut refused = asker.must_be_from_here();
    if !asker.is_visit() {
        refused = refused.and_then(|()| asker.must_be_no_page());
    }
    unless(refused, request, next).await
}

/// `/emulator`: for programs on this machine that know the secret key.
pub async fn control(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    let asker = Origins::of(&request, &emulator);
    let refused = asker
        .must_be_from_here()
        .and_then(|()| asker.must_be_no_page())
        .and_then(|()| asker.must_know(emulator.secret_key()));
    unless(refused, request, next).await
}

/// The Backend API: for servers that know the secret key.
pub async fn server(State(emulator): State<Emulator>, request: Request, next: Next) -> Response {
    let asker = Origins::of(&request, &emulator);
    let refused = asker
        .must_show_a_key()
        .and_then(|()| asker.must_be_direct())
        .and_then(|()| asker.must_be_no_page())
        .and_then(|()| asker.must_know(emulator.secret_key()));
    unless(refused, request, next).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether somebody at this address who sends these headers is taken for one on this machine.
    fn is_from_here(peer: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            })
            .collect();
        let origins = Origins {
            headers: &headers,
            peer: Some(peer.parse().expect("an address")),
            port: 4000,
        };
        origins.must_be_from_here().is_ok()
    }

    #[test]
    fn a_forged_host_does_not_make_another_machine_this_one() {
        let own = ("host", "localhost:4000");
        for here in ["127.0.0.1:50000", "[::1]:50000", "[::ffff:127.0.0.1]:50000"] {
            assert!(is_from_here(here, &[own]), "{here}");
            assert!(!is_from_here(here, &[("host", "evil.example:4000")]));
            assert!(!is_from_here(here, &[("host", "localhost:5173")]));
            assert!(!is_from_here(
                here,
                &[own, ("x-forwarded-for", "127.0.0.1")]
            ));
        }
        for elsewhere in ["192.0.2.7:50000", "[2001:db8::7]:50000", "172.17.0.1:50000"] {
            assert!(!is_from_here(elsewhere, &[own]), "{elsewhere}");
        }
    }
}
