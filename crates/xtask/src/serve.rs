//! `cargo xtask serve`

use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::slice;
use std::time::Duration;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use environment::Env;

use crate::process::{Running, supervise, wait_until_ready};
use crate::settings::{Settings, emulator_secret_key, target};
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
    let (programs, _) = servers(&settings, &target("release"))?;
    steps.finish();
    println!(
        "\n  ➜  http://localhost:{}\n\n     Ctrl-C stops it.\n",
        settings.listen_addr.port()
    );
    supervise(programs, |_| Ok(()))
}

/// How the API is started.
pub struct Api {
    command: Command,
    address: SocketAddr,
    ready: &'static str,
}

impl Api {
    /// Starts it and waits until it answers.
    pub fn start(&mut self) -> Result<Running> {
        let mut running = Running::start("api", &mut self.command)?;
        wait_until_ready(
            "the API",
            slice::from_mut(&mut running),
            self.address,
            self.ready,
            START_WITHIN,
        )?;
        Ok(running)
    }
}

/// Starts the API, and the emulator where it stands in for Clerk, from this folder of binaries.
/// Answers what runs, and how the API is started again.
pub fn servers(settings: &Settings, folder: &Path) -> Result<(Vec<Running>, Api)> {
    let env = Env::of_process();
    let mut programs = Vec::new();
    let mut api = Command::new(folder.join("api"));
    let webhook_secret = webhook_secret()?;
    if let Some(address) = settings.emulator_addr {
        let mut emulator = Command::new(folder.join("clerk-emulator"));
        emulator.env("EMULATOR_SDK_DIR", tools::clerk_sdk()?);
        api.env("CLERK_EMULATOR", "1");
        if env.get("EMULATOR_WEBHOOK_URL")?.is_none() {
            let url = format!("http://{}/api/webhooks/clerk", settings.listen_addr);
            emulator.env("EMULATOR_WEBHOOK_URL", url);
            emulator.env("EMULATOR_WEBHOOK_SECRET", &webhook_secret);
            api.env("CLERK_WEBHOOK_SIGNING_SECRET", &webhook_secret);
        }
        programs.push(Running::start("clerk-emulator", &mut emulator)?);
        let keys = "/.well-known/jwks.json";
        wait_until_ready("the emulator", &mut programs, address, keys, START_WITHIN)?;
        if env.get("CLERK_SECRET_KEY")?.is_none() {
            api.env("CLERK_SECRET_KEY", emulator_secret_key()?);
        }
    }
    let mut api = Api {
        command: api,
        address: settings.listen_addr,
        ready: if settings.emulator_addr.is_some() {
            "/readyz"
        } else {
            "/healthz"
        },
    };
    programs.push(api.start()?);
    Ok((programs, api))
}

/// What the emulator signs its webhooks with: the API's own secret, or one for this run.
fn webhook_secret() -> Result<String> {
    if let Some(secret) = Env::of_process().get("CLERK_WEBHOOK_SIGNING_SECRET")? {
        return Ok(secret);
    }
    let mut random = [0; 24];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    Ok(format!("whsec_{}", STANDARD.encode(random)))
}
