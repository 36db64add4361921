//! `cargo xtask test`

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::matching::matching;
use crate::plan::{Need, Plan};
use crate::process::{output, run};
use crate::settings::target;
use crate::steps::Steps;
use crate::tally::Tally;
use crate::wasm::Toolchain;
use crate::workspace::packages;
use crate::{build, tools};

/// Runs everything CI checks, or a part of it.
pub fn check(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => check_all(&Plan::everything(), Servers::Release),
        [flag] if flag == "--changed" => check_changed(),
        [name] if !name.is_empty() && !name.starts_with('-') => check_named(name),
        _ => bail!("expected a part of a test's name, or --changed; try --help"),
    }
}

/// The tests whose path contains this name.
fn check_named(name: &str) -> Result<()> {
    let packages = packages()?;
    let plan = Plan::named(name, &matching(&packages, name)?);
    if plan.is_empty() {
        bail!("no test has `{name}` in its name; `cargo xtask test` runs all");
    }
    check_all(&plan, Servers::Debug)
}

/// What the difference to `main`, and what is not committed, can have touched.
fn check_changed() -> Result<()> {
    let packages = packages()?;
    let plan = Plan::changed(&packages, &std::env::current_dir()?, &changed()?);
    if plan.is_empty() {
        println!("\nnothing changed that a test looks at");
        return Ok(());
    }
    check_all(&plan, Servers::Debug)
}

/// The files that are not as on `main` where this branch began.
fn changed() -> Result<Vec<PathBuf>> {
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments));
    let begun = ["main", "origin/main", "master", "origin/master"]
        .into_iter()
        .find_map(|main| git(&["merge-base", "HEAD", main]))
        .context("--changed needs git and a branch `main`")?;
    let lists = [
        git(&["diff", "--name-only", "--no-renames", &begun]),
        git(&["ls-files", "--others", "--exclude-standard"]),
    ];
    let files = lists.into_iter().flatten().collect::<Vec<_>>().join("\n");
    Ok(files.lines().map(PathBuf::from).collect())
}

/// What browser tests run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Servers {
    /// As in production
    Release,
    /// Built in a tenth of the time
    Debug,
}

/// Runs what is planned and prints how much of it passed.
fn check_all(plan: &Plan, servers: Servers) -> Result<()> {
    let mut steps = Steps::new(plan.steps());
    let mut tally = Tally::default();
    // Looked up before the tests are built: they may link this program anew in its place.
    let xtask = std::env::current_exe()?;
    steps.next("finding tools");
    let in_browser = !plan.wasm.is_empty() || !plan.browser.is_empty();
    let toolchain = in_browser.then(Toolchain::prepare_release).transpose()?;
    if in_browser {
        tools::chromium()?;
    }
    let sdk_and_axe = (!plan.browser.is_empty())
        .then(|| Ok::<_, anyhow::Error>((tools::clerk_sdk()?, tools::axe()?)))
        .transpose()?;
    let geckodriver = plan.needs.contains(&Need::Engines).then(|| {
        tools::webkit();
        tools::firefox()
    });
    let postgres = plan.postgres.then(tools::postgres).transpose()?;
    if plan.postgres {
        tools::deployment()?;
    }

    if plan.format {
        steps.next("format");
        tally.command(
            "cargo fmt",
            Command::new("cargo").args(["fmt", "--all", "--check"]),
        )?;
    }
    if !plan.lints.is_empty() {
        steps.next("lints");
        let mut clippy = Command::new("cargo");
        clippy.arg("clippy").args(&plan.lints);
        clippy.args(["--all-targets", "--locked", "--", "-D", "warnings"]);
        tally.command("cargo clippy", &mut clippy)?;
    }
    if !plan.native.is_empty() {
        steps.next("unit and API tests");
    }
    for arguments in &plan.native {
        let mut cargo = Command::new("cargo");
        cargo.arg("test").args(arguments);
        cargo.args(["--locked", "--no-fail-fast"]).args(&plan.name);
        cargo.envs(postgres.iter().map(|folder| ("POSTGRES_BIN", folder)));
        tally.tests(&mut cargo)?;
    }
    if let Some(toolchain) = &toolchain {
        if !plan.wasm.is_empty() {
            steps.next("wasm tests in a browser");
            wasm_tests(&mut tally, toolchain, plan)?;
        }
        if !plan.needs.is_empty() {
            steps.next("building what the browser tests run");
            build_for_browser(&mut tally, toolchain, &plan.needs, servers)?;
        }
    }
    if let Some((clerk_sdk, axe)) = sdk_and_axe {
        steps.next("browser tests");
        let mut cargo = Command::new("cargo");
        cargo
            .args(["test", "-p", "e2e", "--locked", "--no-fail-fast"])
            .args(&plan.browser)
            .args(&plan.name)
            .args(["--", "--test-threads=2"])
            .env("E2E_BIN_DIR", target(servers.folder()))
            .env("E2E_SDK_DIR", clerk_sdk)
            .env("E2E_AXE", axe)
            .env("E2E_XTASK", xtask)
            .envs(geckodriver.flatten().map(|it| ("GECKODRIVER", it)));
        for (variable, folder) in [("E2E_DIST_DIR", "dist"), ("E2E_EXAMPLES_DIR", "examples")] {
            cargo.env(variable, std::path::absolute(folder)?);
        }
        tally.tests(&mut cargo)?;
    }
    steps.finish();
    if tally.is_empty() {
        let name = plan.name.as_deref().unwrap_or_default();
        bail!("no test has `{name}` in its name; `cargo xtask test` runs all");
    }
    tally.close()
}

impl Servers {
    /// Where cargo puts them.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }

    /// Builds them, with those of the examples that are needed.
    fn build(self, needs: &BTreeSet<Need>) -> Result<()> {
        let examples = needs.iter().filter_map(|need| match need {
            Need::Example(name) => build::server_of(name),
            Need::Servers | Need::Page | Need::Engines => None,
        });
        let packages: Vec<_> = build::SERVERS.into_iter().chain(examples).collect();
        match self {
            Self::Release => build::binaries(&packages),
            Self::Debug => run("cargo build", &mut build::debug(&packages)),
        }
    }
}

/// Builds what browser tests run on. Pages are always the release's: only they are rendered ahead.
fn build_for_browser(
    tally: &mut Tally,
    toolchain: &Toolchain,
    needs: &BTreeSet<Need>,
    servers: Servers,
) -> Result<()> {
    for need in needs {
        match need {
            Need::Servers => {
                let built = servers.build(needs);
                tally.step("servers", built)?;
            }
            Need::Page => {
                let page = build::page(toolchain);
                let page = page.and_then(|visit| build::within_budget(toolchain, visit));
                tally.step("page", page)?;
            }
            Need::Example(name) => {
                let built = build::example(toolchain, name);
                tally.step(&format!("the page of examples/{name}"), built)?;
            }
            // Found with the tools.
            Need::Engines => {}
        }
    }
    Ok(())
}

/// clerk-yew's tests that need a real browser.
fn wasm_tests(tally: &mut Tally, toolchain: &Toolchain, plan: &Plan) -> Result<()> {
    let mut cargo = toolchain.command("cargo")?;
    cargo
        .args([
            "test",
            "-p",
            "clerk-yew",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(&plan.wasm)
        .args(&plan.name)
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    if let Some(driver) = tools::which("chromedriver") {
        cargo.env("CHROMEDRIVER", driver);
    }
    // Chromium leaves sockets and locks in the folder for temporary files.
    let temporary = std::env::temp_dir().join(format!("xtask-{}", std::process::id()));
    std::fs::create_dir_all(&temporary)?;
    let result = tally.tests(cargo.env("TMPDIR", &temporary));
    std::fs::remove_dir_all(&temporary)?;
    result
}
