//! The Clerk instance, and all that follows from its publishable key.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use environment::{ConfigError, Env};
use jsonwebtoken::DecodingKey;
use url::Url;

use super::KeySource;
use crate::rsa;

/// The Frontend API host of the emulator's publishable key. clerk-js takes an instance for one of
/// development by this ending; requests go through the proxy, none goes to this host.
const EMULATOR_HOST: &str = "emulator.clerk.accounts.dev";
/// Where Clerk takes proxied Frontend API requests
/// (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).
const CLERK_PROXY_UPSTREAM: &str = "https://frontend-api.clerk.dev";
/// How long keys that were fetched go on working while the JWKS host is down, unless told otherwise.
const JWKS_MAX_AGE: Duration = Duration::from_hours(24);
/// The path under which the emulator is reached by default.
const EMULATOR_PROXY_PATH: &str = "/__clerk";

/// The Clerk instance, real or emulated, and what follows from its publishable key.
pub(super) struct Instance {
    pub(super) emulator: bool,
    /// The Frontend API's host that the publishable key names.
    pub(super) host: String,
    pub(super) publishable_key: String,
    pub(super) proxy_url: Option<String>,
    pub(super) upstream: Url,
    pub(super) issuer: String,
    pub(super) keys: KeySource,
}

impl Instance {
    pub(super) fn read(env: Env<'_>, emulator_addr: SocketAddr) -> Result<Self, ConfigError> {
        let key = env.get("CLERK_PUBLISHABLE_KEY")?;
        let emulator = key.is_none();
        // A release trusts the emulator only where somebody says so.
        let may_trust = env
            .switch("CLERK_EMULATOR")?
            .unwrap_or(cfg!(debug_assertions));
        if emulator && !may_trust {
            return Err(ConfigError {
                name: "CLERK_PUBLISHABLE_KEY",
                expected: "not set; CLERK_EMULATOR=1 has the local emulator stand in, for development",
            });
        }
        let publishable_key = key.unwrap_or_else(|| {
            format!(
                "pk_test_{}",
                STANDARD_NO_PAD.encode(format!("{EMULATOR_HOST}$"))
            )
        });
        let host = frontend_api_host(&publishable_key).ok_or(ConfigError {
            name: "CLERK_PUBLISHABLE_KEY",
            expected: "expected a key of Clerk's dashboard, pk_test_… or pk_live_…",
        })?;
        let frontend_api = if emulator {
            format!("http://{emulator_addr}")
        } else {
            format!("https://{host}")
        };
        let proxy_url = proxy_url(env)?.or_else(|| emulator.then(|| EMULATOR_PROXY_PATH.into()));
        let issuer = env
            .http_url("CLERK_ISSUER")?
            .and(env.get("CLERK_ISSUER")?)
            .or_else(|| proxy_url.clone().filter(|url| !url.starts_with('/')))
            .unwrap_or_else(|| frontend_api.clone());
        let jwks_url = env.http_url("CLERK_JWKS_URL")?;
        let max_age = env
            .parse("CLERK_JWKS_MAX_AGE", "expected a number of seconds from 1")?
            .map_or(JWKS_MAX_AGE, |seconds: NonZeroU32| {
                Duration::from_secs(seconds.get().into())
            });
        let keys = match env.get("CLERK_JWT_KEY")? {
            Some(pem) => KeySource::Fixed(Box::new(jwt_key(&pem)?)),
            None => KeySource::Jwks {
                url: jwks_url
                    .unwrap_or(parse_own(&format!("{frontend_api}/.well-known/jwks.json"))?),
                max_age,
            },
        };
        let upstream = parse_own(if emulator {
            &frontend_api
        } else {
            CLERK_PROXY_UPSTREAM
        })?;
        Ok(Self {
            emulator,
            host,
            publishable_key,
            proxy_url,
            upstream,
            issuer,
            keys,
        })
    }
}

/// A URL made of the publishable key's host, which may still be no host at all.
fn parse_own(url: &str) -> Result<Url, ConfigError> {
    Url::parse(url).map_err(|_| ConfigError {
        name: "CLERK_PUBLISHABLE_KEY",
        expected: "does not hold a host name",
    })
}

/// A public key that can verify tokens. A PEM in one line of `.env` has its line breaks written
/// as \n.
fn jwt_key(pem: &str) -> Result<DecodingKey, ConfigError> {
    DecodingKey::from_rsa_pem(pem.replace("\\n", "\n").as_bytes())
        .ok()
        .filter(rsa::can_verify)
        .ok_or(ConfigError {
            name: "CLERK_JWT_KEY",
            expected: "expected an RSA public key of at least 2048 bits in PEM form",
        })
}

fn proxy_url(env: Env<'_>) -> Result<Option<String>, ConfigError> {
    let Some(url) = env.get("CLERK_PROXY_URL")? else {
        return Ok(None);
    };
    let is_path = url.len() > 1
        && url.starts_with('/')
        && url
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b))
        && !url.contains("//")
        && !url.ends_with('/');
    let reserved = url == "/api" || url.starts_with("/api/");
    // It is shown to every page, and it is the issuer: host and path, and nothing else.
    let is_url = env.http_url("CLERK_PROXY_URL").is_ok_and(|url| {
        url.is_some_and(|url| {
            url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        })
    });
    if (is_path && !reserved) || is_url {
        return Ok(Some(url));
    }
    Err(ConfigError {
        name: "CLERK_PROXY_URL",
        expected: "expected a path such as /__clerk or a URL such as https://example.com/__clerk",
    })
}

/// The Frontend API host that a publishable key holds: `pk_test_` or `pk_live_` followed by
/// base64 of the host and `$`.
fn frontend_api_host(publishable_key: &str) -> Option<String> {
    let encoded = publishable_key
        .strip_prefix("pk_test_")
        .or_else(|| publishable_key.strip_prefix("pk_live_"))?;
    let decoded = STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
    let host = String::from_utf8(decoded)
        .ok()?
        .strip_suffix('$')?
        .to_owned();
    let plausible = host.contains('.')
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
    plausible.then_some(host)
}
