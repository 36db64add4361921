//! The page's wasm in two: what every visit needs, and what only those who are signed in do.
//!
//! trunk runs wasm-bindgen and wasm-opt itself and nothing between them, so what it makes of the
//! program, all of it in one, is replaced here by its parts.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::run;
use crate::settings::target;
use crate::wasm::Toolchain;

/// How the page's files begin.
const NAME: &str = "frontend";
/// The document of those who need the second part at once.
const SIGNED_IN: &str = "signed-in.html";
/// The way from the first part to the second, as `frontend/split` names it.
const LOADER: &str = "chunks.js";
/// What wasm-opt may use: what every browser has that runs wasm-bindgen's output.
const OPTIMIZE: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Replaces the program in `dist` by its parts.
pub fn split(toolchain: &Toolchain, dist: &Path) -> Result<()> {
    let folder = folder();
    let _ = fs::remove_dir_all(&folder);
    let linked = target("wasm").join("wasm32-unknown-unknown/release/frontend.wasm");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["run", "--quiet", "-p", "split", "--"])
        .args([&linked, &folder])
        .arg(NAME);
    run("split", &mut cargo)?;
    let mut bindgen = toolchain.command("wasm-bindgen")?;
    bindgen
        .arg(folder.join(format!("{NAME}.wasm")))
        .arg("--out-dir")
        .arg(&folder)
        // The parts know each other by what the linker exported.
        .args(["--target", "web", "--no-typescript", "--keep-lld-exports"])
        .arg("--no-demangle");
    run("wasm-bindgen", &mut bindgen)?;
    let [main, chunk] = parts().map(|(_, part)| part);
    let small = [main, chunk].map(|part| (part.with_extension("small.wasm"), part));
    for (small, part) in &small {
        let mut optimize = toolchain.command("wasm-opt")?;
        optimize.args(OPTIMIZE).arg(part).arg("-o").arg(small);
        run("wasm-opt", &mut optimize)?;
    }
    let [(main, _), (chunk, _)] = &small;
    let script = folder.join(format!("{NAME}.js"));
    replace(dist, [main, &script, &folder.join(LOADER), chunk])
}

/// Prints what the parts that were built last consist of.
pub fn sizes(toolchain: &Toolchain) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "-p", "split", "--bin", "sizes", "--"]);
    for (name, part) in parts() {
        let named = part.with_extension("named.wasm");
        let mut optimize = toolchain.command("wasm-opt")?;
        optimize
            .args(OPTIMIZE)
            .arg("-g")
            .arg(&part)
            .arg("-o")
            .arg(&named);
        run("wasm-opt", &mut optimize)?;
        cargo.arg(format!("{name}={}", named.display()));
    }
    run("sizes", &mut cargo)
}

/// Where the parts are made.
fn folder() -> PathBuf {
    target("wasm").join("split")
}

/// The parts before they are made small, with whom each is for.
fn parts() -> [(&'static str, PathBuf); 2] {
    [
        ("everybody", folder().join(format!("{NAME}_bg.wasm"))),
        ("signed in", folder().join("split_person.wasm")),
    ]
}

/// Puts the parts in the place of what trunk made. They fit each other only: one hash is in the
/// names of all.
fn replace(dist: &Path, parts: [&PathBuf; 4]) -> Result<()> {
    let read = |path: &PathBuf| {
        fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
    };
    let [main, script, loader, chunk] = parts;
    let mut hasher = DefaultHasher::new();
    for part in parts {
        read(part)?.hash(&mut hasher);
    }
    let hash = format!("{:016x}", hasher.finish());
    let named = |name: &str, rest: &str| format!("{name}-{hash}{rest}");
    let (main_name, script_name) = (named(NAME, "_bg.wasm"), named(NAME, ".js"));
    let (loader_name, chunk_name) = (named("chunks", ".js"), named("person", ".wasm"));

    let whole = stem(dist)?;
    for made in [format!("{whole}.js"), format!("{whole}_bg.wasm")] {
        fs::remove_file(dist.join(made))?;
    }
    fs::write(dist.join(&main_name), read(main)?)?;
    fs::write(dist.join(&chunk_name), read(chunk)?)?;
    for (from, to) in [(script, &script_name), (loader, &loader_name)] {
        let text = fs::read_to_string(from)?
            // The wasm goes on calling it by the name it knows.
            .replace(
                &format!("from \"./{LOADER}\""),
                &format!("from \"./{loader_name}\""),
            )
            .replace(&format!("./{NAME}.js"), &format!("./{script_name}"))
            .replace(&format!("{NAME}_bg.wasm"), &main_name)
            .replace("./split_person.wasm", &format!("./{chunk_name}"));
        fs::write(dist.join(to), text)?;
    }
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.extension().is_none_or(|it| it != "html") {
            continue;
        }
        let loader = format!("<link crossorigin href=/{loader_name} rel=modulepreload>");
        let chunk = format!(
            "<link as=fetch crossorigin href=/{chunk_name} rel=preload type=application/wasm>"
        );
        let early = if path.ends_with(SIGNED_IN) {
            loader + &chunk
        } else {
            loader
        };
        let text = fs::read_to_string(&path)?
            .replace(&whole, &named(NAME, ""))
            .replacen("</head>", &format!("{early}</head>"), 1);
        fs::write(path, text)?;
    }
    Ok(())
}

/// How the names begin that trunk gave to the program: `frontend-<hash>`.
fn stem(dist: &Path) -> Result<String> {
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(stem) = name.strip_suffix("_bg.wasm") {
            return Ok(stem.to_owned());
        }
    }
    bail!("trunk left no wasm in {}", dist.display());
}
