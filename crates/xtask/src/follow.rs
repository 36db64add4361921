//! The API in development: built and started anew when its source changes.

use std::fs;
use std::io::{IsTerminal, Read, Write, stderr};
use std::path::PathBuf;
use std::process::Stdio;
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

use anyhow::Result;

use crate::build;
use crate::overlay::{Overlay, errors};
use crate::process::{Running, stopped};
use crate::serve::Api;
use crate::settings::target;
use crate::source::Source;

/// Keeps the running API at what its source says.
pub struct Follower {
    api: Api,
    binary: PathBuf,
    /// When the running binary was built
    built: SystemTime,
    source: Source,
    build: Option<Build>,
    overlay: Overlay,
}

/// A build that is under way.
struct Build {
    begun: Instant,
    cargo: Running,
    /// What it printed, once it ended
    printed: JoinHandle<String>,
}

impl Follower {
    /// Watches the source of an API that was just built.
    pub fn new(api: Api, overlay: Overlay) -> Result<Self> {
        let binary = target("debug").join("api");
        Ok(Self {
            built: fs::metadata(&binary)?.modified()?,
            source: Source::watch(binary.clone())?,
            build: None,
            binary,
            api,
            overlay,
        })
    }

    /// One look at the source, at the build that is under way, and at the API.
    pub fn look(&mut self, programs: &mut Vec<Running>) -> Result<()> {
        if let Some(mut build) = self.build.take() {
            match build.cargo.ended()? {
                None => self.build = Some(build),
                Some(status) if status.success() => self.built(build.begun, programs)?,
                Some(_) => {
                    let why = "The API does not compile. The one from before goes on running.";
                    eprintln!("\n✗ {why}\n");
                    let printed = build.printed.join().unwrap_or_default();
                    self.overlay.show(&format!("{why}\n\n{}", errors(&printed)));
                }
            }
        } else if self.source.has_changed() {
            self.build = Some(Build::start()?);
        }
        if let Some(place) = place(programs)
            && let Some(status) = programs[place].ended()?
        {
            programs.remove(place);
            self.fails(&format!("The API exited ({status})"));
        }
        Ok(())
    }

    /// Replaces the API if that build made another one.
    fn built(&mut self, begun: Instant, programs: &mut Vec<Running>) -> Result<()> {
        let built = fs::metadata(&self.binary)?.modified()?;
        if built == self.built && place(programs).is_some() {
            self.overlay.hide();
            return Ok(());
        }
        self.built = built;
        // It may be made of other files now.
        self.source.renew()?;
        // First the old one stops: both listen at the same address.
        if let Some(place) = place(programs) {
            programs.remove(place);
        }
        match self.api.start() {
            Ok(api) => {
                programs.push(api);
                self.overlay.hide();
                let seconds = begun.elapsed().as_secs_f32();
                println!("\n✓ The API was built and started anew ({seconds:.1} s).\n");
            }
            Err(_) if stopped() => {}
            Err(error) => self.fails(&format!("{error:#}")),
        }
        Ok(())
    }

    /// Says why no API runs.
    fn fails(&self, why: &str) {
        let why = format!("{why}. An edit starts it again.");
        eprintln!("\n✗ {why}\n");
        self.overlay.show(&why);
    }
}

impl Build {
    fn start() -> Result<Self> {
        let mut cargo = build::debug(&build::SERVERS);
        cargo.stderr(Stdio::piped());
        if stderr().is_terminal() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
            cargo.env("CARGO_TERM_COLOR", "always");
        }
        let begun = Instant::now();
        let mut cargo = Running::start("cargo build", &mut cargo)?;
        let output = cargo.errors();
        let printed = std::thread::spawn(move || output.map(passed_on).unwrap_or_default());
        Ok(Self {
            begun,
            cargo,
            printed,
        })
    }
}

/// Prints what a program prints; answers all of it at the end.
fn passed_on(mut output: impl Read) -> String {
    let mut all = Vec::new();
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = output.read(&mut part) {
        // Without a terminal the pages still show it.
        let _ = stderr().write_all(&part[..length]);
        all.extend_from_slice(&part[..length]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// Where the API is among the running programs.
fn place(programs: &[Running]) -> Option<usize> {
    programs.iter().position(|program| program.name() == "api")
}
