//! The configuration: typed, read once from the environment, wrong values refused by name.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jsonwebtoken::DecodingKey;
use url::Url;

/// The Frontend API host of the emulator's publishable key. clerk-js takes an instance for one of
/// development by this ending; requests go through the proxy, none goes to this host.
const EMULATOR_HOST: &str = "emulator.clerk.accounts.dev";
/// Where Clerk takes proxied Frontend API requests
/// (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).
const CLERK_PROXY_UPSTREAM: &str = "https://frontend-api.clerk.dev";
/// The path under which the emulator is reached by default.
const EMULATOR_PROXY_PATH: &str = "/__clerk";

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
    /// Origins allowed in `azp`.
    pub authorized_parties: Vec<String>,
    /// Required `aud`, if any.
    pub audience: Option<String>,
}

/// Where verification keys come from.
#[derive(Clone)]
pub enum KeySource {
    /// A JWKS document fetched over HTTP.
    Jwks(Url),
    /// One fixed public key; no network is needed.
    Fixed(Box<DecodingKey>),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwks(url) => write!(f, "Jwks({url})"),
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

/// A value that never shows itself in logs or debug output.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A variable whose value cannot be used. The value itself is not repeated: it may be secret.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {expected}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What it should hold.
    pub expected: &'static str,
}

impl Config {
    /// Reads the configuration through `get`, which answers a variable's value if it is set.
    /// An empty value counts as unset.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let env = Env(&get);
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
        let database_url = env
            .get("DATABASE_URL")
            .unwrap_or_else(|| "sqlite://data/app.db?mode=rwc".to_owned());
        if !["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database_url.starts_with(scheme))
        {
            return Err(ConfigError {
                name: "DATABASE_URL",
                expected: "expected sqlite://FILE or postgres://USER@HOST/DATABASE",
            });
        }
        let log_format = match env.get("LOG_FORMAT").as_deref() {
            None | Some("pretty") => LogFormat::Pretty,
            Some("json") => LogFormat::Json,
            Some(_) => {
                return Err(ConfigError {
                    name: "LOG_FORMAT",
                    expected: "expected pretty or json",
                });
            }
        };

        let instance = Instance::read(&env, emulator_addr)?;
        let proxy_path = instance
            .proxy_url
            .as_deref()
            .filter(|url| url.starts_with('/'))
            .map(str::to_owned);
        let jwt_template = env
            .get("CLERK_JWT_TEMPLATE")
            .or_else(|| instance.emulator.then(|| "convex".to_owned()));
        let audience = env.get("CLERK_AUDIENCE").or_else(|| {
            // Clerk's Convex template carries this audience.
            (jwt_template.as_deref() == Some("convex")).then(|| "convex".to_owned())
        });
        let authorized_parties = authorized_parties(&env, web_port, listen_addr.port())?;

        Ok(Self {
            listen_addr,
            database_url: database_url.into(),
            dist_dir: env.get("DIST_DIR").unwrap_or_else(|| "dist".into()).into(),
            page: shared::PageConfig {
                publishable_key: instance.publishable_key,
                proxy_url: instance.proxy_url,
                jwt_template,
            },
            emulator: instance.emulator,
            proxy: proxy_path.map(|path| ProxyConfig {
                path,
                upstream: instance.upstream,
                secret_key: env.get("CLERK_SECRET_KEY").map(Secret::from),
            }),
            tokens: TokenConfig {
                issuer: instance.issuer,
                keys: instance.keys,
                authorized_parties,
                audience,
            },
            log_format,
        })
    }
}

/// The Clerk instance, real or emulated, and what follows from its publishable key.
struct Instance {
    emulator: bool,
    publishable_key: String,
    proxy_url: Option<String>,
    upstream: Url,
    issuer: String,
    keys: KeySource,
}

impl Instance {
    fn read<F: Fn(&str) -> Option<String>>(
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

fn authorized_parties<F: Fn(&str) -> Option<String>>(
    env: &Env<'_, F>,
    web_port: u16,
    api_port: u16,
) -> Result<Vec<String>, ConfigError> {
    let Some(list) = env.get("CLERK_AUTHORIZED_PARTIES") else {
        return Ok([web_port, api_port]
            .into_iter()
            .flat_map(|port| {
                [
                    format!("http://localhost:{port}"),
                    format!("http://127.0.0.1:{port}"),
                ]
            })
            .collect());
    };
    list.split(',')
        .map(|origin| origin.trim().trim_end_matches('/'))
        .map(|origin| match Url::parse(origin) {
            Ok(url) if url.origin().ascii_serialization() == origin => Ok(origin.to_owned()),
            _ => Err(ConfigError {
                name: "CLERK_AUTHORIZED_PARTIES",
                expected: "expected comma-separated origins such as https://app.example.com",
            }),
        })
        .collect()
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

/// Access to variables by name.
struct Env<'a, F>(&'a F);

impl<F: Fn(&str) -> Option<String>> Env<'_, F> {
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    fn parse<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        self.get(name)
            .map(|value| value.parse().map_err(|_| ConfigError { name, expected }))
            .transpose()
    }

    fn http_url(&self, name: &'static str) -> Result<Option<Url>, ConfigError> {
        let expected = "expected a URL that starts with http:// or https://";
        match self.parse::<Url>(name, expected)? {
            Some(url) if !["http", "https"].contains(&url.scheme()) => {
                Err(ConfigError { name, expected })
            }
            url => Ok(url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn jwks(config: &Config) -> String {
        format!("{:?}", config.tokens.keys)
    }

    #[test]
    fn with_nothing_set_the_emulator_stands_in_for_clerk() {
        let config = read(&[]).expect("defaults are valid");
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
                .authorized_parties
                .contains(&"http://localhost:8080".to_owned())
        );
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
            ("DATABASE_URL", "mysql://root:secret@db/app"),
            ("CLERK_PUBLISHABLE_KEY", "sk_test_secret"),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_!!!"),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_YS9iLmNvbSQ"),
            ("CLERK_PROXY_URL", "__clerk"),
            ("CLERK_PROXY_URL", "/api"),
            ("CLERK_PROXY_URL", "ftp://example.com"),
            ("CLERK_JWKS_URL", "file:///etc/passwd"),
            ("CLERK_JWT_KEY", "secret"),
            ("CLERK_AUTHORIZED_PARTIES", "https://a.example, b.example"),
            ("LOG_FORMAT", "xml"),
        ] {
            let error = read(&[(name, value)]).expect_err(name).to_string();
            assert!(error.starts_with(&format!("{name}: ")), "{error}");
            assert!(
                !error.contains("secret") && !error.contains('\n'),
                "{error}"
            );
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = read(&[
            ("DATABASE_URL", "postgres://app:hunter2@db/app"),
            ("CLERK_SECRET_KEY", "sk_test_hunter2"),
        ])
        .expect("valid");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
