//! `cargo xtask prices`

use std::process::Command;

use anyhow::{Context, Result};

use crate::build::price;
use crate::process::output;
use crate::steps::Steps;
use crate::wasm::Toolchain;

/// Prints what each component and hook of clerk-yew adds to a page.
pub fn prices() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "-p", "prices"]);
    let items = output(&mut cargo).context("crates/prices does not run")?;
    let mut steps = Steps::new(items.lines().count() + 2);
    steps.next("finding tools");
    let toolchain = Toolchain::prepare_release()?;
    steps.next("an empty component");
    let provider = price(&toolchain, "")?;
    let mut rows = vec![format!(
        "| Yew, `ClerkProvider` and an empty component | {provider} |"
    )];
    for line in items.lines() {
        // The others on the line are the same code.
        let item = line.split(' ').next().unwrap_or(line);
        steps.next(item);
        let added = price(&toolchain, item)?.saturating_sub(provider);
        rows.push(format!("| `{}` | {added} |", line.replace(' ', "`, `")));
        println!("  {added} bytes");
    }
    println!("\n| on a page | adds bytes, brotli |\n|---|---|");
    println!("{}", rows.join("\n"));
    Ok(())
}
