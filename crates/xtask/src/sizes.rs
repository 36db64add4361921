//! `cargo xtask sizes`

use anyhow::Result;

use crate::steps::Steps;
use crate::wasm::Toolchain;
use crate::{build, split};

/// Builds the page and prints what its wasm consists of.
pub fn sizes() -> Result<()> {
    let mut steps = Steps::new(3);
    steps.next("finding tools");
    let toolchain = Toolchain::prepare_release()?;
    steps.next("building the page (release)");
    build::page(&toolchain)?;
    steps.next("looking into it");
    split::sizes(&toolchain)
}
