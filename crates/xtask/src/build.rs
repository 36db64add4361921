//! `cargo xtask build`

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::run;
use crate::settings::target;
use crate::split::split;
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

/// Builds the page into `dist/`, with `.br` and `.gz` beside each file worth it; answers the bytes of
/// a stranger's first visit.
pub fn page(toolchain: &Toolchain) -> Result<u64> {
    let mut trunk = toolchain.release_command("trunk")?;
    trunk
        .args(["build", "--release", "--dist", "dist", "--public-url", "/"])
        .args(["--features", "split"]);
    run("trunk build", &mut trunk)?;
    let mut prerender = Command::new("cargo");
    prerender.args(["run", "--quiet", "-p", "prerender", "--", "dist"]);
    run("prerender", &mut prerender)?;
    split(toolchain, Path::new("dist"))?;
    compress(Path::new("dist"))?;
    let visit = first_visit(Path::new("dist"))?;
    println!("  a stranger's first visit loads {visit} bytes of the page, with brotli");
    Ok(visit)
}

/// What a stranger's first visit may load of the page, with brotli: document and styles, scripts
/// and wasm. A compiler without the standard library's source needs some more.
pub fn within_budget(toolchain: &Toolchain, visit: u64) -> Result<()> {
    let budget = if toolchain.makes_the_smallest() {
        95_000
    } else {
        115_000
    };
    if visit > budget {
        bail!("a stranger's first visit loads {visit} bytes of the page; the budget is {budget}");
    }
    Ok(())
}

/// What a stranger who opens the front door gets, but for the icon.
fn first_visit(dist: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_needed =
            name == "welcome.html.br" || name.ends_with(".js.br") || name.ends_with("_bg.wasm.br");
        if is_needed {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
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
    compress(&dist)
}

/// The server of an example, if it has one.
pub fn server_of(example: &str) -> Option<&'static str> {
    match example {
        "board" => Some("board-server"),
        "notes" => Some("notes-server"),
        _ => None,
    }
}

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

/// Builds these packages' programs as development has them.
pub fn debug(packages: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.arg("build");
    cargo.args(packages.iter().flat_map(|package| ["-p", package]));
    cargo
}

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

/// Adds `.br` and `.gz`; answers how many bytes scripts, wasm and the document with its styles are
/// with brotli.
fn compress(folder: &Path) -> Result<usize> {
    let mut sum = 0;
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
            sum += small.len();
        }
    }
    Ok(sum)
}
