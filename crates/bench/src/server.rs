//! A server as a process: started, looked at, ended.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a server may take to answer.
const START_WITHIN: Duration = Duration::from_secs(30);
/// How often it is asked meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(1);
/// What Linux counts a process's time in (`sysconf(_SC_CLK_TCK)`, which is 100 everywhere).
const TICKS_PER_SECOND: f64 = 100.0;

/// A running server. Dropping it kills it.
pub struct Server {
    /// What it is called in tables.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first answer that it is ready.
    pub ready_after: Duration,
    child: Child,
}

impl Server {
    /// Starts a program and waits until `path` answers 200.
    pub fn start(
        name: &str,
        command: &mut Command,
        address: SocketAddr,
        path: &str,
    ) -> Result<Self> {
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors())
            .spawn()
            .with_context(|| format!("{name} does not start"))?;
        let mut server = Self {
            name: name.to_owned(),
            address,
            ready_after: Duration::ZERO,
            child,
        };
        while !is_ready(address, path) {
            if let Some(status) = server.child.try_wait()? {
                bail!("{name} has ended ({status})");
            }
            if begun.elapsed() > START_WITHIN {
                bail!("{name} is not ready after {} s", START_WITHIN.as_secs());
            }
            std::thread::sleep(ASK_EVERY);
        }
        server.ready_after = begun.elapsed();
        Ok(server)
    }

    /// User and system time so far, in seconds.
    pub fn cpu(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat")?;
        let ticks = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|field| field.parse::<f64>().context("/proc/PID/stat"))
            .sum::<Result<f64>>()?;
        Ok(ticks / TICKS_PER_SECOND)
    }

    /// Resident memory, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
            .context("/proc/PID/status")?;
        Ok(kilobytes * 1024)
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Where a server's errors go: to this terminal, when one asks for them.
fn errors() -> Stdio {
    if std::env::var_os("BENCH_LOG").is_some() {
        Stdio::inherit()
    } else {
        Stdio::null()
    }
}

/// An address on this machine where nobody listens.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The API, with everything set that a run needs.
pub fn api(address: SocketAddr, database_url: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program("api"));
    command
        .env_clear()
        .env("LISTEN_ADDR", address.to_string())
        .env("DATABASE_URL", database_url)
        .env("CLERK_PUBLISHABLE_KEY", crate::issuer::PUBLISHABLE_KEY)
        .env("CLERK_AUTHORIZED_PARTIES", crate::issuer::ORIGIN)
        .env("RATE_LIMIT_IDENTITY", "0")
        .env("RATE_LIMIT_ADDRESS", "0")
        .env("DIST_DIR", "/nowhere")
        .env("RUST_LOG", "error")
        .envs(variables.iter().copied());
    command
}

/// A release binary.
pub fn program(name: &str) -> PathBuf {
    let path = crate::binaries().join(name);
    std::path::absolute(&path).unwrap_or(path)
}

fn is_ready(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}
