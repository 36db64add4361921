//! The environment as far as these commands need it; the rest is the programs' own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Addresses, and whether the emulator stands in for Clerk.
pub struct Settings {
    /// The API
    pub listen_addr: SocketAddr,
    /// `trunk serve`
    pub web_port: u16,
    /// The emulator; none with a real instance
    pub emulator_addr: Option<SocketAddr>,
}

impl Settings {
    /// Reads environment and `.env`.
    pub fn read() -> Result<Self> {
        if let Err(error) = dotenvy::dotenv()
            && !error.not_found()
        {
            bail!(".env cannot be read: {error}");
        }
        let emulator_addr = address("EMULATOR_ADDR", 4000)?;
        Ok(Self {
            listen_addr: address("LISTEN_ADDR", 3000)?,
            web_port: match variable("WEB_PORT") {
                None => 8080,
                Some(port) => port
                    .parse()
                    .context("WEB_PORT: expected a port number such as 8080")?,
            },
            emulator_addr: variable("CLERK_PUBLISHABLE_KEY")
                .is_none()
                .then_some(emulator_addr),
        })
    }

    /// Checks that nobody else listens where these will.
    pub fn check_ports(&self, with_web_port: bool) -> Result<()> {
        let web = with_web_port.then(|| SocketAddr::from(([127, 0, 0, 1], self.web_port)));
        let wanted = [
            ("LISTEN_ADDR", Some(self.listen_addr), "127.0.0.1:3001"),
            ("EMULATOR_ADDR", self.emulator_addr, "127.0.0.1:4001"),
            ("WEB_PORT", web, "8081"),
        ];
        for (name, address, other) in wanted {
            if let Some(address) = address
                && let Err(error) = TcpListener::bind(address)
            {
                bail!(
                    "{address} cannot be used: {error}. Stop whatever is listening there, or choose another address: {name}={other}"
                );
            }
        }
        Ok(())
    }
}

/// A variable that is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// The secret key of the emulator that has started: the one that is set, or the one it keeps with
/// its state.
pub fn emulator_secret_key() -> Result<String> {
    if let Some(key) = variable("EMULATOR_SECRET_KEY") {
        return Ok(key);
    }
    let folder = variable("EMULATOR_DATA_DIR").unwrap_or_else(|| "data/emulator".to_owned());
    let file = Path::new(&folder).join("secret-key");
    let key = std::fs::read_to_string(&file);
    let key = key.with_context(|| format!("{}: the emulator's secret key", file.display()))?;
    Ok(key.trim().to_owned())
}

/// cargo's own folder.
pub fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = variable("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = variable("HOME").context("neither CARGO_HOME nor HOME is set")?;
    Ok(Path::new(&home).join(".cargo"))
}

fn address(name: &str, port: u16) -> Result<SocketAddr> {
    match variable(name) {
        None => Ok(SocketAddr::from(([127, 0, 0, 1], port))),
        Some(value) => value
            .parse()
            .with_context(|| format!("{name}: expected an address such as 127.0.0.1:{port}")),
    }
}
