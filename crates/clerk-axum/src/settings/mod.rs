//! The `CLERK_…` variables, and all that follows from the publishable key.

mod instance;

use std::num::NonZeroU32;
use std::time::Duration;

use environment::{ConfigError, Env};
use url::Url;

use crate::keys::{KeySource, PublicKey};
use crate::options::{Parties, VerifierOptions};
use crate::secret::Secret;
use crate::webhook::WebhookVerifier;
use instance::{Instance, parse_own};

/// Where Clerk takes proxied Frontend API requests
/// (<https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi>).
const CLERK_PROXY_UPSTREAM: &str = "https://frontend-api.clerk.dev";
/// How long keys that were fetched go on working while the JWKS host is down, unless told otherwise.
const JWKS_MAX_AGE: Duration = Duration::from_hours(24);
/// The path under which the emulator is reached by default.
const EMULATOR_PROXY_PATH: &str = "/__clerk";

/// Clerk's JWT template for Convex, and its audience.
const CONVEX: &str = "convex";

/// What the environment says of the Clerk instance, real or emulated.
///
/// | variable | meaning |
/// |---|---|
/// | `CLERK_PUBLISHABLE_KEY` | `pk_test_…` or `pk_live_…`; issuer and keys follow from it |
/// | `CLERK_EMULATOR` | `1`: without a key, or with the emulator's own, the emulator at `EMULATOR_ADDR` (127.0.0.1:4000) stands in |
/// | `CLERK_AUTHORIZED_PARTIES` | origins whose pages may use tokens, comma-separated |
/// | `CLERK_ALLOW_MISSING_AZP` | `1`: a token may name no party, as those of native apps |
/// | `CLERK_JWT_TEMPLATE`, `CLERK_AUDIENCE` | the page's JWT template, and the required `aud`, `convex` with that template |
/// | `CLERK_ISSUER`, `CLERK_JWKS_URL` | override what follows from the key |
/// | `CLERK_JWKS_MAX_AGE` | seconds that keys go on working while the JWKS URL does not answer; a day |
/// | `CLERK_JWT_KEY` | RSA public key (PEM), to verify tokens without the network |
/// | `CLERK_PROXY_URL` | the Frontend API proxy: a path of this server, or a URL, which is the issuer then |
/// | `CLERK_SECRET_KEY` | authenticates the proxy to Clerk |
/// | `CLERK_WEBHOOK_SIGNING_SECRET` | `whsec_…` |
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Whether the local emulator stands in for Clerk.
    pub emulator: bool,
    /// The publishable key, for the page.
    pub publishable_key: String,
    /// The Frontend API's host, which the publishable key names.
    pub frontend_api_host: String,
    /// The JWT template of the page's tokens.
    pub jwt_template: Option<String>,
    /// Where the page reaches the Frontend API, if not at its own host: a path or a URL.
    pub proxy_url: Option<String>,
    /// Where a proxy of this server passes requests on to.
    pub upstream: Url,
    /// Clerk's secret key, which only such a proxy uses.
    pub secret_key: Option<Secret>,
    /// What makes a session token acceptable.
    pub tokens: VerifierOptions,
    /// The secret of the webhook endpoint.
    pub webhook_secret: Option<Secret>,
}

/// What counts where a variable is not set.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Defaults {
    /// Whether the emulator stands in for Clerk where there is no key: never in production.
    pub emulator: bool,
    /// The JWT template of the page's tokens where the emulator stands in, which comes with `convex`
    /// and `hasura`; none: plain session tokens.
    pub emulator_jwt_template: Option<String>,
    /// The origins whose pages may use tokens; without any, the variable must be set.
    pub authorized_parties: Vec<String>,
}

impl Defaults {
    /// With the emulator where there is no key.
    #[must_use]
    pub fn emulator(mut self, stands_in: bool) -> Self {
        self.emulator = stands_in;
        self
    }

    /// With this JWT template where the emulator stands in.
    #[must_use]
    pub fn emulator_jwt_template(mut self, name: impl Into<String>) -> Self {
        self.emulator_jwt_template = Some(name.into());
        self
    }

    /// With these origins, whose pages may use tokens.
    #[must_use]
    pub fn authorized_parties(mut self, origins: Vec<String>) -> Self {
        self.authorized_parties = origins;
        self
    }
}

impl Settings {
    /// The settings that the variables of this process make.
    ///
    /// # Errors
    /// When a variable cannot be used, by its name; its value is not repeated.
    pub fn from_env(defaults: Defaults) -> Result<Self, ConfigError> {
        Self::read(Env::of_process(), defaults)
    }

    /// The settings that these variables make.
    ///
    /// # Errors
    /// When a variable cannot be used, by its name; its value is not repeated.
    pub fn read(env: Env<'_>, defaults: Defaults) -> Result<Self, ConfigError> {
        let instance = Instance::read(env, defaults.emulator)?;
        let proxy_url =
            proxy_url(env)?.or_else(|| instance.emulator.then(|| EMULATOR_PROXY_PATH.to_owned()));
        let issuer = env
            .http_url("CLERK_ISSUER")?
            .and(env.get("CLERK_ISSUER")?)
            .or_else(|| proxy_url.clone().filter(|url| !url.starts_with('/')))
            .unwrap_or_else(|| instance.frontend_api.clone());
        let jwt_template = env.get("CLERK_JWT_TEMPLATE")?.or_else(|| {
            let default = defaults.emulator_jwt_template;
            default.filter(|_| instance.emulator)
        });
        let audience = env.get("CLERK_AUDIENCE")?.or_else(|| {
            // Clerk's Convex template carries this audience.
            (jwt_template.as_deref() == Some(CONVEX)).then(|| CONVEX.to_owned())
        });
        let upstream = parse_own(if instance.emulator {
            &instance.frontend_api
        } else {
            CLERK_PROXY_UPSTREAM
        })?;
        Ok(Self {
            tokens: VerifierOptions {
                parties: parties(env, defaults.authorized_parties)?,
                audience,
                ..VerifierOptions::new(issuer, keys(env, &instance)?)
            },
            webhook_secret: webhook_secret(env)?,
            secret_key: secret_key(env)?,
            emulator: instance.emulator,
            publishable_key: instance.publishable_key,
            frontend_api_host: instance.host,
            jwt_template,
            proxy_url,
            upstream,
        })
    }

    /// The path of this server below which it passes on the Frontend API, if it does.
    pub fn proxy_path(&self) -> Option<&str> {
        self.proxy_url.as_deref().filter(|url| url.starts_with('/'))
    }
}

fn keys(env: Env<'_>, instance: &Instance) -> Result<KeySource, ConfigError> {
    let url = env.http_url("CLERK_JWKS_URL")?;
    let max_age = env
        .parse("CLERK_JWKS_MAX_AGE", "expected a number of seconds from 1")?
        .map_or(JWKS_MAX_AGE, |seconds: NonZeroU32| {
            Duration::from_secs(seconds.get().into())
        });
    if let Some(pem) = env.get("CLERK_JWT_KEY")? {
        let key = PublicKey::from_pem(&pem).ok_or(ConfigError {
            name: "CLERK_JWT_KEY",
            expected: "expected an RSA public key of at least 2048 bits in PEM form",
        })?;
        return Ok(KeySource::Fixed(key));
    }
    let own = parse_own(&format!("{}/.well-known/jwks.json", instance.frontend_api))?;
    Ok(KeySource::Jwks {
        url: url.unwrap_or(own),
        max_age,
    })
}

fn parties(env: Env<'_>, otherwise: Vec<String>) -> Result<Parties, ConfigError> {
    let origins = env
        .origins("CLERK_AUTHORIZED_PARTIES")?
        .unwrap_or(otherwise);
    if origins.is_empty() {
        return Err(ConfigError {
            name: "CLERK_AUTHORIZED_PARTIES",
            expected: "not set; expected the origins whose pages may use tokens, such as https://app.example.com",
        });
    }
    Ok(Parties {
        origins,
        may_be_missing: env.switch("CLERK_ALLOW_MISSING_AZP")?.unwrap_or(false),
    })
}

fn webhook_secret(env: Env<'_>) -> Result<Option<Secret>, ConfigError> {
    let secret = env.get("CLERK_WEBHOOK_SIGNING_SECRET")?.map(Secret::from);
    if secret
        .as_ref()
        .is_some_and(|secret| WebhookVerifier::new(secret).is_none())
    {
        return Err(ConfigError {
            name: "CLERK_WEBHOOK_SIGNING_SECRET",
            expected: "expected the endpoint's signing secret, whsec_…",
        });
    }
    Ok(secret)
}

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
    // It is shown to every page, and it is the issuer: host and path, and nothing else.
    let is_url = env.http_url("CLERK_PROXY_URL").is_ok_and(|url| {
        url.is_some_and(|url| {
            url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        })
    });
    if is_path || is_url {
        return Ok(Some(url));
    }
    Err(ConfigError {
        name: "CLERK_PROXY_URL",
        expected: "expected a path such as /__clerk or a URL such as https://example.com/__clerk",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: (&str, &str) = (
        "CLERK_PUBLISHABLE_KEY",
        // base64 of "clerk.example.com$"
        "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
    );

    fn read_with(defaults: Defaults, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let env = |name: &str| {
            let mut variables = variables.iter();
            variables
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.into())
        };
        Settings::read(Env::new(&env), defaults)
    }

    fn read(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        read_with(Defaults::default(), variables)
    }

    #[test]
    fn a_key_and_the_pages_origin_are_enough() {
        let origin = ("CLERK_AUTHORIZED_PARTIES", "https://app.example.com");
        let settings = read(&[KEY, origin]).expect("settings");
        assert_eq!(settings.tokens.issuer, "https://clerk.example.com");
        assert_eq!(
            format!("{:?}", settings.tokens.keys),
            "Jwks(https://clerk.example.com/.well-known/jwks.json)"
        );
    }

    #[test]
    fn the_pages_tokens_are_of_the_template_that_somebody_named() {
        const NAMED: (&str, &str) = ("CLERK_JWT_TEMPLATE", "convex");
        let plain = Defaults::default()
            .emulator(true)
            .authorized_parties(vec!["http://localhost:8080".into()]);
        let own = plain.clone().emulator_jwt_template("convex");
        for (defaults, variables, template) in [
            (&plain, vec![], None),
            (&plain, vec![NAMED], Some("convex")),
            (&own, vec![], Some("convex")),
            (&own, vec![("CLERK_JWT_TEMPLATE", "hasura")], Some("hasura")),
            // Which templates Clerk has, only its dashboard knows.
            (&own, vec![KEY], None),
            (&own, vec![KEY, NAMED], Some("convex")),
        ] {
            let settings = read_with(defaults.clone(), &variables).expect("settings");
            assert_eq!(settings.jwt_template.as_deref(), template, "{variables:?}");
            // Clerk's Convex template carries this audience; the others carry none.
            let audience = template.filter(|it| *it == "convex");
            assert_eq!(
                settings.tokens.audience.as_deref(),
                audience,
                "{variables:?}"
            );
        }
    }

    #[test]
    fn nothing_is_trusted_that_nobody_named() {
        for (variables, name) in [
            (vec![KEY], "CLERK_AUTHORIZED_PARTIES"),
            (vec![], "CLERK_PUBLISHABLE_KEY"),
        ] {
            assert_eq!(read(&variables).expect_err(name).name, name);
        }
    }
}
