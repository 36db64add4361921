//! `cargo xtask picture` and `cargo xtask bench`: what the page looks like, and costs.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process::run;
use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, tools};

/// Where all pictures go, and which of them the README shows.
const PICTURES: &str = "target/pictures";
const SHOWN: [&str; 2] = ["home-desktop-light.png", "home-phone-dark.png"];

/// Takes pictures of the page, and renews those in `docs/`.
pub fn picture() -> Result<()> {
    on_the_release("taking pictures", &["pictures", "--", PICTURES])?;
    std::fs::create_dir_all("docs")?;
    for name in SHOWN {
        std::fs::copy(Path::new(PICTURES).join(name), Path::new("docs").join(name))?;
    }
    println!("\n  all of them: {PICTURES}");
    Ok(())
}

/// Prints the table of figures.
pub fn bench() -> Result<()> {
    on_the_release("measuring", &["figures"])
}

fn on_the_release(what: &str, program: &[&str]) -> Result<()> {
    let mut steps = Steps::new(4);
    steps.next("finding tools");
    let clerk_sdk = tools::clerk_sdk()?;
    let toolchain = Toolchain::prepare_release()?;
    tools::chromium()?;
    steps.next("building the page (release)");
    build::page(&toolchain)?;
    steps.next("building the servers (release)");
    build::binaries(&build::SERVERS)?;
    steps.next(what);
    run(
        "cargo run",
        Command::new("cargo")
            .args(["run", "--quiet", "-p", "e2e", "--bin"])
            .args(program)
            .env("E2E_BIN_DIR", std::path::absolute("target/release")?)
            .env("E2E_DIST_DIR", std::path::absolute("dist")?)
            .env("E2E_SDK_DIR", clerk_sdk),
    )
}
