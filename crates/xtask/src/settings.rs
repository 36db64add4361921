//! The environment as far as these commands need it; the rest is the programs' own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use environment::{ConfigError, Env};

use crate::process::output;

/// The project's folder: the one around the current folder, or else the one that this was built
/// in.
pub fn root() -> Result<PathBuf> {
    let current = std::env::current_dir()?;
    let is_root = |folder: &&Path| folder.join("crates/xtask/Cargo.toml").is_file();
    let root = current.ancestors().find(is_root);
    Ok(root.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
        Path::to_owned,
    ))
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
        let env = Env::of_process();
        let emulator_addr = address(env, "EMULATOR_ADDR", 4000)?;
        let key = env.get("CLERK_PUBLISHABLE_KEY")?;
        let is_emulators = |key: &str| key.trim_end_matches('=') == emulator_publishable_key();
        // Without either the API refuses to start, and says why.
        let emulated = key.as_deref().is_none_or(is_emulators)
            && env.switch("CLERK_EMULATOR")?.unwrap_or(true);
        Ok(Self {
            listen_addr: address(env, "LISTEN_ADDR", 3000)?,
            web_port: env
                .parse("WEB_PORT", "expected a port number such as 8080")?
                .unwrap_or(8080),
            emulator_addr: emulated.then_some(emulator_addr),
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

/// The emulator's publishable key, the same everywhere.
pub fn emulator_publishable_key() -> String {
    let host = STANDARD_NO_PAD.encode("emulator.clerk.accounts.dev$");
    format!("pk_test_{host}")
}

/// The secret key of the emulator that has started: the one that is set, or the one it keeps with
/// its state.
pub fn emulator_secret_key() -> Result<String> {
    let env = Env::of_process();
    if let Some(key) = env.get("EMULATOR_SECRET_KEY")? {
        return Ok(key);
    }
    let folder = env.get("EMULATOR_DATA_DIR")?;
    let folder = folder.unwrap_or_else(|| "data/emulator".to_owned());
    let file = Path::new(&folder).join("secret-key");
    let key = std::fs::read_to_string(&file);
    let key = key.with_context(|| format!("{}: the emulator's secret key", file.display()))?;
    Ok(key.trim().to_owned())
}

/// A file or folder inside the one that cargo builds in: `target`, unless `CARGO_TARGET_DIR` or
/// cargo's configuration names another.
pub fn target(inside: &str) -> PathBuf {
    static TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
        let metadata =
            output(Command::new("cargo").args(["metadata", "--format-version", "1", "--no-deps"]));
        metadata
            .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
            .and_then(|metadata| metadata["target_directory"].as_str().map(PathBuf::from))
            // cargo then fails too, and says why.
            .unwrap_or_else(|| "target".into())
    });
    TARGET.join(inside)
}

/// cargo's own folder. cargo takes an empty `CARGO_HOME` for an unset one.
pub fn cargo_home() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(home) = set("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = set("HOME").context("neither CARGO_HOME nor HOME is set")?;
    Ok(Path::new(&home).join(".cargo"))
}

fn address(env: Env<'_>, name: &'static str, port: u16) -> Result<SocketAddr, ConfigError> {
    let address = env.parse(name, "expected an address and port such as 127.0.0.1:3000")?;
    Ok(address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_folder_is_the_one_that_this_was_built_in() {
        let this = std::env::current_exe().expect("a program");
        assert!(this.starts_with(target("")), "{}", target("").display());
    }
}
