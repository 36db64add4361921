//! The API in development: built and started anew when its source changes.

use std::fs;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Instant, SystemTime};

use anyhow::Result;

use crate::build;
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
    build: Option<(Instant, Running)>,
}

impl Follower {
    /// Watches the source of an API that was just built.
    pub fn new(api: Api) -> Result<Self> {
        let binary = target("debug").join("api");
        Ok(Self {
            built: fs::metadata(&binary)?.modified()?,
            source: Source::watch(binary.clone())?,
            build: None,
            binary,
            api,
        })
    }

    /// One look at the source, at the build that is under way, and at the API.
    pub fn look(&mut self, programs: &mut Vec<Running>) -> Result<()> {
        if let Some((begun, build)) = &mut self.build {
            if let Some(status) = build.ended()? {
                let begun = *begun;
                self.build = None;
                self.built(status, begun, programs)?;
            }
        } else if self.source.has_changed() {
            let build = Running::start("cargo build", &mut build::debug(&build::SERVERS))?;
            self.build = Some((Instant::now(), build));
        }
        if let Some(place) = place(programs)
            && let Some(status) = programs[place].ended()?
        {
            programs.remove(place);
            eprintln!("\n✗ The API exited ({status}). An edit starts it again.\n");
        }
        Ok(())
    }

    /// Replaces the API if that build made another one.
    fn built(
        &mut self,
        status: ExitStatus,
        begun: Instant,
        programs: &mut Vec<Running>,
    ) -> Result<()> {
        if !status.success() {
            eprintln!("\n✗ The API does not compile. The one from before goes on running.\n");
            return Ok(());
        }
        let built = fs::metadata(&self.binary)?.modified()?;
        if built == self.built && place(programs).is_some() {
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
                let seconds = begun.elapsed().as_secs_f32();
                println!("\n✓ The API was built and started anew ({seconds:.1} s).\n");
            }
            Err(_) if stopped() => {}
            Err(error) => eprintln!("\n✗ {error:#}. An edit starts it again.\n"),
        }
        Ok(())
    }
}

/// Where the API is among the running programs.
fn place(programs: &[Running]) -> Option<usize> {
    programs.iter().position(|program| program.name() == "api")
}
