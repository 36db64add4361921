//! The configuration: typed, read once from the environment, wrong values refused by name.

mod database;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clerk_axum::{Defaults, Secret, Settings};
pub use environment::ConfigError;
use environment::Env;
use ipnet::IpNet;
use url::Url;

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
    /// The Clerk instance, or the emulator that stands in for it.
    pub clerk: Settings,
    /// The database to `LISTEN` on; the same unless a pooler stands in between.
    pub listen_database_url: Secret,
    /// Origins, beside the page's own, whose scripts may call the API.
    pub cors_origins: Vec<String>,
    /// Requests a second of one identity; 0: no limit.
    pub rate_limit_identity: u32,
    /// Requests a second from one address; 0: no limit.
    pub rate_limit_address: u32,
    /// Connections that one address may have open; 0: no limit.
    pub connections_address: usize,
    /// How many live queries there may be.
    pub streams: live_axum::Limits,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of Clerk's Frontend API that the page talks to, its own apart.
    pub frontend_api_origins: Vec<String>,
    /// How logs are written.
    pub log_format: LogFormat,
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

        let defaults = Defaults::default()
            // A release trusts the emulator only where somebody says so.
            .emulator(cfg!(debug_assertions))
            // Its tokens carry address and name: a row is complete from the start.
            .emulator_jwt_template("convex")
            .authorized_parties(own_origins(web_port, listen_addr.port()));
        let clerk = Settings::read(env, defaults)?;
        refuse_api_path(&clerk)?;

        Ok(Self {
            listen_addr,
            listen_database_url: database::listen_url(env, &database_url)?.into(),
            database_url: database_url.into(),
            cors_origins: env.origins("CORS_ALLOWED_ORIGINS")?.unwrap_or_default(),
            rate_limit_identity: env.parse("RATE_LIMIT_IDENTITY", PER_SECOND)?.unwrap_or(50),
            rate_limit_address: env.parse("RATE_LIMIT_ADDRESS", PER_SECOND)?.unwrap_or(500),
            connections_address: env.parse("CONNECTION_LIMIT_ADDRESS", COUNT)?.unwrap_or(256),
            streams: streams(env)?,
            trusted_proxies: trusted_proxies(env)?,
            frontend_api_origins: frontend_api_origins(&clerk),
            dist_dir: env.get("DIST_DIR")?.unwrap_or_else(|| "dist".into()).into(),
            page: shared::PageConfig {
                publishable_key: clerk.publishable_key.clone(),
                proxy_url: clerk.proxy_url.clone(),
                jwt_template: clerk.jwt_template.clone(),
            },
            clerk,
            log_format,
        })
    }
}

/// How many paths one person may watch.
const WATCHES_MAX: usize = 128;
/// Limits on live queries. A person has a path for each connection, however many those are.
fn streams(env: Env<'_>) -> Result<live_axum::Limits, ConfigError> {
    let person = env.parse("STREAM_LIMIT_IDENTITY", COUNT)?.unwrap_or(64);
    Ok(live_axum::Limits {
        person,
        process: env.parse("STREAM_LIMIT", COUNT)?.unwrap_or(32_768),
        watches: WATCHES_MAX.max(person),
    })
}

/// What the limits expect.
const PER_SECOND: &str = "expected requests a second, 0 for no limit";
const COUNT: &str = "expected a number";

/// The proxy must not stand where the API does.
fn refuse_api_path(clerk: &Settings) -> Result<(), ConfigError> {
    match clerk.proxy_path() {
        Some(path) if path == "/api" || path.starts_with("/api/") => Err(ConfigError {
            name: "CLERK_PROXY_URL",
            expected: "expected another path than the API's",
        }),
        _ => Ok(()),
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
fn own_origins(web_port: u16, api_port: u16) -> Vec<String> {
    [web_port, api_port]
        .into_iter()
        .flat_map(|port| {
            [
                format!("http://localhost:{port}"),
                format!("http://127.0.0.1:{port}"),
            ]
        })
        .collect()
}

/// Where Clerk's scripts may call and load from, for the page's content security policy: its own
/// Frontend API and an absolute proxy.
fn frontend_api_origins(clerk: &Settings) -> Vec<String> {
    let mut origins = Vec::new();
    if !clerk.emulator {
        origins.push(format!("https://{}", clerk.frontend_api_host));
    }
    let proxy = clerk.proxy_url.as_deref().map(Url::parse);
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
        format!("{:?}", config.clerk.tokens.keys)
    }

    #[test]
    fn with_nothing_set_the_emulator_stands_in_for_clerk() {
        let config = read(&[("CLERK_EMULATOR", "1")]).expect("defaults are valid");
        assert!(config.clerk.emulator);
        assert_eq!(config.page.proxy_url.as_deref(), Some("/__clerk"));
        assert_eq!(config.page.jwt_template.as_deref(), Some("convex"));
        assert_eq!(config.clerk.tokens.audience.as_deref(), Some("convex"));
        assert_eq!(config.clerk.tokens.issuer, "http://127.0.0.1:4000");
        assert_eq!(
            jwks(&config),
            "Jwks(http://127.0.0.1:4000/.well-known/jwks.json)"
        );
        assert!(
            config
                .clerk
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
        // The emulator's own key is as good as none.
        let own = "pk_test_ZW11bGF0b3IuY2xlcmsuYWNjb3VudHMuZGV2JA";
        for (switch, trusted) in [("0", false), ("1", true)] {
            let config = read(&[("CLERK_PUBLISHABLE_KEY", own), ("CLERK_EMULATOR", switch)]);
            assert_eq!(config.is_ok_and(|it| it.clerk.emulator), trusted);
        }
        // A key goes before, whatever else is set.
        let variables = [
            ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_EMULATOR", "1"),
        ];
        assert!(!read(&variables).expect("a valid key").clerk.emulator);
    }

    #[test]
    fn issuer_and_keys_follow_from_a_real_publishable_key() {
        // base64 of "clerk.example.com$"
        let config = read(&[("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k")])
            .expect("a valid key");
        assert!(!config.clerk.emulator);
        assert!(config.clerk.proxy_path().is_none());
        assert_eq!(config.page.jwt_template, None);
        assert_eq!(config.clerk.tokens.issuer, "https://clerk.example.com");
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
        assert_eq!(
            config.clerk.tokens.issuer,
            "https://app.example.com/__clerk"
        );
        assert!(
            config.clerk.proxy_path().is_none(),
            "somebody else serves it"
        );
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
