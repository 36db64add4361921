//! `cargo xtask test`

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process::{Running, status, stopped};
use crate::settings::target;
use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, tools};

/// How many checks passed and failed so far. A check is a test, or a command that has none.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Runs everything CI checks.
pub fn check() -> Result<()> {
    let mut steps = Steps::new(8);
    let mut tally = Tally::default();
    // Looked up before the tests are built: they may link this program anew in its place.
    let xtask = std::env::current_exe()?;
    steps.next("finding tools");
    let (clerk_sdk, axe) = (tools::clerk_sdk()?, tools::axe()?);
    let toolchain = Toolchain::prepare_release()?;
    tools::chromium()?;
    let postgres = tools::postgres()?;

    steps.next("format");
    tally.command(
        "cargo fmt",
        Command::new("cargo").args(["fmt", "--all", "--check"]),
    )?;
    steps.next("lints");
    tally.command(
        "cargo clippy",
        Command::new("cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    steps.next("unit and API tests");
    tally.tests(
        Command::new("cargo")
            .args([
                "test",
                "--workspace",
                "--exclude",
                "e2e",
                "--locked",
                "--no-fail-fast",
            ])
            .env("POSTGRES_BIN", postgres),
    )?;
    steps.next("wasm tests in a browser");
    // Chromium leaves sockets and locks in the folder for temporary files.
    let temporary = std::env::temp_dir().join(format!("xtask-{}", std::process::id()));
    std::fs::create_dir_all(&temporary)?;
    let result = tally.tests(wasm_tests(&toolchain)?.env("TMPDIR", &temporary));
    std::fs::remove_dir_all(&temporary)?;
    result?;
    steps.next("the page, release");
    tally.step("page", build::page(&toolchain))?;
    for name in ["notes", "gallery"] {
        let page = build::example(&toolchain, name);
        tally.step(&format!("the page of examples/{name}"), page)?;
    }
    steps.next("the servers, release");
    let servers = [&build::SERVERS[..], &[build::EXAMPLE]].concat();
    tally.step("servers", build::binaries(&servers))?;
    steps.next("browser tests");
    tally.tests(
        Command::new("cargo")
            .args([
                "test",
                "-p",
                "e2e",
                "--locked",
                "--no-fail-fast",
                "--",
                "--test-threads=2",
            ])
            .env("E2E_BIN_DIR", target("release"))
            .env("E2E_DIST_DIR", std::path::absolute("dist")?)
            .env(
                "E2E_NOTES_DIST_DIR",
                std::path::absolute("examples/notes/dist")?,
            )
            .env(
                "E2E_GALLERY_DIST_DIR",
                std::path::absolute("examples/gallery/dist")?,
            )
            .env("E2E_SDK_DIR", clerk_sdk)
            .env("E2E_AXE", axe)
            .env("E2E_XTASK", xtask),
    )?;
    tally.close()
}

/// clerk-yew's tests that need a real browser.
fn wasm_tests(toolchain: &Toolchain) -> Result<Command> {
    let mut cargo = toolchain.command("cargo")?;
    cargo
        .args([
            "test",
            "-p",
            "clerk-yew",
            "--target",
            "wasm32-unknown-unknown",
            // All that are for a browser; the others are empty for this target.
            "--tests",
        ])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    if let Some(driver) = tools::which("chromedriver") {
        cargo.env("CHROMEDRIVER", driver);
    }
    Ok(cargo)
}

impl Tally {
    /// A command that passes or fails as a whole.
    fn command(&mut self, name: &str, command: &mut Command) -> Result<()> {
        if status(name, command)?.success() {
            self.passed += 1;
        } else {
            eprintln!("✗ {name} failed");
            self.failed += 1;
        }
        Ok(())
    }

    /// A step of ours that passes or fails as a whole.
    fn step(&mut self, name: &str, result: Result<()>) -> Result<()> {
        if stopped() {
            bail!("stopped");
        }
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                eprintln!("✗ {name}: {error:#}");
                self.failed += 1;
            }
        }
        Ok(())
    }

    /// Test programs, whose results are counted.
    fn tests(&mut self, command: &mut Command) -> Result<()> {
        let before = self.failed;
        command.stdout(Stdio::piped());
        let mut running = Running::start("cargo test", command)?;
        let lines = running
            .output()
            .into_iter()
            .flat_map(|it| BufReader::new(it).lines());
        for line in lines.map_while(Result::ok) {
            println!("{line}");
            self.count(&line);
            if stopped() {
                bail!("stopped");
            }
        }
        let succeeded = running.wait()?.success();
        // A test program that does not compile or dies has no line with a number.
        if !succeeded && self.failed == before {
            self.failed += 1;
        }
        Ok(())
    }

    /// `test result: ok. 3 passed; 0 failed; 0 ignored; …`
    fn count(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        for part in result.split([';', '.']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<usize>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed")) => self.failed += number,
                (Some(number), Some("ignored")) => self.skipped += number,
                _ => {}
            }
        }
    }

    fn close(self) -> Result<()> {
        if Path::new("target/e2e").is_dir() && self.failed > 0 {
            println!("\nScreenshots and logs of the failed browser tests are in target/e2e.");
        }
        let skipped = if self.skipped > 0 {
            format!(", {} skipped", self.skipped)
        } else {
            String::new()
        };
        println!("\n{} passed, {} failed{skipped}", self.passed, self.failed);
        if self.failed > 0 {
            bail!("some checks failed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_test_programs_are_added_up() {
        let mut tally = Tally::default();
        tally.count("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        tally.count("test result: FAILED. 2 passed; 4 failed; 0 ignored; finished in 0.11s");
        tally.count("test 7 passed");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 4, 1));
    }
}
