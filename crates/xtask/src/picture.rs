//! `cargo xtask picture`

use std::process::Command;

use anyhow::Result;

use crate::process::run;
use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, tools};

/// Makes the pictures of the page in `docs/`.
pub fn picture() -> Result<()> {
    let mut steps = Steps::new(3);
    steps.next("finding tools");
    let clerk_sdk = tools::clerk_sdk()?;
    let toolchain = Toolchain::prepare_release()?;
    tools::chromium()?;
    steps.next("building");
    build::page(&toolchain)?;
    build::binaries(&["api", "clerk-emulator"])?;
    steps.next("taking pictures");
    run(
        "cargo run",
        Command::new("cargo")
            .args(["run", "-p", "e2e", "--bin", "pictures", "--", "docs"])
            .env("E2E_BIN_DIR", std::path::absolute("target/release")?)
            .env("E2E_DIST_DIR", std::path::absolute("dist")?)
            .env("E2E_SDK_DIR", clerk_sdk),
    )
}
