//! `cargo xtask picture`: what the page looks like. `cargo xtask bench`: what all of it costs.
//! `cargo xtask fault` and `cargo xtask fuzz`: what is left when it is hurt.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process::run;
use crate::settings::target;
use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, tools};

/// Where all pictures go.
const PICTURES: &str = "target/pictures";
/// Those that a README shows, and the folder that it shows them from.
const SHOWN: [(&str, &str); 4] = [
    ("two-tabs-light.png", "docs"),
    ("home-phone-dark.png", "docs"),
    ("dashboard-users-desktop-light.png", EMULATOR_DOCS),
    ("dashboard-messages-phone-dark.png", EMULATOR_DOCS),
];
const EMULATOR_DOCS: &str = "crates/clerk-emulator/docs";

/// Takes pictures of the page, in every state, and of the dashboard, and renews those that a README
/// shows.
pub fn picture() -> Result<()> {
    let mut steps = Steps::new(5);
    let axe = tools::axe()?;
    let clerk_sdk = release(&mut steps)?;
    steps.next("taking pictures");
    let mut tour = in_a_browser("run", &clerk_sdk)?;
    run("pictures", tour.args(["--bin", "pictures", "--", PICTURES]))?;
    steps.next("taking pictures of every state");
    let mut states = in_a_browser("test", &clerk_sdk)?;
    states
        .args(["--test", "stories", "--", "states", "--test-threads=2"])
        .env("E2E_AXE", axe)
        .env("E2E_PICTURES_DIR", std::path::absolute(PICTURES)?);
    run("stories", &mut states)?;
    for (name, folder) in SHOWN {
        std::fs::copy(Path::new(PICTURES).join(name), Path::new(folder).join(name))?;
    }
    println!("\n  all of them: {PICTURES}");
    Ok(())
}

/// Prints the tables of figures.
pub fn bench() -> Result<()> {
    let mut steps = Steps::new(9);
    steps.next("finding peers");
    tools::wrk()?;
    let postgres = tools::postgres()?;
    let (hono, emulate) = (tools::peer("hono"), tools::peer("emulate"));
    let clerk_sdk = release(&mut steps)?;
    steps.next("building the peers (release)");
    build::binaries(&["bench"])?;
    steps.next("measuring the API");
    let mut bench = of_bench("bench");
    bench.env("POSTGRES_BIN", postgres);
    if let Some(folder) = hono {
        bench.env("BENCH_HONO_DIR", folder);
    }
    run("bench", &mut bench)?;
    steps.next("measuring what strangers can take");
    run("strangers", &mut of_bench("strangers"))?;
    steps.next("measuring the emulator");
    let mut emulator = of_bench("emulator");
    if let Some(folder) = emulate {
        emulator.env("BENCH_EMULATE_DIR", folder);
    }
    run("emulator", &mut emulator)?;
    steps.next("measuring the page");
    let mut figures = in_a_browser("run", &clerk_sdk)?;
    run("figures", figures.args(["--release", "--bin", "figures"]))
}

/// Hurts the API and looks for what it acknowledged.
pub fn fault() -> Result<()> {
    let mut steps = Steps::new(3);
    steps.next("building the servers (release)");
    build::binaries(&build::SERVERS)?;
    steps.next("building the fault runner (release)");
    build::binaries(&["bench"])?;
    steps.next("injecting faults");
    run(
        "fault",
        of_bench("fault").env("POSTGRES_BIN", tools::postgres()?),
    )
}

/// Lets an outside fuzzer try the API.
pub fn fuzz() -> Result<()> {
    let mut steps = Steps::new(4);
    steps.next("finding Schemathesis");
    let schemathesis = tools::schemathesis()?;
    steps.next("building the servers (release)");
    build::binaries(&build::SERVERS)?;
    steps.next("building the token issuer (release)");
    build::binaries(&["bench"])?;
    steps.next("fuzzing");
    run("fuzz", of_bench("fuzz").env("SCHEMATHESIS", schemathesis))
}

/// A program of the benchmarks, which runs the servers that are built beside it.
fn of_bench(program: &str) -> Command {
    let folder = target("release");
    let mut command = Command::new(folder.join(program));
    command.env("BENCH_BIN_DIR", folder);
    command
}

/// Builds the release in three steps; answers the folder of Clerk's scripts.
fn release(steps: &mut Steps) -> Result<PathBuf> {
    steps.next("finding tools");
    let clerk_sdk = tools::clerk_sdk()?;
    let toolchain = Toolchain::prepare_release()?;
    tools::chromium()?;
    steps.next("building the page (release)");
    build::page(&toolchain)?;
    steps.next("building the servers (release)");
    build::binaries(&build::SERVERS)?;
    Ok(clerk_sdk)
}

/// cargo with a program or the tests of `e2e`, which use the release.
fn in_a_browser(what: &str, clerk_sdk: &Path) -> Result<Command> {
    let mut cargo = Command::new("cargo");
    cargo
        .args([what, "--quiet", "-p", "e2e"])
        .env("E2E_BIN_DIR", target("release"))
        .env("E2E_DIST_DIR", std::path::absolute("dist")?)
        .env("E2E_SDK_DIR", clerk_sdk);
    Ok(cargo)
}
