//! The instance that a publishable key names.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use environment::{ConfigError, Env};
use url::Url;

/// The Frontend API host of the emulator's publishable key. clerk-js takes an instance for one of
/// development by this ending; requests go through the proxy, none goes to this host.
const EMULATOR_HOST: &str = "emulator.clerk.accounts.dev";

/// The instance that a publishable key names, or the emulator.
pub struct Instance {
    /// Whether it is the emulator.
    pub emulator: bool,
    /// The key itself.
    pub publishable_key: String,
    /// The Frontend API's host.
    pub host: String,
    /// The Frontend API's URL.
    pub frontend_api: String,
}

impl Instance {
    /// The instance that these variables name.
    pub fn read(env: Env<'_>, trust_emulator: bool) -> Result<Self, ConfigError> {
        let emulator_addr: SocketAddr = env
            .parse(
                "EMULATOR_ADDR",
                "expected an address and port such as 127.0.0.1:4000",
            )?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 4000)));
        let may_trust = env.switch("CLERK_EMULATOR")?.unwrap_or(trust_emulator);
        let publishable_key = env.get("CLERK_PUBLISHABLE_KEY")?.unwrap_or_else(|| {
            format!(
                "pk_test_{}",
                STANDARD_NO_PAD.encode(format!("{EMULATOR_HOST}$"))
            )
        });
        let host = frontend_api_host(&publishable_key).ok_or(ConfigError {
            name: "CLERK_PUBLISHABLE_KEY",
            expected: "expected a key of Clerk's dashboard, pk_test_… or pk_live_…",
        })?;
        // Also where somebody has set the emulator's own key.
        let emulator = host == EMULATOR_HOST;
        if emulator && !may_trust {
            return Err(ConfigError {
                name: "CLERK_PUBLISHABLE_KEY",
                expected: "not set, or the emulator's own; CLERK_EMULATOR=1 has the local emulator stand in, for development",
            });
        }
        let frontend_api = if emulator {
            format!("http://{emulator_addr}")
        } else {
            format!("https://{host}")
        };
        Ok(Self {
            emulator,
            publishable_key,
            host,
            frontend_api,
        })
    }
}

/// A URL made of the publishable key's host, which may still be no host at all.
pub fn parse_own(url: &str) -> Result<Url, ConfigError> {
    Url::parse(url).map_err(|_| ConfigError {
        name: "CLERK_PUBLISHABLE_KEY",
        expected: "does not hold a host name",
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
