//! `cargo xtask doctor`: what is there, what is missing, and what it costs to do without.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::output;
use crate::settings::Settings;
use crate::{tools, wasm};

/// How it stands with one thing that a command needs.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// It is there
    There(String),
    /// The command that needs it installs it
    Later(String),
    /// A person has to do something; until then this does not work
    Missing(String),
}

/// A thing that a command needs.
struct Finding {
    name: &'static str,
    state: State,
}

/// Prints how it stands; an error if `cargo xtask dev` cannot run.
pub fn doctor() -> Result<()> {
    let groups = [
        ("cargo xtask dev, build, serve", for_the_page()),
        ("cargo xtask test", for_tests()),
        ("bench, fuzz, conformance", for_figures()),
    ];
    for (commands, findings) in &groups {
        println!("\n{commands}\n");
        for Finding { name, state } in findings {
            match state {
                State::There(what) => println!("  ✓ {name}: {what}"),
                State::Later(how) => println!("  ○ {name}: not there yet; {how}"),
                State::Missing(cost) => println!("  ✗ {name}: {cost}"),
            }
        }
    }
    println!("\n  ✓ there   ○ installed by the command that needs it   ✗ for you to do");
    let missing = |it: &&Finding| matches!(it.state, State::Missing(_));
    match groups[0].1.iter().filter(missing).count() {
        0 => Ok(()),
        _ => bail!("`cargo xtask dev` cannot run yet: see ✗ in the first list"),
    }
}

fn for_the_page() -> Vec<Finding> {
    let mut findings = vec![
        Finding {
            name: "Rust",
            state: rust(output(Command::new("rustc").arg("--version")).as_deref()),
        },
        program(
            "C compiler",
            "cc",
            "nothing can be linked; Debian: apt-get install build-essential",
        ),
        program(
            "make",
            "make",
            "the API cannot be built; Debian: apt-get install build-essential",
        ),
        program(
            "npm",
            "npm",
            "clerk-js cannot be fetched, so that nobody can sign in; install Node.js (https://nodejs.org)",
        ),
        Finding {
            name: "compiler for the page",
            state: later(wasm::compiler_at(), "rustup fetches it, or as root apt-get"),
        },
    ];
    let [clerk_js, wasm_opt, _] = tools::packages_at();
    let compiled = "compiled once, some minutes";
    let fetched = "npm fetches it once";
    for (name, found, how) in [
        ("trunk", tools::trunk_at().is_some(), compiled),
        ("wasm-bindgen", tools::wasm_bindgen_at().is_some(), compiled),
        (clerk_js.0, clerk_js.1, fetched),
        (wasm_opt.0, wasm_opt.1, fetched),
        (
            "source of the standard library",
            wasm::has_source(),
            "rustup fetches it; without it the page is about 20 KB larger",
        ),
    ] {
        findings.push(Finding {
            name,
            state: later(found.then_some("found"), how),
        });
    }
    let settings = match Settings::read() {
        Ok(settings) => match settings.check_ports(true) {
            Ok(()) => State::There("valid, and the ports are free".to_owned()),
            Err(error) => State::Missing(format!("{error:#}")),
        },
        Err(error) => State::Missing(format!("{error:#}")),
    };
    findings.push(Finding {
        name: "settings",
        state: settings,
    });
    findings
}

fn for_tests() -> Vec<Finding> {
    let [_, _, axe] = tools::packages_at();
    let programs = |all: &[&str]| {
        let is_there = all.iter().all(|it| tools::which(it).is_some());
        is_there.then(|| "found".to_owned())
    };
    let firefox = programs(&["firefox"]).or_else(|| programs(&["firefox-esr"]));
    let postgres = tools::postgres_folder().map(|it| it.display().to_string());
    vec![
        Finding {
            name: "Chromium and its driver",
            state: package(
                programs(&["chromium", "chromedriver"]),
                "no browser and no wasm tests, no pictures; Debian: apt-get install chromium chromium-driver",
            ),
        },
        Finding {
            name: "Firefox",
            state: package(
                firefox,
                "the main story is not told in Firefox; Debian: apt-get install firefox-esr",
            ),
        },
        Finding {
            name: "WebKit, its driver and a screen",
            state: package(
                programs(&tools::WEBKIT),
                "the main story is not told in WebKit; Debian: apt-get install webkit2gtk-driver xvfb",
            ),
        },
        Finding {
            name: "PostgreSQL",
            state: package(
                postgres,
                "no tests of the API; Debian: apt-get install postgresql",
            ),
        },
        Finding {
            name: "nginx, Caddy, PgBouncer, OpenSSL",
            state: package(
                programs(&tools::DEPLOYMENT),
                "docs/deployment.md is not tried with all of them; Debian: apt-get install nginx caddy pgbouncer openssl",
            ),
        },
        Finding {
            name: axe.0,
            state: later(axe.1.then_some("found"), "npm fetches it once"),
        },
        program(
            "git",
            "git",
            "`cargo xtask test --changed` cannot tell what changed",
        ),
    ]
}

fn for_figures() -> Vec<Finding> {
    let wrk = tools::which("wrk").map(|it| it.display().to_string());
    vec![
        Finding {
            name: "wrk",
            state: package(wrk, "no benchmarks; Debian: apt-get install wrk"),
        },
        program(
            "Node.js",
            "node",
            "no benchmarks of the peers on Node.js, no conformance",
        ),
        program(
            "Python 3.10 or newer",
            "python3",
            "no fuzzing, no conformance",
        ),
    ]
}

/// A program that nobody installs but the person.
fn program(name: &'static str, program: &str, cost: &str) -> Finding {
    let state = match tools::which(program) {
        Some(path) => State::There(path.display().to_string()),
        None => State::Missing(cost.to_owned()),
    };
    Finding { name, state }
}

/// What is installed when it is needed.
fn later(found: Option<&str>, how: &str) -> State {
    match found {
        Some(what) => State::There(what.to_owned()),
        None => State::Later(how.to_owned()),
    }
}

/// What only root on Debian has installed for it.
fn package(found: Option<String>, cost: &str) -> State {
    match found {
        Some(what) => State::There(what),
        None if tools::may_install() => State::Later("apt-get installs it".to_owned()),
        None => State::Missing(cost.to_owned()),
    }
}

/// Whether the compiler is new enough, by what it says of itself.
fn rust(says: Option<&str>) -> State {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let number = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split('.').map(str::parse);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    };
    let version = says.and_then(|it| it.split(' ').nth(1));
    match version {
        Some(version) if number(version) >= number(wanted) => State::There(version.to_owned()),
        Some(version) => State::Missing(format!(
            "{version} is too old: run `rustup update` for {wanted} or newer"
        )),
        None => State::Missing(format!("install {wanted} or newer from https://rustup.rs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_must_be_as_new_as_the_manifest_says() {
        let says = |version: &str| rust(Some(&format!("rustc {version} (59807616e 2026-04-14)")));
        assert_eq!(says("1.94.0"), State::There("1.94.0".to_owned()));
        assert_eq!(
            says("2.0.0-nightly"),
            State::There("2.0.0-nightly".to_owned())
        );
        assert!(matches!(says("1.93.1"), State::Missing(_)));
        assert!(matches!(rust(None), State::Missing(_)));
    }

    #[test]
    fn what_this_was_built_with_is_found() {
        let findings = for_the_page();
        for name in ["Rust", "C compiler"] {
            let found = findings.iter().find(|it| it.name == name);
            assert!(
                found.is_some_and(|it| matches!(it.state, State::There(_))),
                "{name}"
            );
        }
    }
}
