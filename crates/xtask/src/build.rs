//! `cargo xtask build`

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::run;
use crate::settings::target;
use crate::steps::Steps;
use crate::wasm::Toolchain;

/// Makes `dist/` and the release binary.
pub fn build() -> Result<()> {
    let mut steps = Steps::new(4);
    steps.next("finding tools");
    let toolchain = Toolchain::prepare_release()?;
    steps.next("building the page (release)");
    page(&toolchain)?;
    steps.next("building the server (release)");
    binaries(&["api"])?;
    steps.next("done");
    println!("\n  dist/  the page");
    let api = target("release").join("api");
    println!(
        "  {}  the server; it needs nothing but its environment and dist/",
        api.display()
    );
    Ok(())
}

/// Builds the page into `dist/`, with `.br` and `.gz` beside each file worth it.
pub fn page(toolchain: &Toolchain) -> Result<()> {
    let mut trunk = toolchain.release_command("trunk")?;
    trunk.args(["build", "--release", "--dist", "dist", "--public-url", "/"]);
    run("trunk build", &mut trunk)?;
    let mut prerender = Command::new("cargo");
    prerender.args(["run", "--quiet", "-p", "prerender", "--", "dist"]);
    run("prerender", &mut prerender)?;
    let sizes = compress(Path::new("dist"))?;
    let kilobytes = |bytes: usize| bytes.div_ceil(100).div_ceil(10);
    println!(
        "  the page's code and styles: {} KB, {} KB with brotli",
        kilobytes(sizes.raw),
        kilobytes(sizes.brotli)
    );
    Ok(())
}

/// Builds the app of one item of clerk-yew; answers its bytes, with brotli.
pub fn price(toolchain: &Toolchain, item: &str) -> Result<usize> {
    let dist = std::path::absolute(target("prices"))?;
    let mut trunk = toolchain.release_command("trunk")?;
    trunk
        .args(["--config", "crates/prices/Trunk.toml", "build", "--release"])
        .arg("--dist")
        .arg(&dist)
        .env("PRICES_ITEM", item);
    run("trunk build", &mut trunk)?;
    Ok(compress(&dist)?.brotli)
}

/// The server of `examples/notes`.
pub const EXAMPLE: &str = "notes-server";

/// Builds the page of an example.
pub fn example(toolchain: &Toolchain, name: &str) -> Result<()> {
    let mut trunk = toolchain.release_command("trunk")?;
    let config = format!("examples/{name}/Trunk.toml");
    trunk.args(["--config", &config, "build", "--release"]);
    run("trunk build", &mut trunk)
}

/// What runs for development and tests. Always built together, also where the emulator does not
/// run: alone, either would have features of its own, and all they share be built once more.
pub const SERVERS: [&str; 2] = ["api", "clerk-emulator"];

/// Builds these packages' release binaries.
pub fn binaries(packages: &[&str]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release"]);
    for package in packages {
        cargo.args(["-p", package]);
        if *package == "api" {
            cargo.args(["--features", "api/jemalloc"]);
        }
    }
    run("cargo build", &mut cargo)
}

/// Bytes of scripts, wasm and the document with its styles.
#[derive(Default)]
struct Sizes {
    raw: usize,
    brotli: usize,
}

fn compress(folder: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path
            .extension()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        if !["css", "html", "js", "svg", "wasm"].contains(&extension) {
            continue;
        }
        let bytes = fs::read(&path)?;
        let beside = |suffix: &str| path.with_extension(format!("{extension}.{suffix}"));
        let mut small = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: 11,
            lgwin: 24,
            ..Default::default()
        };
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut small, &parameters)
            .with_context(|| format!("{} cannot be compressed", path.display()))?;
        fs::write(beside("br"), &small)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&bytes)?;
        fs::write(beside("gz"), gzip.finish()?)?;
        // The styles are inside the document.
        if ["js", "wasm"].contains(&extension) || path.ends_with("index.html") {
            sizes.raw += bytes.len();
            sizes.brotli += small.len();
        }
    }
    Ok(sizes)
}
