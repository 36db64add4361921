//! `cargo xtask dev`

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::follow::Follower;
use crate::overlay::Overlay;
use crate::process::{Running, run, supervise, wait_until_ready};
use crate::serve::servers;
use crate::settings::{Settings, target};
use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, tools};

/// How long the first build of the page may take.
const BUILD_WITHIN: Duration = Duration::from_mins(20);

/// Installs what is missing, then runs everything for development.
pub fn dev() -> Result<()> {
    let settings = Settings::read()?;
    settings.check_ports(true)?;
    let emulated = settings.emulator_addr.is_some();
    let mut steps = Steps::new(4);
    steps.next("finding tools: wasm compiler, trunk, wasm-bindgen, clerk-js");
    if emulated {
        tools::clerk_sdk()?;
    }
    steps.next("building the servers, and tools that are missing");
    // Beside each other: either has stretches in which one core waits.
    let toolchain = thread::scope(|scope| {
        let toolchain = scope.spawn(Toolchain::prepare);
        let built = run("cargo build", &mut build::debug(&build::SERVERS));
        let toolchain = toolchain
            .join()
            .map_err(|_| anyhow!("finding tools panicked"))??;
        built.map(|()| toolchain)
    })?;
    steps.next("starting the servers");
    let (mut programs, api) = servers(&settings, &target("debug"))?;
    let overlay = Overlay::start()?;
    if let Some(address) = settings.emulator_addr {
        overlay.show_emails_of(address)?;
    }
    let config = trunk_config(&settings, &overlay)?;
    let mut follower = Follower::new(api, overlay)?;
    steps.next("building the page");
    let mut trunk = toolchain.command("trunk")?;
    trunk
        .arg("--config")
        .arg(config)
        .args(["serve", "--no-color"]);
    programs.push(Running::start("trunk serve", &mut trunk)?);
    let page = SocketAddr::from(([127, 0, 0, 1], settings.web_port));
    for path in ["/", "/api/config"] {
        wait_until_ready("the page", &mut programs, page, path, BUILD_WITHIN)?;
    }
    steps.finish();
    println!("\n  ➜  http://localhost:{}\n", settings.web_port);
    if let Some(address) = settings.emulator_addr {
        println!("     The emulator's dashboard, with its emails: http://{address}/dashboard");
    }
    println!("     Ctrl-C stops everything.\n");
    supervise(programs, |programs| follower.look(programs))
}

/// Trunk.toml with these ports in place of the usual ones, and with the overlay. It has to lie in
/// the project's folder, from which trunk takes all paths.
fn trunk_config(settings: &Settings, overlay: &Overlay) -> Result<&'static Path> {
    let usual = fs::read_to_string("Trunk.toml").context("Trunk.toml cannot be read")?;
    let config = usual
        .replace("port = 8080", &format!("port = {}", settings.web_port))
        .replace("//127.0.0.1:3000", &format!("//{}", settings.listen_addr));
    let path = Path::new(".trunk-dev.toml");
    fs::write(path, config + &overlay.trunk_config())?;
    Ok(path)
}
