//! The server's process: environment, logs, signals.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use api::config::{Config, ConfigError, LogFormat};
use environment::Env;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Exit code for a configuration that cannot be used.
const MISCONFIGURED: u8 = 2;

/// What the system sends a process whose file may not grow any more (`SIGXFSZ`); unheard it kills.
const FILE_TOO_LARGE: SignalKind = SignalKind::from_raw(25);

/// How long `--healthy` waits for an answer.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // A release reads its environment and nothing else.
    if cfg!(debug_assertions)
        && let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!("error: .env: {error}");
        return ExitCode::from(MISCONFIGURED);
    }
    let (config, log_filter) = match read_environment() {
        Ok(both) => both,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(MISCONFIGURED);
        }
    };
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--healthy") => return is_healthy(config.listen_addr),
        Some(_) => {
            eprintln!("usage: api [--healthy]; everything else comes from the environment");
            return ExitCode::from(MISCONFIGURED);
        }
    }
    // A line that cannot be written is lost. Saying so would be a panic, where that cannot be
    // written either.
    let logs = tracing_subscriber::fmt()
        .with_env_filter(log_filter)
        .log_internal_errors(false);
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

fn read_environment() -> Result<(Config, EnvFilter), ConfigError> {
    let env = Env::of_process();
    let log_filter = env.parse(
        "RUST_LOG",
        "expected a level or filter such as info,api=debug",
    )?;
    Ok((
        Config::read(env)?,
        log_filter.unwrap_or_else(|| EnvFilter::new("info")),
    ))
}

/// Asks the server that runs in the same environment whether it lives, as containers do that
/// hold no other program.
fn is_healthy(mut address: SocketAddr) -> ExitCode {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, HEALTH_TIMEOUT)?;
        stream.set_read_timeout(Some(HEALTH_TIMEOUT))?;
        stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    match ask() {
        Ok(true) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
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
    if config.clerk.emulator {
        tracing::warn!(
            "no key of a Clerk instance is set: trusting the local emulator, for development only"
        );
    }
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let shutdown = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    // Heard, so that a file at its limit fails one write and not the process.
    let _file_too_large = signal(FILE_TOO_LARGE)?;
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
