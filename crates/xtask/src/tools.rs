//! The tools that the commands need: found on this machine, or installed where that is allowed.
//! Versions are pinned, and what has been installed once is found again.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{output, run, status};
use crate::settings::cargo_home;

/// The newest trunk that this project's toolchains build.
const TRUNK: &str = "0.21.14";
/// Clerk's scripts: what `@6` and `@1` stand for at the emulator.
const CLERK_JS: &str = "6.40.0";
const CLERK_UI: &str = "1.36.0";
/// wasm-opt, out of the npm package binaryen.
const BINARYEN: &str = "132.0.0";
/// Firefox's driver.
const GECKODRIVER: &str = "0.37.1";
/// Deque's rules of accessibility, the most widely used.
const AXE: &str = "4.14.1";
/// The fuzzer, from Python's package index.
const SCHEMATHESIS: &str = "4.32.5";

/// Folder for what is fetched for this project alone.
pub const FETCHED: &str = ".tools";

/// trunk's folder, if it is there in the right version.
pub fn trunk_at() -> Option<PathBuf> {
    let version = output(Command::new("trunk").arg("--version"));
    if version.as_deref() == Some(&format!("trunk {TRUNK}")) {
        return folder_of("trunk");
    }
    installed("trunk", TRUNK)
}

/// trunk, as a folder to put on the path.
pub fn trunk() -> Result<PathBuf> {
    if let Some(folder) = trunk_at() {
        return Ok(folder);
    }
    // Without its TLS of choice it needs no OpenSSL; unoptimized it builds in half the time,
    // and spends its life waiting for cargo.
    let options = ["--locked", "--no-default-features", "--features", "rustls"];
    cargo_install("trunk", TRUNK, &options, "0")
}

/// The version of wasm-bindgen that the page is linked with, to which the program has to fit.
fn wasm_bindgen_version() -> Result<String> {
    let lock = std::fs::read_to_string("Cargo.lock").context("Cargo.lock cannot be read")?;
    lock.split_once("name = \"wasm-bindgen\"\nversion = \"")
        .and_then(|(_, rest)| rest.split('"').next())
        .map(str::to_owned)
        .context("Cargo.lock names no wasm-bindgen")
}

/// wasm-bindgen's folder, if it is there in the right version.
pub fn wasm_bindgen_at() -> Option<PathBuf> {
    let wanted = wasm_bindgen_version().ok()?;
    let version = output(Command::new("wasm-bindgen").arg("--version"));
    if version.as_deref() == Some(&format!("wasm-bindgen {wanted}"))
        && output(Command::new("wasm-bindgen-test-runner").arg("--version")).is_some()
    {
        return folder_of("wasm-bindgen");
    }
    installed("wasm-bindgen-cli", &wanted)
}

/// wasm-bindgen, as a folder to put on the path.
pub fn wasm_bindgen() -> Result<PathBuf> {
    if let Some(folder) = wasm_bindgen_at() {
        return Ok(folder);
    }
    cargo_install("wasm-bindgen-cli", &wasm_bindgen_version()?, &[], "1")
}

/// The folder of a program on the path.
fn folder_of(program: &str) -> Option<PathBuf> {
    which(program)?.parent().map(Path::to_owned)
}

/// Where a program lies, if it is on the path or where Debian keeps daemons, off the path of people.
pub fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Where a tool is installed for these commands.
fn home(package: &str, version: &str) -> Result<PathBuf> {
    Ok(cargo_home()?
        .join("xtask")
        .join(format!("{package}-{version}")))
}

/// The programs of a tool that was installed for these commands.
fn installed(package: &str, version: &str) -> Option<PathBuf> {
    let home = home(package, version).ok()?;
    is_whole(&home).then(|| home.join("bin"))
}

/// Whether all of a tool is in its folder. cargo makes its list when it begins to install, and fills
/// it when it has.
fn is_whole(home: &Path) -> bool {
    let list = std::fs::metadata(home.join(".crates2.json"));
    list.is_ok_and(|list| list.len() > 0) || home.join(FETCHED_WHOLE).is_file()
}

/// Written beside a tool that was fetched, when all of it is there.
const FETCHED_WHOLE: &str = "fetched";

/// Fetches a tool that others compiled, where `cargo binstall` is installed and finds it.
fn fetched(package: &str, version: &str, home: &Path) -> Result<bool> {
    if which("cargo-binstall").is_none() {
        return Ok(false);
    }
    println!("  fetching {package} {version} (once)");
    let mut binstall = Command::new("cargo");
    binstall
        .args([
            "binstall",
            "--no-confirm",
            "--disable-strategies",
            "compile",
        ])
        .arg("--root")
        .arg(home)
        .arg(format!("{package}@{version}"));
    if !status("cargo binstall", &mut binstall)?.success() {
        println!("  cargo binstall has none; compiling it instead");
        return Ok(false);
    }
    std::fs::write(home.join(FETCHED_WHOLE), "")?;
    Ok(true)
}

/// Installs into cargo's folder, beside what the person has installed, not over it.
fn cargo_install(
    package: &str,
    version: &str,
    options: &[&str],
    opt_level: &str,
) -> Result<PathBuf> {
    let home = home(package, version)?;
    if fetched(package, version, &home)? {
        return Ok(home.join("bin"));
    }
    println!("  installing {package} {version} (once, some minutes)");
    run(
        &format!("cargo install {package}"),
        Command::new("cargo")
            // Servers are built meanwhile: two bars of progress would write over each other.
            .args([
                "install",
                "--quiet",
                package,
                "--version",
                version,
                "--root",
            ])
            .arg(&home)
            .args(options)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
            .env_remove("CARGO_TARGET_DIR"),
    )
    .context("it cannot be installed without the network; connect and run this again")?;
    Ok(home.join("bin"))
}

/// The packages of npm that are there, of all that are fetched.
pub fn packages_at() -> [(&'static str, bool); 3] {
    let sdk = Path::new(FETCHED).join("clerk-sdk");
    let clerk = [("@clerk/clerk-js", CLERK_JS), ("@clerk/ui", CLERK_UI)];
    let has_clerk = clerk
        .iter()
        .all(|(package, version)| sdk.join(package).join(version).is_dir());
    let has = |folder: &str, version| Path::new(FETCHED).join(folder).join(version).is_dir();
    [
        ("clerk-js", has_clerk),
        ("wasm-opt", has("binaryen", BINARYEN)),
        ("axe-core", has("axe-core", AXE)),
    ]
}

/// clerk-js and its UI for the emulator; answers the folder.
pub fn clerk_sdk() -> Result<PathBuf> {
    let folder = Path::new(FETCHED).join("clerk-sdk");
    for (package, version) in [("@clerk/clerk-js", CLERK_JS), ("@clerk/ui", CLERK_UI)] {
        npm_package::fetch(package, version, &folder.join(package).join(version))?;
    }
    Ok(std::path::absolute(folder)?)
}

/// wasm-opt, as a folder to put on the path.
pub fn wasm_opt() -> Result<PathBuf> {
    let folder = Path::new(FETCHED).join("binaryen").join(BINARYEN);
    npm_package::fetch("binaryen", BINARYEN, &folder)?;
    Ok(std::path::absolute(folder.join("bin"))?)
}

/// axe-core, which the browser tests judge pages by; the script's path.
pub fn axe() -> Result<PathBuf> {
    let folder = Path::new(FETCHED).join("axe-core").join(AXE);
    npm_package::fetch("axe-core", AXE, &folder)?;
    Ok(std::path::absolute(folder.join("axe.min.js"))?)
}

/// Chromium and its driver.
pub fn chromium() -> Result<()> {
    debian(
        &["chromium", "chromedriver"],
        &["chromium", "chromium-driver"],
    )
}

/// Firefox, as far as it can be had: answers its driver. Where it cannot be had that is told, and its
/// story is not.
pub fn firefox() -> Option<PathBuf> {
    let browser = match which("firefox") {
        Some(_) => Ok(()),
        None => debian(&["firefox-esr"], &["firefox-esr"]),
    };
    browser
        .and_then(|()| geckodriver())
        .inspect_err(|error| println!("  no story in Firefox: {error:#}"))
        .ok()
}

/// `WebKit` with its driver and a screen for it, as far as they can be had. Where they cannot that is
/// told, and their story is not.
pub fn webkit() {
    let had = debian(&WEBKIT, &["webkit2gtk-driver", "xvfb"]);
    if let Err(error) = had {
        println!("  no story in WebKit: {error:#}");
    }
}

/// Firefox's driver.
fn geckodriver() -> Result<PathBuf> {
    if let Some(found) = which("geckodriver") {
        return Ok(found);
    }
    let folder = match installed("geckodriver", GECKODRIVER) {
        Some(folder) => folder,
        None => cargo_install("geckodriver", GECKODRIVER, &["--locked"], "0")?,
    };
    Ok(folder.join("geckodriver"))
}

/// wrk, which makes the load of benchmarks.
pub fn wrk() -> Result<()> {
    debian(&["wrk"], &["wrk"])
}

/// A peer on Node.js, from `crates/bench`, with what it depends on; none, with the reason told,
/// when there is no Node.js or it cannot be fetched.
pub fn peer(name: &str) -> Option<PathBuf> {
    let fetch = || -> Result<PathBuf> {
        if which("node").is_none() || which("npm").is_none() {
            bail!("Node.js and npm are missing");
        }
        let folder = Path::new(FETCHED).join(format!("bench-{name}"));
        std::fs::create_dir_all(&folder)?;
        for file in std::fs::read_dir(Path::new("crates/bench").join(name))? {
            let file = file?;
            std::fs::copy(file.path(), folder.join(file.file_name()))?;
        }
        if !folder.join("node_modules").is_dir() {
            println!("  installing the peer {name} on Node.js (once, some minutes)");
        }
        let options = ["install", "--silent", "--no-audit", "--no-fund"];
        run(
            "npm install",
            Command::new("npm").args(options).current_dir(&folder),
        )?;
        Ok(std::path::absolute(folder)?)
    };
    fetch()
        .inspect_err(|error| println!("  skipping the peer {name} on Node.js: {error:#}"))
        .ok()
}

/// Schemathesis, in an environment of its own.
pub fn schemathesis() -> Result<PathBuf> {
    let folder = Path::new(FETCHED).join(format!("schemathesis-{SCHEMATHESIS}"));
    let program = std::path::absolute(folder.join("bin/schemathesis"))?;
    if program.is_file() {
        return Ok(program);
    }
    if which("python3").is_none() {
        bail!("Schemathesis needs python3: install Python 3.10 or newer");
    }
    println!("  installing schemathesis {SCHEMATHESIS} (once)");
    run(
        "python3 -m venv",
        Command::new("python3").args(["-m", "venv"]).arg(&folder),
    )?;
    let package = format!("schemathesis=={SCHEMATHESIS}");
    run(
        "pip install",
        Command::new(folder.join("bin/pip")).args(["install", "--quiet", &package]),
    )?;
    Ok(program)
}

/// PostgreSQL's programs; answers their folder.
pub fn postgres() -> Result<PathBuf> {
    if postgres_folder().is_none() {
        debian(&["initdb"], &["postgresql"])?;
    }
    postgres_folder().context("PostgreSQL's initdb was not found: install PostgreSQL")
}

/// The folder of PostgreSQL's programs, if they are there.
pub fn postgres_folder() -> Option<PathBuf> {
    // Debian keeps these off the path, one folder a version.
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let on_path = which("initdb").and_then(|path| path.parent().map(Path::to_owned));
    debian
        .map(|entry| entry.path().join("bin"))
        .chain(on_path)
        .filter(|folder| folder.join("initdb").is_file())
        .max()
}

/// What the main story in `WebKit` takes: the engine's driver, and a screen.
pub const WEBKIT: [&str; 2] = ["WebKitWebDriver", "Xvfb"];

/// What docs/deployment.md is tried with; tests go on without, and say so.
pub const DEPLOYMENT: [&str; 4] = ["nginx", "caddy", "pgbouncer", "openssl"];

/// The programs of docs/deployment.md, where they may be installed.
pub fn deployment() -> Result<()> {
    match debian(&DEPLOYMENT, &DEPLOYMENT) {
        Err(error) if !may_install() => {
            println!("  docs/deployment.md is not tried with all of its programs: {error:#}");
            Ok(())
        }
        done => done,
    }
}

/// Whether Debian's packages may be installed without asking.
pub fn may_install() -> bool {
    which("apt-get").is_some() && rustix::process::geteuid().is_root()
}

/// Makes sure of programs, out of Debian's packages where that may be done.
pub fn debian(programs: &[&str], packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| which(program).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !may_install() {
        bail!(
            "missing: {}; install your system's packages (Debian: sudo apt-get install {})",
            missing.join(" and "),
            packages.join(" ")
        );
    }
    apt_install(packages)
}

/// Installs Debian's packages, as root.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    println!("  installing {} (once)", packages.join(", "));
    let apt = |arguments: &[&str]| {
        run(
            "apt-get",
            Command::new("apt-get")
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
        .context(
            "the Debian packages could not be installed: check the network, then run this again",
        )
    };
    apt(&["update", "-qq"])?;
    let options = ["install", "-y", "-qq", "--no-install-recommends"];
    apt(&[&options, packages].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_whose_installation_was_interrupted_is_not_there() {
        let home = tempfile::tempdir().expect("a folder");
        assert!(!is_whole(home.path()));
        let list = home.path().join(".crates2.json");
        std::fs::write(&list, "").expect("written");
        assert!(!is_whole(home.path()));
        std::fs::write(&list, r#"{"installs":{}}"#).expect("written");
        assert!(is_whole(home.path()));
    }
}
