//! The configuration: typed, read once from the environment, wrong values refused by name.

mod clerk;
mod database;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use jsonwebtoken::DecodingKey;
use url::Url;

use crate::secret::Secret;
use crate::users::live::StreamLimits;
use clerk::Instance;
pub use environment::ConfigError;
use environment::Env;

/// The shortest secret of a webhook endpoint, in bytes: fewer could be guessed.
const WEBHOOK_SECRET_MIN: usize = 16;

/// Everything the process takes from its environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub listen_addr: SocketAddr,
    /// Database to keep the users in.
    pub database_url: Secret,
    /// Directory of the built page; when it does not exist only the API is served.
    pub dist_dir: PathBuf,
    /// What the page is told.
    pub page: shared::PageConfig,
    /// Whether the local emulator stands in for Clerk.
    pub emulator: bool,
    /// The Frontend-API proxy to serve; none when Clerk is reached directly.
    pub proxy: Option<ProxyConfig>,
    /// What makes a token acceptable.
    pub tokens: TokenConfig,
    /// The database to `LISTEN` on; the same unless a pooler stands in between.
    pub listen_database_url: Secret,
    /// Verifies webhooks, `whsec_…`.
    pub webhook_secret: Option<Secret>,
    /// Origins, beside the page's own, whose scripts may call the API.
    pub cors_origins: Vec<String>,
    /// Requests a second of one identity; 0: no limit.
    pub rate_limit_identity: u32,
    /// Requests a second from one address; 0: no limit.
    pub rate_limit_address: u32,
    /// Connections that one address may have open; 0: no limit.
    pub connections_address: usize,
    /// How many live queries there may be.
    pub streams: StreamLimits,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of Clerk's Frontend API that the page talks to, its own apart.
    pub frontend_api_origins: Vec<String>,
    /// How logs are written.
    pub log_format: LogFormat,
}

/// The Frontend-API proxy this process serves.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// Path of this origin, such as `/__clerk`.
    pub path: String,
    /// The one host requests are passed to.
    pub upstream: Url,
    /// Clerk's secret key, which authenticates the proxy to Clerk.
    pub secret_key: Option<Secret>,
}

/// What makes a session token acceptable.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// Required `iss`.
    pub issuer: String,
    /// Where the keys come from.
    pub keys: KeySource,
    /// Who may use tokens.
    pub parties: Parties,
    /// Required `aud`, if any.
    pub audience: Option<String>,
}

/// Whose tokens are accepted, by the origin they were made for (`azp`).
#[derive(Clone, Debug)]
pub struct Parties {
    /// The origins.
    pub origins: Vec<String>,
    /// Whether a token may name no party, as those that native apps get.
    pub may_be_missing: bool,
}

/// Where verification keys come from.
#[derive(Clone)]
pub enum KeySource {
    /// A JWKS document fetched over HTTP.
    Jwks {
        /// Where it lies.
        url: Url,
        /// How long its keys go on working while it cannot be fetched.
        max_age: Duration,
    },
    /// One fixed public key; no network is needed.
    Fixed(Box<DecodingKey>),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwks { url, .. } => write!(f, "Jwks({url})"),
            Self::Fixed(_) => f.write_str("Fixed(…)"),
        }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads the configuration from these variables.
    pub fn read(env: Env<'_>) -> Result<Self, ConfigError> {
        let listen_addr: SocketAddr = env
            .parse(
                "LISTEN_ADDR",
                "expected an address and port such as 127.0.0.1:3000",
            )?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let web_port: u16 = env
            .parse("WEB_PORT", "expected a port number such as 8080")?
            .unwrap_or(8080);
        let emulator_addr: SocketAddr = env
            .parse(
                "EMULATOR_ADDR",
                "expected an address and port such as 127.0.0.1:4000",
            )?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 4000)));
        let database_url = database::url(env)?;
        let log_format = match env.get("LOG_FORMAT")?.as_deref() {
            None | Some("pretty") => LogFormat::Pretty,
            Some("json") => LogFormat::Json,
            Some(_) => {
                return Err(ConfigError {
                    name: "LOG_FORMAT",
                    expected: "expected pretty or json",
                });
            }
        };

        let instance = Instance::read(env, emulator_addr)?;
        let proxy_path = instance
            .proxy_url
            .as_deref()
            .filter(|url| url.starts_with('/'))
            .map(str::to_owned);
        let jwt_template = env
            .get("CLERK_JWT_TEMPLATE")?
            .or_else(|| instance.emulator.then(|| "convex".to_owned()));
        let audience = env.get("CLERK_AUDIENCE")?.or_else(|| {
            // Clerk's Convex template carries this audience.
            (jwt_template.as_deref() == Some("convex")).then(|| "convex".to_owned())
        });
        let secret_key = secret_key(env)?;
        let authorized_parties = authorized_parties(env, web_port, listen_addr.port())?;

        Ok(Self {
            listen_addr,
            listen_database_url: database::listen_url(env, &database_url)?.into(),
            database_url: database_url.into(),
            webhook_secret: webhook_secret(env)?,
            cors_origins: env.origins("CORS_ALLOWED_ORIGINS")?.unwrap_or_default(),
            rate_limit_identity: env.parse("RATE_LIMIT_IDENTITY", PER_SECOND)?.unwrap_or(50),
            rate_limit_address: env.parse("RATE_LIMIT_ADDRESS", PER_SECOND)?.unwrap_or(500),
            connections_address: env.parse("CONNECTION_LIMIT_ADDRESS", COUNT)?.unwrap_or(256),
            streams: StreamLimits {
                identity: env.parse("STREAM_LIMIT_IDENTITY", COUNT)?.unwrap_or(64),
                process: env.parse("STREAM_LIMIT", COUNT)?.unwrap_or(32_768),
            },
            trusted_proxies: trusted_proxies(env)?,
            frontend_api_origins: frontend_api_origins(&instance),
            dist_dir: env.get("DIST_DIR")?.unwrap_or_else(|| "dist".into()).into(),
            page: shared::PageConfig {
                publishable_key: instance.publishable_key,
                proxy_url: instance.proxy_url,
                jwt_template,
            },
            emulator: instance.emulator,
            proxy: proxy_path.map(|path| ProxyConfig {
                path,
                upstream: instance.upstream,
                secret_key,
            }),
            tokens: TokenConfig {
                issuer: instance.issuer,
                keys: instance.keys,
                parties: Parties {
                    origins: authorized_parties,
                    may_be_missing: env.switch("CLERK_ALLOW_MISSING_AZP")?.unwrap_or(false),
                },
                audience,
            },
            log_format,
        })
    }
}

/// What the limits expect.
const PER_SECOND: &str = "expected requests a second, 0 for no limit";
const COUNT: &str = "expected a number";

fn webhook_secret(env: Env<'_>) -> Result<Option<Secret>, ConfigError> {
    let Some(secret) = env.get("CLERK_WEBHOOK_SIGNING_SECRET")? else {
        return Ok(None);
    };
    let key = secret
        .strip_prefix("whsec_")
        .and_then(|encoded| STANDARD.decode(encoded).ok());
    if key.is_none_or(|key| key.len() < WEBHOOK_SECRET_MIN) {
        return Err(ConfigError {
            name: "CLERK_WEBHOOK_SIGNING_SECRET",
            expected: "expected the endpoint's signing secret, whsec_…",
        });
    }
    Ok(Some(secret.into()))
}

/// Clerk's secret key, which only a Frontend-API proxy of ours uses.
fn secret_key(env: Env<'_>) -> Result<Option<Secret>, ConfigError> {
    // It is sent in a header.
    let is_key = |key: &str| {
        let secret = key.strip_prefix("sk_").unwrap_or_default();
        !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match env.get("CLERK_SECRET_KEY")? {
        Some(key) if !is_key(&key) => Err(ConfigError {
            name: "CLERK_SECRET_KEY",
            expected: "expected a secret key of Clerk's dashboard, sk_test_… or sk_live_…",
        }),
        key => Ok(key.map(Secret::from)),
    }
}

fn trusted_proxies(env: Env<'_>) -> Result<Vec<IpNet>, ConfigError> {
    let expected = "expected comma-separated addresses or networks such as 10.0.0.0/8";
    let items: Vec<String> = env.list("TRUSTED_PROXIES", expected)?.unwrap_or_default();
    items
        .iter()
        .map(|item| {
            let network = item.parse::<IpNet>().ok();
            network
                .or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from))
                .ok_or(ConfigError {
                    name: "TRUSTED_PROXIES",
                    expected,
                })
        })
        .collect()
}

/// The app's own origins when none are named: page and API, by both names of this machine.
fn authorized_parties(
    env: Env<'_>,
    web_port: u16,
    api_port: u16,
) -> Result<Vec<String>, ConfigError> {
    let named = env.origins("CLERK_AUTHORIZED_PARTIES")?;
    Ok(named.unwrap_or_else(|| {
        [web_port, api_port]
            .into_iter()
            .flat_map(|port| {
                [
                    format!("http://localhost:{port}"),
                    format!("http://127.0.0.1:{port}"),
                ]
            })
            .collect()
    }))
}

/// Where Clerk's scripts may call and load from, for the page's content security policy: its own
/// Frontend API and an absolute proxy.
fn frontend_api_origins(instance: &Instance) -> Vec<String> {
    let mut origins = Vec::new();
    if !instance.emulator {
        origins.push(format!("https://{}", instance.host));
    }
    let proxy = instance.proxy_url.as_deref().map(Url::parse);
    if let Some(Ok(url)) = proxy {
        origins.push(url.origin().ascii_serialization());
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(Env::new(&|name| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.into())
        }))
    }

    fn jwks(config: &Config) -> String {
        format!("{:?}", config.tokens.keys)
    }

    #[test]
    fn with_nothing_set_the_emulator_stands_in_for_clerk() {
        let config = read(&[("CLERK_EMULATOR", "1")]).expect("defaults are valid");
        assert!(config.emulator);
        assert_eq!(config.page.proxy_url.as_deref(), Some("/__clerk"));
        assert_eq!(config.page.jwt_template.as_deref(), Some("convex"));
        assert_eq!(config.tokens.audience.as_deref(), Some("convex"));
        assert_eq!(config.tokens.issuer, "http://127.0.0.1:4000");
        assert_eq!(
            jwks(&config),
            "Jwks(http://127.0.0.1:4000/.well-known/jwks.json)"
        );
        assert!(
            config
                .tokens
                .parties
                .origins
                .contains(&"http://localhost:8080".to_owned())
        );
    }

    #[test]
    fn a_release_trusts_the_emulator_only_when_told_to() {
        assert_eq!(read(&[]).is_ok(), cfg!(debug_assertions));
        let error = read(&[("CLERK_EMULATOR", "0")]).expect_err("nobody to trust");
        assert_eq!(error.name, "CLERK_PUBLISHABLE_KEY");
        // A key goes before, whatever else is set.
        let variables = [
            ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_EMULATOR", "1"),
        ];
        assert!(!read(&variables).expect("a valid key").emulator);
    }

    #[test]
    fn issuer_and_keys_follow_from_a_real_publishable_key() {
        // base64 of "clerk.example.com$"
        let config = read(&[("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")])
            .expect("a valid key");
        assert!(!config.emulator);
        assert!(config.proxy.is_none());
        assert_eq!(config.page.jwt_template, None);
        assert_eq!(config.tokens.issuer, "https://clerk.example.com");
        assert_eq!(
            jwks(&config),
            "Jwks(https://clerk.example.com/.well-known/jwks.json)"
        );
    }

    #[test]
    fn an_absolute_proxy_is_the_issuer() {
        let config = read(&[
            ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_PROXY_URL", "https://app.example.com/__clerk"),
        ])
        .expect("valid");
        assert_eq!(config.tokens.issuer, "https://app.example.com/__clerk");
        assert!(config.proxy.is_none(), "somebody else serves it");
    }

    #[test]
    fn a_wrong_value_is_refused_by_the_name_of_its_variable() {
        for (name, value) in [
            ("LISTEN_ADDR", "localhost"),
            ("WEB_PORT", "80800"),
            ("EMULATOR_ADDR", "4000"),
            ("DATABASE_URL", "mysql://root:hunter2@db/app"),
            ("DATABASE_URL", "sqlite::memory:"),
            ("DATABASE_URL", "postgres://db:port/hunter2"),
            ("CLERK_EMULATOR", "true"),
            ("CLERK_ALLOW_MISSING_AZP", "yes"),
            ("CLERK_SECRET_KEY", "pk_test_hunter2"),
            ("CLERK_ISSUER", "clerk.example.com"),
            ("CLERK_JWKS_MAX_AGE", "0"),
            ("CLERK_PUBLISHABLE_KEY", "sk_test_hunter2"),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_!!!"),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_YS9iLmNvbSQ"),
            ("CLERK_PROXY_URL", "__clerk"),
            ("CLERK_PROXY_URL", "/api"),
            ("CLERK_PROXY_URL", "ftp://example.com"),
            ("CLERK_JWKS_URL", "file:///etc/passwd"),
            ("CLERK_JWT_KEY", "hunter2"),
            ("CLERK_AUTHORIZED_PARTIES", "https://a.example, b.example"),
            ("CLERK_AUTHORIZED_PARTIES", ","),
            ("DATABASE_LISTEN_URL", "postgres://db/app"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", "hunter2"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_hunter2"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_"),
            ("CORS_ALLOWED_ORIGINS", "*"),
            ("CORS_ALLOWED_ORIGINS", "https://a.example/path"),
            ("RATE_LIMIT_IDENTITY", "-1"),
            ("RATE_LIMIT_ADDRESS", "many"),
            ("CONNECTION_LIMIT_ADDRESS", "-1"),
            ("STREAM_LIMIT", "-1"),
            ("STREAM_LIMIT_IDENTITY", "few"),
            ("TRUSTED_PROXIES", "10.0.0.0/33"),
            ("TRUSTED_PROXIES", "proxy.internal"),
            ("LOG_FORMAT", "xml"),
        ] {
            let variables = [(name, value), ("CLERK_EMULATOR", "1")];
            let error = read(&variables).expect_err(name).to_string();
            assert!(error.starts_with(&format!("{name}: ")), "{error}");
            assert!(
                !error.contains("hunter2") && !error.contains('\n'),
                "{error}"
            );
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = read(&[
            ("CLERK_EMULATOR", "1"),
            ("DATABASE_URL", "postgres://app:hunter2@db/app"),
            ("CLERK_SECRET_KEY", "sk_test_hunter2"),
            (
                "CLERK_WEBHOOK_SIGNING_SECRET",
                "whsec_hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2",
            ),
        ])
        .expect("valid");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
