//! `cargo xtask conformance`: Clerk's own SDKs, unmodified, against the emulator.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use environment::Env;

use crate::process::{Running, run, status};
use crate::settings::{emulator_publishable_key, target};
use crate::steps::Steps;
use crate::{build, tools};

/// The checks, and what they need beside Node.js.
const CHECKS: [&str; 3] = ["backend.mjs", "express.mjs", "testing.mjs"];
const FILES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "harness.mjs",
    "backend.mjs",
    "express.mjs",
    "testing.mjs",
    "python_sdk.py",
];
const SOURCE: &str = "crates/clerk-emulator/conformance";
/// The Python SDK's version.
const PYTHON_SDK: &str = "7.0.0";
const READY_WITHIN: Duration = Duration::from_secs(10);

/// Runs the SDKs, and the documents' table when `CLERK_SPECS_DIR` names them.
pub fn conformance() -> Result<()> {
    let mut steps = Steps::new(4);
    steps.next("finding tools: Node.js, Python, Chromium, clerk-js, the SDKs");
    let clerk_sdk = tools::clerk_sdk()?;
    tools::chromium()?;
    let folder = install()?;
    steps.next("building the emulator (release)");
    build::binaries(&["clerk-emulator"])?;
    steps.next("running the SDKs");
    let mut failed = Vec::new();
    for check in CHECKS.into_iter().chain(["python_sdk.py"]) {
        if !passes(check, &folder, &clerk_sdk)? {
            failed.push(check);
        }
    }
    steps.next("comparing with Clerk's documents");
    if Env::of_process().get("CLERK_SPECS_DIR")?.is_some() {
        documents()?;
    } else {
        println!(
            "  skipped: set CLERK_SPECS_DIR to a folder with fapi-*.yml, bapi-*.yml and webhooks-*.yml"
        );
    }
    if failed.is_empty() {
        println!("\n  every SDK works");
        Ok(())
    } else {
        bail!(
            "some checks failed: {}; see the output above",
            failed.join(", ")
        )
    }
}

/// Lays the SDKs down; answers their folder.
fn install() -> Result<PathBuf> {
    if tools::which("node").is_none() || tools::which("npm").is_none() {
        bail!("Node.js and npm are missing (Debian: apt-get install nodejs npm)");
    }
    if tools::which("python3").is_none() {
        bail!("python3 is missing: install Python 3.10 or newer");
    }
    let folder = std::path::absolute(Path::new(tools::FETCHED).join("conformance"))?;
    std::fs::create_dir_all(&folder)?;
    for file in FILES {
        std::fs::copy(Path::new(SOURCE).join(file), folder.join(file))?;
    }
    let options = ["ci", "--silent", "--no-audit", "--no-fund"];
    run(
        "npm ci",
        Command::new("npm").args(options).current_dir(&folder),
    )?;
    let python = folder.join(format!("python-{PYTHON_SDK}"));
    if !python.join("bin/python").is_file() {
        run(
            "python3 -m venv",
            Command::new("python3").args(["-m", "venv"]).arg(&python),
        )?;
    }
    let package = format!("clerk-backend-api=={PYTHON_SDK}");
    run(
        "pip install",
        Command::new(python.join("bin/pip")).args(["install", "--quiet", &package]),
    )?;
    Ok(folder)
}

/// Runs one check against an emulator of its own.
fn passes(check: &str, folder: &Path, clerk_sdk: &Path) -> Result<bool> {
    let ready = folder.join("ready");
    let _ = std::fs::remove_file(&ready);
    let mut emulator = Running::start(
        "clerk-emulator",
        Command::new(target("release").join("clerk-emulator"))
            .args(["--ephemeral", "--port", "0", "--ready-file"])
            .arg(&ready)
            // A key of its own, which it writes beside its address.
            .env_remove("EMULATOR_SECRET_KEY")
            .env("EMULATOR_SDK_DIR", clerk_sdk)
            .env("RUST_LOG", "error")
            .stdout(Stdio::null()),
    )?;
    let begun = Instant::now();
    let (url, secret_key) = loop {
        let text = std::fs::read_to_string(&ready).unwrap_or_default();
        if let [url, secret_key] = text.lines().collect::<Vec<_>>()[..] {
            break (url.to_owned(), secret_key.to_owned());
        }
        if emulator.ended()?.is_some() || begun.elapsed() > READY_WITHIN {
            bail!("the emulator did not start; see its output above");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let mut program = if Path::new(check).extension().is_some_and(|it| it == "py") {
        Command::new(folder.join(format!("python-{PYTHON_SDK}/bin/python")))
    } else {
        Command::new("node")
    };
    let chromium = tools::which("chromium").or_else(|| tools::which("google-chrome"));
    program
        .arg(check)
        .current_dir(folder)
        .env("CLERK_API_URL", url)
        .env("CLERK_SECRET_KEY", secret_key)
        .env("CLERK_PUBLISHABLE_KEY", emulator_publishable_key())
        .env("CLERK_TELEMETRY_DISABLED", "1")
        .env("CHROMIUM", chromium.context("Chromium is missing")?);
    Ok(status(check, &mut program)?.success())
}

/// Checks every answer of the emulator's own stories by the documents, and renews the table in
/// its README.
fn documents() -> Result<()> {
    let log = target("conformance.log");
    let _ = std::fs::remove_file(&log);
    for arguments in [
        ["test", "--quiet", "-p", "clerk-emulator", "--test", "suite"],
        [
            "run",
            "--quiet",
            "-p",
            "clerk-emulator",
            "--example",
            "coverage",
        ],
    ] {
        run(
            "cargo",
            Command::new("cargo")
                .args(arguments)
                .env("CONFORMANCE_LOG", &log),
        )?;
    }
    Ok(())
}
