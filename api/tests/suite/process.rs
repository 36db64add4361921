//! The API as a process of its own, as it runs in production.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::world::{WEBHOOK_SECRET, World};

/// A running one. Dropping it kills it.
pub struct Process {
    child: Child,
    pub url: String,
    pub folder: TempDir,
}

/// How it is started.
#[derive(Default)]
pub struct Start<'a> {
    /// What the shell does before it becomes the process.
    pub shell: &'a str,
    /// More variables.
    pub env: &'a [(&'a str, &'a str)],
    /// Where it listens; none: on any free port.
    pub address: Option<SocketAddr>,
}

impl Process {
    /// Starts it in a fresh folder, below which its database is; it trusts the world's keys.
    pub async fn start(world: &World, how: Start<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(folder, world, how).await
    }

    /// The same in a folder that may have a database already.
    pub async fn start_in(folder: TempDir, world: &World, how: Start<'_>) -> Self {
        let address = match how.address {
            Some(address) => address,
            None => crate::page::nobody().await,
        };
        let log = std::fs::File::create(folder.path().join("log")).expect("a file");
        let child = Command::new("sh")
            .arg("-c")
            .arg(format!("{}\nexec \"$0\"", how.shell))
            .arg(env!("CARGO_BIN_EXE_api"))
            .current_dir(folder.path())
            .env_clear()
            .envs([
                ("LISTEN_ADDR", address.to_string().as_str()),
                ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
                ("CLERK_JWKS_URL", world.jwks_url.as_str()),
                ("CLERK_AUTHORIZED_PARTIES", crate::world::ORIGIN),
                ("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET),
                ("LOG_FORMAT", "json"),
            ])
            .envs(how.env.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same file"))
            .stderr(log)
            .spawn()
            .expect("it runs");
        let url = format!("http://{address}");
        let client = reqwest::Client::new();
        let answers = async {
            while client.get(format!("{url}/readyz")).send().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let started = tokio::time::timeout(Duration::from_secs(20), answers).await;
        let process = Self { child, url, folder };
        assert!(started.is_ok(), "it does not start: {}", process.log());
        process
    }

    /// Its database's file, or one beside it, by the end of the name.
    pub fn file(&self, end: &str) -> PathBuf {
        file(self.folder.path(), end)
    }

    /// Its process id.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }

    /// Tells it to stop, as systemd and containers do, and waits for its end. Answers the folder
    /// that it leaves behind.
    pub async fn stop(mut self) -> (ExitStatus, TempDir) {
        kill_process(self.pid(), Signal::TERM).expect("it runs");
        let mut ended = None;
        let waits = async {
            while ended.is_none() {
                ended = self.child.try_wait().expect("its state");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), waits).await;
        waited.expect("it stops");
        let empty = tempfile::tempdir().expect("a folder");
        let folder = std::mem::replace(&mut self.folder, empty);
        (ended.expect("its status"), folder)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail when it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The database's file of a process in this folder, or one beside it.
pub fn file(folder: &Path, end: &str) -> PathBuf {
    folder.join(format!("data/app.db{end}"))
}
