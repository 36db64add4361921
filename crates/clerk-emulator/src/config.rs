//! The configuration, read once from the environment.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

pub use environment::ConfigError;
use environment::Env;

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

impl Config {
    /// Reads the configuration through `get`, which answers a variable's value if it is set.
    pub fn read(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let env = Env::new(&get);
        let addr = env
            .parse(
                "EMULATOR_ADDR",
                "expected an address and port such as 127.0.0.1:4000",
            )?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 4000)));
        let path = |name, default: &str| {
            let path = env.get(name)?;
            Ok(PathBuf::from(path.unwrap_or_else(|| default.into())))
        };
        Ok(Self {
            addr,
            data_dir: path("EMULATOR_DATA_DIR", "data/emulator")?,
            sdk_dir: path("EMULATOR_SDK_DIR", ".tools/clerk-sdk")?,
            token_lifetime: token_lifetime(env)?,
            ephemeral: false,
            secret_key: secret_key(env, addr)?,
            webhook: webhook(env)?,
        })
    }
}

/// The address by which this machine reaches what listens at `addr`: one that stands for every
/// address of the machine (`0.0.0.0`, `[::]`) is none that can be asked.
pub fn url_of(mut addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        addr.set_ip(match addr.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{addr}")
}

fn token_lifetime(env: Env<'_>) -> Result<Option<i64>, ConfigError> {
    let (name, expected) = (
        "EMULATOR_TOKEN_LIFETIME",
        "expected a number of seconds from 1 to 86400",
    );
    match env.parse(name, expected)? {
        Some(seconds) if !(1..=86_400).contains(&seconds) => Err(ConfigError { name, expected }),
        seconds => Ok(seconds),
    }
}

fn secret_key(env: Env<'_>, addr: SocketAddr) -> Result<Option<String>, ConfigError> {
    let name = "EMULATOR_SECRET_KEY";
    let Some(key) = env.get(name)? else {
        return Ok(None);
    };
    let expected = if !key.starts_with("sk_") {
        "expected a key that begins with sk_"
    } else if !addr.ip().is_loopback() && is_weak(&key) {
        "other machines reach EMULATOR_ADDR and could guess this key: leave it unset, so that a \
         random one is made, or set one of 32 random letters and digits"
    } else {
        return Ok(Some(key));
    };
    Err(ConfigError { name, expected })
}

fn webhook(env: Env<'_>) -> Result<Option<(String, String)>, ConfigError> {
    let url = env.http_url("EMULATOR_WEBHOOK_URL")?;
    let secret = env.get("EMULATOR_WEBHOOK_SECRET")?;
    match (url, secret) {
        (None, _) => Ok(None),
        (Some(url), Some(secret)) if secret.starts_with("whsec_") => Ok(Some((url.into(), secret))),
        (Some(_), _) => Err(ConfigError {
            name: "EMULATOR_WEBHOOK_SECRET",
            expected: "expected a signing secret that begins with whsec_",
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

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
            "EMULATOR_WEBHOOK_URL",
        ] {
            let error = Config::read(|asked| (asked == name).then(|| "soon".into()));
            assert!(error.expect_err(name).to_string().starts_with(name));
        }
    }

    #[test]
    fn blank_is_not_unset_and_what_is_no_text_is_no_value() {
        for name in [
            "EMULATOR_ADDR",
            "EMULATOR_DATA_DIR",
            "EMULATOR_SDK_DIR",
            "EMULATOR_SECRET_KEY",
            "EMULATOR_TOKEN_LIFETIME",
            "EMULATOR_WEBHOOK_URL",
            "EMULATOR_WEBHOOK_SECRET",
        ] {
            for value in [b"".as_slice(), b" \t", b"hunter2\xff"] {
                let value = OsString::from_vec(value.to_vec());
                let error = Config::read(|asked| (asked == name).then(|| value.clone()));
                let error = error.expect_err(name).to_string();
                assert!(error.starts_with(&format!("{name}: ")), "{error}");
                assert!(!error.contains("hunter2"), "{error}");
            }
        }
    }
}
