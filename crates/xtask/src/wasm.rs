//! The compiler for the page, and the environment in which trunk finds all it needs.
//!
//! Where rustup can fetch the wasm target, nothing more is needed. Where it cannot, Debian's
//! own compiler comes with the source of the standard library, which cargo builds for wasm.
//! The smallest page needs that source too, so a release prefers a compiler that has it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::output;
use crate::settings::target;
use crate::tools;

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler with its library.
const DEBIAN_BIN: &str = "/usr/bin";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library/std";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// A compiler that can build the page.
#[derive(Clone, Debug)]
enum Compiler {
    /// rustup's, with the target installed
    Rustup,
    /// rustup's, with the library's source
    RustupSource,
    /// Debian's, with the library's source
    Debian,
}

/// Everything that builds the page.
pub struct Toolchain {
    compiler: Compiler,
    path: Vec<PathBuf>,
}

impl Toolchain {
    /// Finds or installs a compiler, trunk and wasm-bindgen.
    pub fn prepare() -> Result<Self> {
        let compiler = compiler()?;
        let mut path = vec![tools::trunk()?, tools::wasm_bindgen()?];
        if let Compiler::Debian = compiler {
            path.push(DEBIAN_BIN.into());
        }
        Ok(Self { compiler, path })
    }

    /// For the smallest page: prefers a compiler with the library's source, adds wasm-opt.
    pub fn prepare_release() -> Result<Self> {
        let mut toolchain = Self::prepare()?;
        if let Compiler::Rustup = toolchain.compiler {
            if rustup_source()? {
                toolchain.compiler = Compiler::RustupSource;
            } else if Path::new(DEBIAN_LIBRARY).is_dir() {
                toolchain.compiler = Compiler::Debian;
                toolchain.path.push(DEBIAN_BIN.into());
            } else {
                println!(
                    "  without the standard library's source the page is about 20 KB larger; \
                     `rustup component add rust-src` fetches it"
                );
            }
        }
        // In front of any other: trunk takes the first it finds.
        toolchain.path.insert(0, tools::wasm_opt()?);
        Ok(toolchain)
    }

    /// Whether it has the library's source, which the smallest page needs.
    pub fn makes_the_smallest(&self) -> bool {
        !matches!(self.compiler, Compiler::Rustup)
    }

    /// A program that builds the page, in development.
    pub fn command(&self, program: &str) -> Result<Command> {
        let mut path = self.path.clone();
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let path = std::env::join_paths(path)?;
        // Found by the new path, not by this program's.
        let found = std::env::split_paths(&path)
            .map(|folder| folder.join(program))
            .find(|candidate| candidate.is_file())
            .with_context(|| format!("{program} is not on the PATH"))?;
        let mut command = Command::new(found);
        command
            .env("PATH", path)
            // Apart from the native build: other compiler, other flags, no waiting for its lock.
            .env("CARGO_TARGET_DIR", target("wasm"))
            .env_remove("CARGO")
            .env_remove("RUSTFLAGS");
        match self.compiler {
            Compiler::Rustup => {}
            Compiler::RustupSource => build_std(&mut command),
            Compiler::Debian => {
                build_std(&mut command);
                // Debian's comes without a linker for wasm; rustup's brings one.
                let host = sysroot()?.join("lib/rustlib");
                let linker = std::fs::read_dir(&host)?
                    .flatten()
                    .map(|entry| entry.path().join("bin/rust-lld"))
                    .find(|linker| linker.is_file())
                    .with_context(|| format!("there is no rust-lld under {}", host.display()))?;
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
        Ok(command)
    }

    /// A program that builds the page, as small as the compiler can.
    pub fn release_command(&self, program: &str) -> Result<Command> {
        let mut command = self.command(program)?;
        command
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z")
            .env("CARGO_PROFILE_RELEASE_LTO", "fat")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
        if let Compiler::RustupSource | Compiler::Debian = self.compiler {
            // No formatting of panics, no unwinding, no text of `Debug`.
            command
                .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
                .env("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true")
                .env("CARGO_PROFILE_RELEASE_PANIC", "immediate-abort")
                .env(
                    "RUSTFLAGS",
                    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
                );
        } else {
            command.env("CARGO_PROFILE_RELEASE_PANIC", "abort");
        }
        Ok(command)
    }
}

fn build_std(command: &mut Command) {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
}

/// Where rustup's compiler keeps its libraries.
fn sysroot() -> Result<PathBuf> {
    output(Command::new("rustc").args(["--print", "sysroot"]))
        .map(PathBuf::from)
        .context("rustc is missing: install Rust from https://rustup.rs")
}

/// Whether rustup's compiler has the source of its standard library, fetched where that may be done.
fn rustup_source() -> Result<bool> {
    let source = sysroot()?.join("lib/rustlib/src/rust/library/std");
    if !source.is_dir() {
        println!("  installing the standard library's source, for the smallest page (once)");
        let _ = output(Command::new("rustup").args(["component", "add", "rust-src"]));
    }
    Ok(source.is_dir())
}

/// Which compiler for the page is there, in words.
pub fn compiler_at() -> Option<&'static str> {
    match found().ok()?? {
        Compiler::Debian => Some("Debian's compiler"),
        Compiler::Rustup | Compiler::RustupSource => Some("rustup's"),
    }
}

/// Whether the standard library's source is there, for the smallest page.
pub fn has_source() -> bool {
    let source = sysroot().map(|it| it.join("lib/rustlib/src/rust/library/std"));
    source.is_ok_and(|it| it.is_dir()) || Path::new(DEBIAN_LIBRARY).is_dir()
}

/// A compiler that is there.
fn found() -> Result<Option<Compiler>> {
    if sysroot()?.join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(Some(Compiler::Rustup));
    }
    Ok(Path::new(DEBIAN_LIBRARY)
        .is_dir()
        .then_some(Compiler::Debian))
}

fn compiler() -> Result<Compiler> {
    if let Some(compiler) = found()? {
        return Ok(compiler);
    }
    println!("  installing the wasm target (once)");
    let added = output(Command::new("rustup").args(["target", "add", TARGET]));
    if added.is_some()
        && let Some(compiler) = found()?
    {
        return Ok(compiler);
    }
    println!("  rustup cannot fetch it here; using Debian's compiler instead");
    if !tools::may_install() {
        bail!(
            "the wasm target is missing: run `rustup target add {TARGET}`, \
             or install Debian's compiler: sudo apt-get install {}",
            DEBIAN_PACKAGES.join(" ")
        );
    }
    tools::apt_install(&DEBIAN_PACKAGES)?;
    Ok(Compiler::Debian)
}
