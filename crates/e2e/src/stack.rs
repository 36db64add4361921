//! The servers of one story: the API as a process, the emulator inside the test.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clerk_emulator::ClerkEmulator;
use clerk_emulator::config::Config;
use rustix::process::{Pid, Signal, kill_process};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::engine::Engine;
use crate::tree::Tree;
use crate::wait_for;

/// How long one of the project's own commands may build.
const BUILD_WITHIN: Duration = Duration::from_mins(20);
/// How long a command may take to end what it has started.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// What the emulator signs webhooks with, where a story has them.
const WEBHOOK_SECRET: &str = "whsec_dGhlIHN0b3JpZXMgc2lnbiB3aXRoIHRoaXMgb25lIQ==";

/// Whose page a story is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum App {
    /// The starter itself
    #[default]
    Starter,
    /// `examples/board`
    Board,
    /// `examples/notes`
    Notes,
    /// Another page in the starter's place, for comparison
    Peer,
    /// `examples/gallery`, which has no server of its own
    Gallery,
}

impl App {
    /// The server's program.
    fn program(self) -> &'static str {
        match self {
            Self::Starter | Self::Gallery | Self::Peer => "api",
            Self::Board => "board-server",
            Self::Notes => "notes-server",
        }
    }

    /// The folder of its page.
    fn dist(self) -> PathBuf {
        match self {
            Self::Starter => env_path("E2E_DIST_DIR", "dist"),
            Self::Peer => env_path("E2E_PEER_DIST_DIR", "dist"),
            Self::Board => example("board"),
            Self::Notes => example("notes"),
            Self::Gallery => example("gallery"),
        }
    }
}

/// The folder of an example's page.
fn example(name: &str) -> PathBuf {
    env_path("E2E_EXAMPLES_DIR", "examples")
        .join(name)
        .join("dist")
}

/// What differs between stories.
#[derive(Clone, Debug, Default)]
pub struct StackOptions {
    /// Whose page it is about
    pub app: App,
    /// Whose engine the browsers have
    pub engine: Engine,
    /// Seconds until a token expires; none: Clerk's 60
    pub token_lifetime: Option<u32>,
    /// Start with the emulator down
    pub emulator_down: bool,
    /// A real instance's publishable key: no emulator at all
    pub publishable_key: Option<String>,
    /// Requests that a person may make in a second; none: as many as the API allows
    pub rate_limit: Option<u32>,
    /// Let the emulator tell the API what happens
    pub webhooks: bool,
    /// Let `cargo xtask` of this name run everything
    pub command: Option<&'static str>,
    /// Let it do so in this copy of the project, and build into this folder
    pub tree: Option<(Tree, PathBuf)>,
}

/// The servers, their data and logs. Dropping it ends them and removes their data.
#[derive(Debug)]
pub struct Stack {
    options: StackOptions,
    directory: TempDir,
    api_port: u16,
    emulator_port: u16,
    web_port: u16,
    api: Option<Child>,
    emulator: Option<ClerkEmulator>,
}

impl Stack {
    /// Starts the servers and waits until they answer.
    pub async fn start(options: StackOptions) -> Result<Self> {
        let mut stack = Self {
            directory: tempfile::tempdir()?,
            api_port: free_port()?,
            emulator_port: free_port()?,
            web_port: free_port()?,
            api: None,
            emulator: None,
            options,
        };
        if let Some(command) = stack.options.command {
            stack.start_command(command).await?;
            return Ok(stack);
        }
        if !stack.options.emulator_down && stack.options.publishable_key.is_none() {
            stack.start_emulator().await?;
        }
        stack.start_api().await?;
        Ok(stack)
    }

    /// The page's address.
    pub fn url(&self) -> String {
        let dev = self.options.command == Some("dev");
        format!(
            "http://localhost:{}",
            if dev { self.web_port } else { self.api_port }
        )
    }

    /// Starts one of the project's own commands and waits until it prints the page's address.
    async fn start_command(&mut self, name: &str) -> Result<()> {
        let mut command = Command::new(env_path("E2E_XTASK", "target/debug/xtask"));
        let log = File::create(self.directory.path().join("terminal.log"))?;
        command
            .arg(name)
            .env(
                "DATABASE_URL",
                format!("sqlite://{}?mode=rwc", self.database().display()),
            )
            .env("EMULATOR_DATA_DIR", self.directory.path().join("emulator"))
            .env_remove("EMULATOR_SECRET_KEY")
            .env("LISTEN_ADDR", format!("127.0.0.1:{}", self.api_port))
            .env("EMULATOR_ADDR", format!("127.0.0.1:{}", self.emulator_port))
            .env("WEB_PORT", self.web_port.to_string())
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        if let Some(key) = &self.options.publishable_key {
            command.env("CLERK_PUBLISHABLE_KEY", key);
        }
        if let Some((tree, target)) = &self.options.tree {
            command.current_dir(tree.folder());
            command.env("CARGO_TARGET_DIR", target);
        }
        self.api = Some(command.spawn().context("xtask does not start")?);
        let begun = Instant::now();
        while !self.terminal().contains(&format!("➜  {}", self.url())) {
            let ended = self
                .api
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten();
            if ended.is_some() || begun.elapsed() > BUILD_WITHIN {
                bail!(
                    "cargo xtask {name} printed no address:\n{}",
                    self.terminal()
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Whether anything listens at the emulator's address.
    pub fn emulator_runs(&self) -> bool {
        TcpListener::bind(("127.0.0.1", self.emulator_port)).is_err()
    }

    /// Presses Ctrl-C and checks that everything ends.
    pub async fn interrupt(&mut self) -> Result<()> {
        let mut command = self.api.take().context("nothing runs")?;
        press_ctrl_c(&command)?;
        let status = command.wait().await?;
        ensure!(
            status.success(),
            "it ended with {status}:\n{}",
            self.terminal()
        );
        for port in [self.api_port, self.emulator_port, self.web_port] {
            TcpListener::bind(("127.0.0.1", port)).context("a port is still in use")?;
        }
        Ok(())
    }

    /// Starts the emulator, in this process.
    pub async fn start_emulator(&mut self) -> Result<()> {
        let text = |value: String| Some(value.into());
        let config = Config::read(|name| match name {
            "EMULATOR_ADDR" => text(format!("127.0.0.1:{}", self.emulator_port)),
            "EMULATOR_DATA_DIR" => Some(self.folder("emulator").into()),
            "EMULATOR_SDK_DIR" => Some(env_path("E2E_SDK_DIR", ".tools/clerk-sdk").into()),
            "EMULATOR_TOKEN_LIFETIME" => {
                self.options.token_lifetime.map(|it| it.to_string().into())
            }
            "EMULATOR_WEBHOOK_URL" if self.options.webhooks => {
                text(format!("{}/api/webhooks/clerk", self.url()))
            }
            "EMULATOR_WEBHOOK_SECRET" => Some(WEBHOOK_SECRET.into()),
            _ => None,
        })?;
        let started = ClerkEmulator::with(&config).await;
        self.emulator = Some(started.map_err(|error| anyhow!("clerk-emulator: {error}"))?);
        Ok(())
    }

    /// Where the emulator is.
    pub fn emulator_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.emulator_port)
    }

    /// The emulator's secret key.
    ///
    /// # Errors
    /// No emulator has run here yet.
    pub fn secret_key(&self) -> Result<String> {
        if let Some(emulator) = &self.emulator {
            return Ok(emulator.secret_key().to_owned());
        }
        let file = self.folder("emulator").join("secret-key");
        let key = std::fs::read_to_string(&file);
        let key = key.with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(key.trim().to_owned())
    }

    /// Calls the emulator's own API, or its Backend API, with its secret key.
    pub async fn emulator_call(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        let url = format!("{}{path}", self.emulator_url());
        let answer = reqwest::Client::new()
            .request(method.parse()?, url)
            .bearer_auth(self.secret_key()?)
            .json(&body)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{method} {path}: {status} {text}");
        if text.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// Changes the emulator's settings.
    pub async fn set(&self, settings: Value) -> Result<()> {
        self.emulator_call("PATCH", "/emulator/settings", settings)
            .await?;
        Ok(())
    }

    /// Lets something go wrong at the emulator.
    pub async fn fault(&self, fault: Value) -> Result<()> {
        self.emulator_call("POST", "/emulator/faults", fault)
            .await?;
        Ok(())
    }

    /// Takes the emulator's place without ever answering, until the result is dropped.
    pub fn occupy_emulator(&self) -> Result<TcpListener> {
        Ok(TcpListener::bind(("127.0.0.1", self.emulator_port))?)
    }

    /// Starts the API and waits until it answers.
    pub async fn start_api(&mut self) -> Result<()> {
        let app = self.options.app;
        let mut command = self.command(app.program(), "api.log")?;
        command.env(
            "DATABASE_URL",
            format!("sqlite://{}?mode=rwc", self.database().display()),
        );
        command.env("DIST_DIR", app.dist());
        if self.options.webhooks {
            command.env("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET);
        }
        if let Some(limit) = self.options.rate_limit {
            command.env("RATE_LIMIT_IDENTITY", limit.to_string());
        }
        if let Some(key) = &self.options.publishable_key {
            command.env("CLERK_PUBLISHABLE_KEY", key);
        }
        self.api = Some(command.spawn().context("api does not start")?);
        answers(&format!("{}/healthz", self.url())).await
    }

    /// Ends the API as a crash would.
    pub async fn kill_api(&mut self) -> Result<()> {
        if let Some(mut api) = self.api.take() {
            api.kill().await?;
        }
        Ok(())
    }

    /// Ends the emulator. What it answered is kept for the next.
    pub async fn stop_emulator(&mut self) {
        if let Some(emulator) = self.emulator.take() {
            emulator.stop().await;
        }
    }

    /// The rows of the table `users`, as (`clerk_id`, `id`, `email`, `name`).
    pub async fn rows(&self) -> Result<Vec<[String; 4]>> {
        let db =
            Database::connect(format!("sqlite://{}?mode=ro", self.database().display())).await?;
        let sql = "SELECT clerk_id, id, email, name FROM users WHERE deleted_at IS NULL";
        let rows = db
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await?;
        let rows = rows
            .iter()
            .map(|row| {
                let text = |column| row.try_get::<String>("", column);
                Ok([
                    text("clerk_id")?,
                    text("id")?,
                    text("email")?,
                    text("name")?,
                ])
            })
            .collect::<Result<_>>()?;
        db.close().await?;
        Ok(rows)
    }

    /// Writes to the database by hand, past the server.
    pub async fn sql(&self, statement: &str) -> Result<()> {
        let url = format!("sqlite://{}", self.database().display());
        let db = Database::connect(url).await?;
        db.execute_unprepared(statement).await?;
        Ok(db.close().await?)
    }

    /// Kilobytes of memory that the API holds.
    pub fn api_memory(&self) -> Result<u64> {
        let id = self
            .api
            .as_ref()
            .and_then(Child::id)
            .context("the API does not run")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Ok(line
            .and_then(|it| it.split_whitespace().next())
            .context("no figure")?
            .parse()?)
    }

    /// What a command printed.
    pub fn terminal(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("terminal.log")).unwrap_or_default()
    }

    /// Copies the logs, and what was asked of the emulator, into this folder.
    pub async fn keep_logs(&self, folder: &Path) {
        for name in ["terminal.log", "api.log"] {
            let _ = std::fs::copy(self.directory.path().join(name), folder.join(name));
        }
        let requests = self.emulator_call("GET", "/emulator/requests", Value::Null);
        if let Ok(requests) = requests.await {
            let _ = std::fs::write(folder.join("emulator.json"), format!("{requests:#}"));
        }
    }

    /// A folder for the story's other files.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.directory.path().join("app.db")
    }

    fn command(&self, program: &str, log: &str) -> Result<Command> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.directory.path().join(log))?;
        let mut command = Command::new(env_path("E2E_BIN_DIR", "target/debug").join(program));
        command
            .env_clear()
            // Away from the project's own `.env`.
            .current_dir(self.directory.path())
            .env("RUST_LOG", "info,api=debug,tower_http=debug")
            .env("LISTEN_ADDR", format!("127.0.0.1:{}", self.api_port))
            .env("EMULATOR_ADDR", format!("127.0.0.1:{}", self.emulator_port))
            // A release trusts the emulator only when it is told to.
            .env("CLERK_EMULATOR", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        Ok(command)
    }
}

impl Drop for Stack {
    /// A command ends what it has started only if it is asked to end.
    fn drop(&mut self) {
        if self.options.command.is_none() {
            return;
        }
        let Some(mut command) = self.api.take() else {
            return;
        };
        let asked = Instant::now();
        if press_ctrl_c(&command).is_ok() {
            while command.try_wait().is_ok_and(|ended| ended.is_none())
                && asked.elapsed() < STOP_WITHIN
            {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

fn press_ctrl_c(command: &Child) -> Result<()> {
    let id = command.id().and_then(|id| id.try_into().ok());
    let id = id.and_then(Pid::from_raw).context("it has ended")?;
    Ok(kill_process(id, Signal::INT)?)
}

/// A path from this variable, or below the workspace.
pub(crate) fn env_path(variable: &str, default: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(
        || {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../..")
                .join(default)
        },
        PathBuf::from,
    )
}

async fn answers(url: &str) -> Result<()> {
    let client = reqwest::Client::new();
    wait_for(&format!("{url} to answer"), async || {
        client.get(url).send().await.ok()
    })
    .await?;
    Ok(())
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
