//! The project's commands. Each says what it does, how far it is, and, when it cannot go on,
//! what is missing and how to fix it.

mod build;
mod check;
mod conformance;
mod dev;
mod doctor;
mod follow;
mod lines;
mod look;
mod matching;
mod new;
mod overlay;
mod plan;
mod prices;
mod process;
mod schema;
mod serve;
mod settings;
mod sizes;
mod source;
mod split;
mod steps;
mod tally;
mod tools;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};

const HELP: &str = "\
The project's commands:

  cargo xtask dev      installs what is missing, then runs the emulator, the API and the page,
                       builds each edit; prints the URL once the page is up; Ctrl-C stops it
  cargo xtask test     runs what CI runs: format, lints, unit, API, wasm and browser tests
  cargo xtask test NAME
                       runs the tests with this in their name, of all kinds
  cargo xtask test --changed
                       runs what the change since `main` can have touched
  cargo xtask doctor   says what is there for all of this, what is missing, and what that costs
  cargo xtask migrate NAME
                       adds a migration of the database
  cargo xtask reset    removes the database of development
  cargo xtask new FOLDER
                       writes a project of your own, made from this one
  cargo xtask build    builds the release: dist/, with compressed files, and the `api` binary
  cargo xtask serve    runs the release build as in production, on one port
  cargo xtask bench    measures this machine and prints the README's tables
  cargo xtask sizes    prints what the page's wasm consists of, by crate and by component
  cargo xtask lines    prints how many lines of Rust a live table takes
  cargo xtask prices   prints what each component and hook of clerk-yew adds to a page
  cargo xtask fault    kills servers while clients write; fails if a write is lost
  cargo xtask fuzz     runs Schemathesis against the API and its OpenAPI document
  cargo xtask conformance
                       runs Clerk's own SDKs, unmodified, against the emulator
  cargo xtask picture  takes screenshots of the page and updates those in docs/

`cargo xtask COMMAND --help` describes a command. The environment (also read from .env):

  LISTEN_ADDR            API address                            127.0.0.1:3000
  WEB_PORT               the page in development                8080
  EMULATOR_ADDR          local stand-in for Clerk               127.0.0.1:4000
  EMULATOR_DATA_DIR      its state and signing key              data/emulator
  DATABASE_URL           SQLite file or postgres://…            sqlite://data/app.db?mode=rwc
  CLERK_PUBLISHABLE_KEY  a real Clerk instance; the emulator then does not start

README.md lists them all.";

const DEV_HELP: &str = "\
cargo xtask dev

Installs what is missing (wasm target, trunk, wasm-bindgen, clerk-js; the first time takes about
ten minutes on two cores, fewer where `cargo binstall` is installed), builds, and runs the emulator
(only when CLERK_PUBLISHABLE_KEY is not set), the API and `trunk serve`. Prints the URL once the page
is up. Verification codes are printed in this terminal. Ctrl-C stops everything.

An edit of the page's source is built and reloads the open pages. An edit of what the API is made of
(api/, shared/, migrations/, the crates below them, their manifests) is built and starts the API
again; the emulator and its sessions stay, and open pages reconnect. While it does not compile, the
one from before goes on running, and the compiler's message is also shown over the open pages. An edit
of the emulator or of .env needs a new start of this command.";

const TEST_HELP: &str = "\
cargo xtask test

Runs everything CI checks: format, lints, unit tests, API tests on SQLite and on a PostgreSQL that
the tests start themselves, wasm tests, and browser tests on the release build. Installs what is
missing. Ends with the line `N passed, N failed` and fails if any check fails.

cargo xtask test NAME

Runs the tests that have NAME in their path (`users::`, `a_token_that`), of all kinds, and builds
nothing else. Which programs those are is told from the source.

cargo xtask test --changed

Runs what a change can have touched: format, and the lints and tests of each package with a changed
file and of all that depend on it. Changed is what differs from the commit where this branch left
`main`, committed or not.

Both run browser tests on servers that are not optimized, which are built faster.";

const DOCTOR_HELP: &str = "\
cargo xtask doctor

Says for each command what it needs of this machine: what is there, what the command will install by
itself, and what you have to do; and what does not work without it. Changes nothing. Fails if
`cargo xtask dev` cannot run.";

const MIGRATE_HELP: &str = "\
cargo xtask migrate NAME

Makes the file of a migration in migrations/src and adds it to the list. Until you have written what it
changes, it does not compile, so `cargo xtask dev` cannot run half of it; afterwards it runs when the
API starts next. Once it ran, do not edit it, but add another: a debug build refuses a database in
which a migration ran that was edited since.";

const RESET_HELP: &str = "\
cargo xtask reset

Removes the database of development, the SQLite file that DATABASE_URL names, with everything in it.
The next start of the API makes an empty one. The emulator keeps its users.";

const NEW_HELP: &str = "\
cargo xtask new FOLDER [--title TITLE] [--port PORT] [--bare]

Writes a project of your own into FOLDER, which must not be there yet; the folder's name is its name.
It is this project as it is, under its own name and title, with a README of its own, without history and
without a licence, which is yours to choose.

  --title TITLE  what the page is called          the name, with spaces: My app
  --port PORT    the page's port; the API and the emulator get the next two, all in .env
  --bare         without what the demo says of itself: sign-in, one row, live

The page, the API and their tests are yours then. The crates below crates/ stay as they are.

cargo xtask new --try [--bare]

Makes a project of each kind, or a bare one alone, in target/tries and runs its own `cargo xtask test`, whose
browser tests sign somebody up. Takes more than half an hour for each; what was built for the first
serves the second.";

const BUILD_HELP: &str = "\
cargo xtask build

Builds dist/, the page as small as the toolchain can make it, with .br and .gz beside each file, and
the binary target/release/api that serves it.";

const SERVE_HELP: &str = "\
cargo xtask serve

Builds like `cargo xtask build` and runs the result as in production: page and API on one port,
LISTEN_ADDR. The emulator runs beside it if CLERK_PUBLISHABLE_KEY is not set. Ctrl-C stops everything.";

const BENCH_HELP: &str = "\
cargo xtask bench

Measures the release on this machine and prints tables: what a request costs compared with a plain
axum server and with other stacks (Hono on Node.js, if installed), what 10,000 live queries cost,
how much memory and time strangers can take, what the emulator costs compared with another one
(emulate, also on Node.js), the size of the page, and the time until its first button can be used.
Takes about thirteen minutes after the build.";

const LINES_HELP: &str = "\
cargo xtask lines

Prints how many lines of Rust a live table takes, without empty lines and comments: what keeps the
person's row live, besides the crates, and the whole of examples/notes, page and server.
";

const SIZES_HELP: &str = "\
cargo xtask sizes

Builds the page into dist/ like `cargo xtask build`, and prints how many bytes of its code come from
each crate and belong to each component: in what every visit loads, and in what only those who are
signed in do.";

const PRICES_HELP: &str = "\
cargo xtask prices

Builds an app of each component and hook of clerk-yew, below its provider, as small as the toolchain
can make it, and prints the table of crates/clerk-yew/README.md: what each adds to the scripts and
wasm of a page, in bytes, with brotli. Of those that are the same code under several names, one is
weighed. Each is weighed alone: what several of them need is on a page once. Takes about a quarter
of an hour.";

const CONFORMANCE_HELP: &str = "\
cargo xtask conformance

Installs @clerk/backend, @clerk/express, @clerk/testing, @clerk/react, @clerk/vue and Python's
clerk-backend-api, and runs each, unmodified, against its own emulator; prints their versions and
what works. With CLERK_SPECS_DIR, a folder that holds Clerk's OpenAPI documents (fapi-*.yml,
bapi-*.yml, webhooks-*.yml), every answer and event of the emulator's own tests is also checked
against them, and the table in crates/clerk-emulator/README.md is updated.";

const FAULT_HELP: &str = "\
cargo xtask fault

While 16 clients write without a pause, kills the API (kill -9) on SQLite and on PostgreSQL, restarts
PostgreSQL and takes down the JWKS host. Then looks for every acknowledged write, and fails if one is
missing. FAULT_RUNS sets how often each is done (default: 5).";

const FUZZ_HELP: &str = "\
cargo xtask fuzz

Runs all of Schemathesis's checks (from PyPI, installed in .tools; needs Python 3) against the running
release and its OpenAPI document, first without DELETE, then with it. FUZZ_CASES sets the number of
cases per operation (default: 300).";

const PICTURE_HELP: &str = "\
cargo xtask picture

Takes screenshots of the page in a real browser, in every state, light and dark, in three widths, into
target/pictures, and updates those in docs/.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A command takes the arguments that follow its name.
type Command = fn(&[String]) -> Result<()>;

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, help): (Command, _) = match arguments.first().map(String::as_str) {
        Some("dev") => (|rest| alone(rest, dev::dev), DEV_HELP),
        Some("test") => (check::check, TEST_HELP),
        Some("build") => (|rest| alone(rest, build::build), BUILD_HELP),
        Some("serve") => (|rest| alone(rest, serve::serve), SERVE_HELP),
        Some("bench") => (|rest| alone(rest, look::bench), BENCH_HELP),
        Some("doctor") => (|rest| alone(rest, doctor::doctor), DOCTOR_HELP),
        Some("migrate") => (schema::migrate, MIGRATE_HELP),
        Some("reset") => (|rest| alone(rest, schema::reset), RESET_HELP),
        Some("new") => (new::new, NEW_HELP),
        Some("lines") => (|rest| alone(rest, lines::lines), LINES_HELP),
        Some("sizes") => (|rest| alone(rest, sizes::sizes), SIZES_HELP),
        Some("prices") => (|rest| alone(rest, prices::prices), PRICES_HELP),
        Some("fuzz") => (|rest| alone(rest, look::fuzz), FUZZ_HELP),
        Some("conformance") => (
            |rest| alone(rest, conformance::conformance),
            CONFORMANCE_HELP,
        ),
        Some("fault") => (|rest| alone(rest, look::fault), FAULT_HELP),
        Some("picture") => (|rest| alone(rest, look::picture), PICTURE_HELP),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            return Ok(());
        }
        Some(other) => bail!("unknown command `{other}`; `cargo xtask --help` lists all"),
    };
    let rest = &arguments[1..];
    if rest.iter().any(|it| it == "--help" || it == "-h") {
        println!("{help}");
        return Ok(());
    }
    std::env::set_current_dir(settings::root()?)?;
    process::stop_on_signals()?;
    command(rest).map_err(|error| {
        if process::stopped() || help == DOCTOR_HELP {
            return error;
        }
        anyhow!("{error:#}\n\n`cargo xtask doctor` says what this machine has and what it lacks")
    })
}

/// Runs a command that takes no arguments.
fn alone(arguments: &[String], command: fn() -> Result<()>) -> Result<()> {
    match arguments.first() {
        None => command(),
        Some(other) => bail!("unknown argument `{other}`; try --help"),
    }
}
