//! The server's process: environment, logs, signals.

use std::process::ExitCode;

use api::config::{Config, LogFormat};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
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
    let Some(filter) = log_filter() else {
        eprintln!("error: RUST_LOG: expected a level or filter such as info,api=debug");
        return ExitCode::from(MISCONFIGURED);
    };
    let logs = tracing_subscriber::fmt().with_env_filter(filter);
    match config.log_format {
        LogFormat::Pretty => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn log_filter() -> Option<EnvFilter> {
    match std::env::var("RUST_LOG") {
        Ok(filter) if !filter.is_empty() => filter.parse().ok(),
        _ => Some(EnvFilter::new("info")),
    }
}

#[tokio::main]
async fn run(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(config.listen_addr)
        .await
        .map_err(|error| {
            format!(
                "LISTEN_ADDR: cannot listen on {}: {error}",
                config.listen_addr
            )
        })?;
    if config.emulator {
        tracing::warn!(
            "CLERK_PUBLISHABLE_KEY is not set: trusting the local emulator, for development only"
        );
    }
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let shutdown = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    api::serve(config, listener, shutdown).await?;
    Ok(())
}
