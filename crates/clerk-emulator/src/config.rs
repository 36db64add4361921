//! The configuration, read once from the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::credentials::secret_key::is_weak;

/// Everything the process takes from its environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on; also the issuer of tokens.
    pub addr: SocketAddr,
    /// Where the state and the signing key are kept.
    pub data_dir: PathBuf,
    /// Where clerk-js and its UI lie.
    pub sdk_dir: PathBuf,
    /// Seconds until a token expires, whatever settings and templates say; Clerk's are 60.
    pub token_lifetime: Option<i64>,
    /// Keep nothing beyond the end of the process.
    pub ephemeral: bool,
    /// What a server must show to use the Backend API; none: a random one, kept with the state.
    pub secret_key: Option<String>,
    /// Where events are delivered, and the secret they are signed with.
    pub webhook: Option<(String, String)>,
}

/// A variable whose value cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {expected}")]
pub struct ConfigError {
    name: &'static str,
    expected: &'static str,
}

impl Config {
    /// Reads the configuration through `get`, which answers a variable's value if it is set.
    /// An empty value counts as unset.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name| get(name).filter(|value| !value.trim().is_empty());
        let addr = match get("EMULATOR_ADDR") {
            None => SocketAddr::from(([127, 0, 0, 1], 4000)),
            Some(addr) => addr.parse().map_err(|_| ConfigError {
                name: "EMULATOR_ADDR",
                expected: "expected an address and port such as 127.0.0.1:4000",
            })?,
        };
        let token_lifetime = match get("EMULATOR_TOKEN_LIFETIME") {
            None => None,
            Some(seconds) => {
                let seconds = seconds.parse().ok();
                let seconds = seconds.filter(|it| (1..=86_400).contains(it));
                Some(seconds.ok_or(ConfigError {
                    name: "EMULATOR_TOKEN_LIFETIME",
                    expected: "expected a number of seconds from 1 to 86400",
                })?)
            }
        };
        let secret_key = get("EMULATOR_SECRET_KEY");
        let wrong_key = |expected| ConfigError {
            name: "EMULATOR_SECRET_KEY",
            expected,
        };
        if secret_key.as_ref().is_some_and(|it| !it.starts_with("sk_")) {
            return Err(wrong_key("expected a key that begins with sk_"));
        }
        if !addr.ip().is_loopback() && secret_key.as_deref().is_some_and(is_weak) {
            return Err(wrong_key(
                "other machines reach EMULATOR_ADDR and could guess this key: leave it unset, so \
                 that a random one is made, or set one of 32 random letters and digits",
            ));
        }
        let webhook = match (get("EMULATOR_WEBHOOK_URL"), get("EMULATOR_WEBHOOK_SECRET")) {
            (None, _) => None,
            (Some(url), Some(secret)) if secret.starts_with("whsec_") => Some((url, secret)),
            (Some(_), _) => {
                return Err(ConfigError {
                    name: "EMULATOR_WEBHOOK_SECRET",
                    expected: "expected a signing secret that begins with whsec_",
                });
            }
        };
        let path = |name, default: &str| PathBuf::from(get(name).unwrap_or_else(|| default.into()));
        Ok(Self {
            addr,
            data_dir: path("EMULATOR_DATA_DIR", "data/emulator"),
            sdk_dir: path("EMULATOR_SDK_DIR", ".tools/clerk-sdk"),
            token_lifetime,
            ephemeral: false,
            secret_key,
            webhook,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_listens_on_loopback_unless_told_otherwise() {
        assert!(
            Config::read(|_| None)
                .expect("defaults")
                .addr
                .ip()
                .is_loopback()
        );
    }

    #[test]
    fn a_wrong_value_is_refused_by_the_name_of_its_variable() {
        for name in [
            "EMULATOR_ADDR",
            "EMULATOR_TOKEN_LIFETIME",
            "EMULATOR_SECRET_KEY",
        ] {
            let error = Config::read(|asked| (asked == name).then(|| "soon".to_owned()));
            assert!(error.expect_err(name).to_string().starts_with(name));
        }
    }
}
