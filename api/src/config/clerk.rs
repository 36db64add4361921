//! The Clerk instance, and all that follows from its publishable key.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jsonwebtoken::DecodingKey;
use url::Url;

use super::KeySource;
use super::env::{ConfigError, Env};

/// The Frontend API host of the emulator's publishable key. clerk-js takes an instance for one of
/// development by this ending; requests go through the proxy, none goes to this host.
const EMULATOR_HOST: &str = "emulator.clerk.accounts.dev";
/// Where Clerk takes proxied Frontend API requests
/// (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).
const CLERK_PROXY_UPSTREAM: &str = "https://frontend-api.clerk.dev";
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
    pub(super) fn read<F: Fn(&str) -> Option<String>>(
        env: &Env<'_, F>,
        emulator_addr: SocketAddr,
    ) -> Result<Self, ConfigError> {
        let key = env.get("CLERK_PUBLISHABLE_KEY");
        let emulator = key.is_none();
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
            .get("CLERK_ISSUER")
            .or_else(|| proxy_url.clone().filter(|url| !url.starts_with('/')))
            .unwrap_or_else(|| frontend_api.clone());
        let keys = match env.get("CLERK_JWT_KEY") {
            // A PEM in one line of `.env` has its line breaks written as \n.
            Some(pem) => DecodingKey::from_rsa_pem(pem.replace("\\n", "\n").as_bytes())
                .map(|key| KeySource::Fixed(Box::new(key)))
                .map_err(|_| ConfigError {
                    name: "CLERK_JWT_KEY",
                    expected: "expected an RSA public key in PEM form",
                })?,
            None => KeySource::Jwks(
                env.http_url("CLERK_JWKS_URL")?
                    .unwrap_or(parse_own(&format!("{frontend_api}/.well-known/jwks.json"))?),
            ),
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

fn proxy_url<F: Fn(&str) -> Option<String>>(
    env: &Env<'_, F>,
) -> Result<Option<String>, ConfigError> {
    let Some(url) = env.get("CLERK_PROXY_URL") else {
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
    if (is_path && !reserved)
        || env
            .http_url("CLERK_PROXY_URL")
            .is_ok_and(|url| url.is_some())
    {
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
