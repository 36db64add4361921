//! `cargo xtask serve`

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::process::{Running, supervise, wait_until_ready};
use crate::settings::Settings;
use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, tools};

/// How long a server may take to answer.
pub const START_WITHIN: Duration = Duration::from_secs(30);

/// Builds the release and runs it on one port.
pub fn serve() -> Result<()> {
    let settings = Settings::read()?;
    settings.check_ports(false)?;
    let mut steps = Steps::new(4);
    steps.next("finding tools");
    let toolchain = Toolchain::prepare_release()?;
    steps.next("building the page (release)");
    build::page(&toolchain)?;
    steps.next("building the servers (release)");
    build::binaries(&build::SERVERS)?;
    steps.next("starting");
    let programs = servers(&settings, "target/release")?;
    println!(
        "\n  ➜  http://localhost:{}\n\n     Ctrl-C stops it.\n",
        settings.listen_addr.port()
    );
    supervise(programs)
}

/// Starts the API, and the emulator where it stands in for Clerk, from this folder of binaries.
pub fn servers(settings: &Settings, folder: &str) -> Result<Vec<Running>> {
    let mut programs = Vec::new();
    if let Some(address) = settings.emulator_addr {
        let mut emulator = Command::new(format!("{folder}/clerk-emulator"));
        emulator.env("EMULATOR_SDK_DIR", tools::clerk_sdk()?);
        programs.push(Running::start("clerk-emulator", &mut emulator)?);
        let keys = "/.well-known/jwks.json";
        wait_until_ready("the emulator", &mut programs, address, keys, START_WITHIN)?;
    }
    programs.push(Running::start(
        "api",
        &mut Command::new(format!("{folder}/api")),
    )?);
    let ready = if settings.emulator_addr.is_some() {
        "/readyz"
    } else {
        "/healthz"
    };
    wait_until_ready(
        "the API",
        &mut programs,
        settings.listen_addr,
        ready,
        START_WITHIN,
    )?;
    Ok(programs)
}
