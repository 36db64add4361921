//! The project's commands. Each says what it does, how far it is, and, when it cannot go on,
//! what is missing and how to mend it.

mod build;
mod check;
mod conformance;
mod dev;
mod look;
mod process;
mod serve;
mod settings;
mod steps;
mod tools;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
The project's commands:

  cargo xtask dev      installs what is missing, then runs emulator, API and `trunk serve`;
                       prints the URL when the page can be reached; Ctrl-C stops all
  cargo xtask test     everything CI checks: format, lints, unit, API, wasm and browser tests
  cargo xtask build    release: dist/ with compressed files, and the binary `api`
  cargo xtask serve    the release build as in production, on one port
  cargo xtask bench    prints the README's tables, measured on this machine
  cargo xtask fault    kills and stops things while many write; fails when a write is lost
  cargo xtask fuzz     lets Schemathesis try to break the API by its own description
  cargo xtask conformance
                       runs Clerk's own SDKs, unmodified, against the emulator
  cargo xtask picture  takes pictures of the page, and renews those in docs/

`cargo xtask COMMAND --help` explains one. The environment (also read from .env):

  LISTEN_ADDR            API address                            127.0.0.1:3000
  WEB_PORT               page in development                    8080
  EMULATOR_ADDR          local stand-in for Clerk               127.0.0.1:4000
  EMULATOR_DATA_DIR      its state and signing key              data/emulator
  DATABASE_URL           SQLite file or postgres://…            sqlite://data/app.db?mode=rwc
  CLERK_PUBLISHABLE_KEY  of a real Clerk instance; the emulator does not start then

README.md lists them all.";

const DEV_HELP: &str = "\
cargo xtask dev

Installs what is missing (wasm target, trunk, wasm-bindgen, clerk-js; the first time takes about
ten minutes on two cores), builds, and runs the emulator (only when CLERK_PUBLISHABLE_KEY
is not set), the API and `trunk serve`, which rebuilds the page when its source changes. Prints the
URL when the page can be reached. Verification codes are printed in this terminal. Ctrl-C stops all.";

const TEST_HELP: &str = "\
cargo xtask test

Runs everything CI checks: format, lints, unit tests, API tests on SQLite and on a PostgreSQL that
the tests start themselves, wasm tests, and browser tests on the release build. Installs what is
missing. Ends with the line `N passed, N failed` and fails when any check fails.";

const BUILD_HELP: &str = "\
cargo xtask build

Makes dist/, the page as small as the toolchain can, with .br and .gz beside each file, and the
binary target/release/api that serves it.";

const SERVE_HELP: &str = "\
cargo xtask serve

Builds like `cargo xtask build` and runs the result as in production: page and API on the one port
of LISTEN_ADDR. The emulator runs beside it when CLERK_PUBLISHABLE_KEY is not set. Ctrl-C stops all.";

const BENCH_HELP: &str = "\
cargo xtask bench

Measures the release on this machine and prints tables: what a request costs beside a plain axum
server and beside peers (Hono on Node.js, when that is installed), what 10,000 live queries cost,
what the emulator costs and what another one does (emulate, on Node.js too), the size of the page, and
the time until its first button can be used. Takes about six minutes after the build.";

const CONFORMANCE_HELP: &str = "\
cargo xtask conformance

Installs @clerk/backend, @clerk/express, @clerk/testing, @clerk/react, @clerk/vue and Python's
clerk-backend-api, and runs each, unmodified, against an emulator of its own; prints their versions
and what works. With CLERK_SPECS_DIR, a folder that holds Clerk's OpenAPI documents (fapi-*.yml,
bapi-*.yml, webhooks-*.yml), every answer and event of the emulator's own tests is also checked
against them, and the table in crates/clerk-emulator/README.md is renewed.";

const FAULT_HELP: &str = "\
cargo xtask fault

While 16 people write without a pause: kills the API with -9 on SQLite and on PostgreSQL, stops
and starts PostgreSQL, takes the JWKS host away. Then looks for every write that was acknowledged,
and fails when one is missing. FAULT_RUNS says how often each is done (5).";

const FUZZ_HELP: &str = "\
cargo xtask fuzz

Runs Schemathesis (from PyPI, in .tools; Python 3 is needed) with all of its checks over the running
release and its OpenAPI document: first without deleting, then with. FUZZ_CASES says how many cases
each operation gets (300).";

const PICTURE_HELP: &str = "\
cargo xtask picture

Walks through the page in a real browser, light and dark, on a desktop and on a phone, and keeps
pictures of it in target/pictures; renews those in docs/.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, help) = match arguments.first().map(String::as_str) {
        Some("dev") => (dev::dev as fn() -> Result<()>, DEV_HELP),
        Some("test") => (check::check as _, TEST_HELP),
        Some("build") => (build::build as _, BUILD_HELP),
        Some("serve") => (serve::serve as _, SERVE_HELP),
        Some("bench") => (look::bench as _, BENCH_HELP),
        Some("fuzz") => (look::fuzz as _, FUZZ_HELP),
        Some("conformance") => (conformance::conformance as _, CONFORMANCE_HELP),
        Some("fault") => (look::fault as _, FAULT_HELP),
        Some("picture") => (look::picture as _, PICTURE_HELP),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            return Ok(());
        }
        Some(other) => bail!("there is no command `{other}`; `cargo xtask --help` lists them"),
    };
    match arguments.get(1).map(String::as_str) {
        None => {}
        Some("--help" | "-h") => {
            println!("{help}");
            return Ok(());
        }
        Some(other) => bail!("`{other}` is not understood; try --help"),
    }
    std::env::set_current_dir(settings::root())?;
    process::stop_on_signals()?;
    command()
}
