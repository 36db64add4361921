//! A screen that nobody sees, for browsers that cannot do without.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// An X server that draws into memory. [`Screen::end`] ends it; dropping it kills it.
#[derive(Debug)]
pub struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// Starts one under a number that is free.
    pub async fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24"])
            .args(["-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("Xvfb does not start: cargo xtask test installs it")?;
        let mut number = String::new();
        let output = server.stdout.take().context("its output is piped")?;
        BufReader::new(output).read_line(&mut number).await?;
        ensure!(!number.is_empty(), "Xvfb ended at once");
        Ok(Self {
            server,
            display: format!(":{}", number.trim()),
        })
    }

    /// What programs find it by, as their `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Ends it, and lets it take away the files that tell of it.
    pub async fn end(&mut self) -> Result<()> {
        let id = self.server.id().and_then(|id| id.try_into().ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            kill_process(id, Signal::TERM)?;
        }
        self.server.wait().await?;
        Ok(())
    }
}
