//! A PostgreSQL of one's own: on a free port, in a temporary folder, gone when the program ends.
//!
//! Everything here blocks, and panics with a sentence when PostgreSQL does not do what it must.

// A test that cannot have its PostgreSQL has failed.
#![allow(clippy::missing_panics_doc)]

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Runs the server below a shell that stops and starts it on demand. It ends it, and removes its
/// folder, as soon as the shell's input closes: that is when this program ends, however it does.
///
/// PostgreSQL refuses to run as root.
const GUARD: &str = r#"
as=; if [ "$(id -u)" = 0 ]; then as="runuser -u postgres --"; chown postgres "$1"; fi
$as "$0/initdb" -D "$1/data" -U postgres -A trust --no-sync >"$1/log" 2>&1 || exit 1
start() {
    $as "$0/postgres" -D "$1/data" -p "$2" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c fsync="$3" -c max_connections=500 \
        >>"$1/log" 2>&1 </dev/null &
    server=$!
}
stop() {
    kill -"$2" "$(head -n 1 "$1/data/postmaster.pid")"
    wait $server
}
start "$1" "$2" "$3"
while read -r command; do
    case $command in
        start) start "$1" "$2" "$3" ;;
        *) stop "$1" "$command" ;;
    esac
done
stop "$1" INT
rm -rf "$1"
"#;

/// How long the server may take to start.
const START_WITHIN: Duration = Duration::from_mins(1);

/// Whether what is committed survives a power cut, at the price of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in production.
    Full,
    /// As tests need it.
    None,
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Clients are disconnected, transactions undone (`pg_ctl stop -m fast`).
    Fast,
    /// At once, as in a crash (`pg_ctl stop -m immediate`).
    Immediate,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    guard: Mutex<Child>,
    port: u16,
    databases: AtomicUsize,
}

impl Server {
    /// Starts a server and waits until it answers.
    pub fn start(durability: Durability) -> Self {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("its address").port()
        };
        let folder = tempfile::Builder::new()
            .prefix("test-postgres-")
            .tempdir()
            .expect("a folder")
            .keep();
        let fsync = match durability {
            Durability::Full => "on",
            Durability::None => "off",
        };
        let guard = Command::new("sh")
            .arg("-c")
            .arg(GUARD)
            .arg(programs())
            .arg(&folder)
            .args([&port.to_string(), fsync])
            .current_dir("/")
            // What ends this program's group must not end the guard: it has to clean up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("PostgreSQL starts: `cargo xtask test` installs it");
        let server = Self {
            guard: Mutex::new(guard),
            port,
            databases: AtomicUsize::new(0),
        };
        server.wait_until_ready();
        server
    }

    /// The URL of a fresh database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let created = self.program("createdb").arg(&name).status();
        assert!(
            created.is_ok_and(|status| status.success()),
            "createdb failed"
        );
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// Stops it; returns when nobody can connect.
    pub fn stop(&self, how: Stop) {
        self.tell(match how {
            Stop::Fast => "INT",
            Stop::Immediate => "QUIT",
        });
        while TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts it again, and waits until it answers.
    pub fn start_again(&self) {
        self.tell("start");
        self.wait_until_ready();
    }

    fn tell(&self, command: &str) {
        let mut guard = self.guard.lock().expect("nobody panicked");
        let input = guard.stdin.as_mut().expect("its input");
        writeln!(input, "{command}").expect("the guard listens");
    }

    fn wait_until_ready(&self) {
        let begun = Instant::now();
        let ready = || {
            let status = self.program("pg_isready").stdout(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        while !ready() {
            assert!(
                begun.elapsed() < START_WITHIN,
                "PostgreSQL did not start within {} s",
                START_WITHIN.as_secs()
            );
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(programs().join(name));
        command
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p"])
            .arg(self.port.to_string());
        command
    }
}

/// The folder of PostgreSQL's programs. Where `initdb` is a link, the others lie beside what it
/// leads to.
fn programs() -> PathBuf {
    let named = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let folder = named.or_else(debian).unwrap_or_else(|| "/usr/bin".into());
    let initdb = folder.join("initdb").canonicalize();
    initdb
        .ok()
        .and_then(|initdb| initdb.parent().map(Path::to_owned))
        .unwrap_or(folder)
}

/// Debian keeps them off the path, one folder a version.
fn debian() -> Option<PathBuf> {
    std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .max()
}
