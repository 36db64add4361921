//! Other programs: run to their end, or kept running until the end of this one.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

/// How often a running program is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long a program may take to stop before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(12);

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Lets Ctrl-C, a closed terminal and `kill` end what is running, and then this program.
pub fn stop_on_signals() -> Result<()> {
    ctrlc::set_handler(|| STOPPED.store(true, Ordering::SeqCst))?;
    Ok(())
}

/// Whether this program was told to stop.
pub fn stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// A running program with all that it starts. Dropping it stops them.
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts the program in a process group of its own.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
        })
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// What it was started as.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it prints, if that was piped.
    pub fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// What it prints of errors, if that was piped.
    pub fn errors(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if stopped() {
                bail!("stopped");
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // Fails when all of the group are gone, which is what is wanted.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none())
            && asked.elapsed() < STOP_WITHIN
        {
            std::thread::sleep(LOOK_EVERY);
        }
        // Whatever it left behind, too.
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Runs a program to its end; its output is shown.
pub fn run(name: &str, command: &mut Command) -> Result<()> {
    let status = status(name, command)?;
    if !status.success() {
        bail!("{name} failed ({status}); see its output above");
    }
    Ok(())
}

/// Runs a program to its end and answers how it ended.
pub fn status(name: &str, command: &mut Command) -> Result<ExitStatus> {
    Running::start(name, command)?.wait()
}

/// Runs a program to its end and answers what it printed, if it succeeded.
pub fn output(command: &mut Command) -> Option<String> {
    let Output { status, stdout, .. } = command.stdin(Stdio::null()).output().ok()?;
    status
        .success()
        .then(|| String::from_utf8_lossy(&stdout).trim().to_owned())
}

/// Keeps programs running until this one is told to stop, or one of them ends. Meanwhile `tend`
/// is called again and again, and may replace some.
pub fn supervise(
    mut programs: Vec<Running>,
    mut tend: impl FnMut(&mut Vec<Running>) -> Result<()>,
) -> Result<()> {
    loop {
        if stopped() {
            println!("\nStopping…");
            // In reverse: what depends on the others first.
            while programs.pop().is_some() {}
            return Ok(());
        }
        tend(&mut programs)?;
        for program in &mut programs {
            if let Some(status) = program.ended()? {
                bail!("{} exited ({status}); see its output above", program.name);
            }
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Waits until `path` at this address answers 200, while the programs run.
pub fn wait_until_ready(
    what: &str,
    programs: &mut [Running],
    address: SocketAddr,
    path: &str,
    patience: Duration,
) -> Result<()> {
    let begun = Instant::now();
    while !answers(address, path) {
        if stopped() {
            bail!("stopped");
        }
        for program in &mut *programs {
            if let Some(status) = program.ended()? {
                bail!("{} exited ({status}); see its output above", program.name);
            }
        }
        if begun.elapsed() > patience {
            bail!(
                "{what} did not answer at http://{address}{path} within {} s",
                patience.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let asked = minreq::get(format!("http://{address}{path}"))
        .with_timeout(2)
        .with_follow_redirects(false)
        .send();
    asked.is_ok_and(|answer| answer.status_code == 200)
}
