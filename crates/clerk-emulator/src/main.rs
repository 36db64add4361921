//! The emulator's process: environment, logs, signals.

use std::process::ExitCode;

use clerk_emulator::Emulator;
use clerk_emulator::config::Config;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Exit code for a configuration that cannot be used.
const MISCONFIGURED: u8 = 2;

fn main() -> ExitCode {
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!("error: .env: {error}");
        return ExitCode::from(MISCONFIGURED);
    }
    let config = match Config::read(|name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(MISCONFIGURED);
        }
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    match run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(config.addr)
        .await
        .map_err(|error| format!("EMULATOR_ADDR: cannot listen on {}: {error}", config.addr))?;
    let url = format!("http://{}", listener.local_addr()?);
    let emulator = Emulator::open(config, &url)?;
    tracing::warn!("this is a stand-in for Clerk, for development and tests only");
    if !config.addr.ip().is_loopback() {
        tracing::warn!("other machines can reach it: EMULATOR_ADDR is not a loopback address");
    }
    tracing::info!("listening on {url}");
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    Ok(emulator.serve(listener, stop).await?)
}
