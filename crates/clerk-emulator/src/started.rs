//! The emulator inside a test.

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::{Config, url_of};
use crate::emulator::Emulator;

/// A running emulator, on a free port and in memory unless told otherwise. It stops when it is
/// dropped.
#[derive(Debug)]
pub struct ClerkEmulator {
    url: String,
    secret_key: String,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl ClerkEmulator {
    /// Starts one in memory.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let mut config = Config::read(|_| None)?;
        config.ephemeral = true;
        config.addr.set_port(0);
        Self::with(&config).await
    }

    /// Starts one with this configuration.
    ///
    /// # Errors
    /// The port is taken, or the kept state cannot be used.
    pub async fn with(config: &Config) -> Result<Self, Box<dyn std::error::Error>> {
        let listener = TcpListener::bind(config.addr).await?;
        let url = url_of(listener.local_addr()?);
        let emulator = Emulator::open(config, &url)?;
        let secret_key = emulator.secret_key().to_owned();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(emulator.serve(listener, async {
            let _ = stopped.await;
        }));
        Ok(Self {
            url,
            secret_key,
            stop: Some(stop),
            serving,
        })
    }

    /// Its address: `CLERK_API_URL`, the Frontend API, and the issuer of its tokens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key that servers and tests show: `CLERK_SECRET_KEY`.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The key that pages take.
    pub fn publishable_key(&self) -> String {
        Emulator::publishable_key(true)
    }

    /// Stops it, and waits until it has let go of its state.
    pub async fn stop(mut self) {
        self.stop.take();
        let _ = (&mut self.serving).await;
    }
}

impl Drop for ClerkEmulator {
    fn drop(&mut self) {
        self.stop.take();
    }
}
