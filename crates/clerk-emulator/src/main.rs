//! The emulator's process: arguments, environment, logs, signals.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clerk_emulator::config::{Config, ConfigError, url_of};
use clerk_emulator::{Emulator, sdk};
use environment::Env;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Exit code for a configuration that cannot be used.
const MISCONFIGURED: u8 = 2;

/// What the system sends a process whose file may not grow any more (`SIGXFSZ`); unheard it kills.
const FILE_TOO_LARGE: SignalKind = SignalKind::from_raw(25);

const HELP: &str = "\
clerk-emulator: a local stand-in for Clerk, for development and tests

clerk-emulator [--ephemeral] [--port PORT] [--ready-file FILE] [--seed FILE]
    --ephemeral        keep everything in memory and forget it at the end
    --port PORT        listen on this port of 127.0.0.1 (0: any free port)
    --ready-file FILE  write the emulator's URL and its secret key, a line each, to FILE
                       once it answers
    --seed FILE        add users, organizations and settings from a JSON file

clerk-emulator fetch-sdk [VERSION…]
    gets clerk-js and its UI from the npm registry into EMULATOR_SDK_DIR, checked
    against npm's integrity hashes; VERSION is such as 6 or 6.40.0 (with its UI 1)

Environment (also read from .env):
    EMULATOR_ADDR            address and port                 127.0.0.1:4000
    EMULATOR_DATA_DIR        its state and signing keys       data/emulator
    EMULATOR_SDK_DIR         clerk-js and its UI              .tools/clerk-sdk
    EMULATOR_SECRET_KEY      opens the Backend API            random, kept with the state
    EMULATOR_TOKEN_LIFETIME  seconds that a token lives       as the settings say
    EMULATOR_WEBHOOK_URL     where events are delivered
    EMULATOR_WEBHOOK_SECRET  what they are signed with        whsec_…
";

/// What the arguments ask for.
enum Command {
    Help,
    FetchSdk(Vec<String>),
    Serve(Serve),
}

#[derive(Default)]
struct Serve {
    ephemeral: bool,
    port: Option<u16>,
    ready_file: Option<PathBuf>,
    seed: Option<PathBuf>,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut serve = Serve::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "fetch-sdk" => return Ok(Command::FetchSdk(arguments.collect())),
            "--ephemeral" => serve.ephemeral = true,
            "--port" => {
                let port = value()?;
                let port = port
                    .parse()
                    .map_err(|_| format!("--port: {port} is not a port"))?;
                serve.port = Some(port);
            }
            "--ready-file" => serve.ready_file = Some(value()?.into()),
            "--seed" => serve.seed = Some(value()?.into()),
            other => {
                return Err(format!(
                    "unknown argument {other}; see clerk-emulator --help"
                ));
            }
        }
    }
    Ok(Command::Serve(serve))
}

fn main() -> ExitCode {
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!("error: .env: {error}");
        return ExitCode::from(MISCONFIGURED);
    }
    let command = match parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(MISCONFIGURED);
        }
    };
    let (config, log_filter) = match read_environment() {
        Ok(both) => both,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(MISCONFIGURED);
        }
    };
    // A line that cannot be written is lost. Saying so would be a panic, where that cannot be
    // written either.
    tracing_subscriber::fmt()
        .with_env_filter(log_filter)
        .log_internal_errors(false)
        .init();
    let done = match command {
        Command::Help => {
            print!("{HELP}");
            Ok(())
        }
        Command::FetchSdk(versions) => {
            sdk::fetch(&config.sdk_dir, &versions).map_err(|error| format!("{error:#}").into())
        }
        Command::Serve(serve) => run(config, &serve),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_environment() -> Result<(Config, EnvFilter), ConfigError> {
    let log_filter = Env::of_process().parse(
        "RUST_LOG",
        "expected a level or filter such as info,clerk_emulator=debug",
    )?;
    Ok((
        Config::read(|name| std::env::var_os(name))?,
        log_filter.unwrap_or_else(|| EnvFilter::new("info")),
    ))
}

#[tokio::main]
async fn run(mut config: Config, asked: &Serve) -> Result<(), Box<dyn std::error::Error>> {
    config.ephemeral = asked.ephemeral;
    if let Some(port) = asked.port {
        config.addr.set_port(port);
    }
    let listener = TcpListener::bind(config.addr)
        .await
        .map_err(|error| format!("EMULATOR_ADDR: cannot listen on {}: {error}", config.addr))?;
    let url = url_of(listener.local_addr()?);
    let emulator = Emulator::open(&config, &url)?;
    if let Some(file) = &asked.seed {
        let seed = std::fs::read_to_string(file)
            .map_err(|error| format!("--seed: {}: {error}", file.display()))?;
        emulator
            .plant(&seed)
            .map_err(|error| format!("--seed: {}: {error}", file.display()))?;
    }
    if !config.addr.ip().is_loopback() {
        tracing::warn!(
            "other machines can reach the emulator: EMULATOR_ADDR is not a loopback address"
        );
    }
    tracing::info!("the Clerk emulator listens on {url}; its dashboard is {url}/dashboard");
    if !sdk::is_there(&config.sdk_dir) {
        tracing::warn!(
            "clerk-js is not there, and pages cannot load it: run `clerk-emulator fetch-sdk`"
        );
    }
    // Whoever set the secret key has it.
    let secret_is_known = config.secret_key.is_some();
    let told: Vec<String> = emulator
        .told()
        .iter()
        .filter(|(name, _)| !(secret_is_known && *name == "CLERK_SECRET_KEY"))
        .map(|(name, value)| format!("  {name}={value}"))
        .collect();
    // A terminal that has gone is no reason to stop.
    let _ = writeln!(std::io::stdout(), "\n{}\n", told.join("\n"));
    let mut terminate = signal(SignalKind::terminate())?;
    // Heard, so that a file at its limit fails one write and not the process.
    let _file_too_large = signal(FILE_TOO_LARGE)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    // The listener takes connections already: whoever reads the file gets an answer.
    if let Some(file) = &asked.ready_file {
        emulator
            .write_ready_file(file)
            .map_err(|error| format!("--ready-file: {}: {error}", file.display()))?;
    }
    emulator.serve(listener, stop).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_taken_or_refused_by_name() {
        let Ok(Command::Serve(serve)) = parsed("--ephemeral --port 0 --ready-file /tmp/x") else {
            panic!("it serves");
        };
        assert!(serve.ephemeral);
        assert_eq!(serve.port, Some(0));
        assert!(matches!(parsed("fetch-sdk 6 5"), Ok(Command::FetchSdk(all)) if all == ["6", "5"]));
        for wrong in ["--port", "--port many", "--prot 1"] {
            assert!(
                parsed(wrong).is_err_and(|error| error.contains("--pr") || error.contains("--po"))
            );
        }
    }
}
