//! A PostgreSQL of the tests' own, on a free port and in a temporary folder.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// Runs the server below a shell that stops and starts it on demand. It ends it, and removes its
/// folder, as soon as the shell's input closes: that is when this test program ends, however it
/// does.
///
/// PostgreSQL refuses to run as root.
const GUARD: &str = r#"
as=; if [ "$(id -u)" = 0 ]; then as="runuser -u postgres --"; chown postgres "$1"; fi
$as "$0/initdb" -D "$1/data" -U postgres -A trust --no-sync >"$1/log" 2>&1 || exit 1
start() {
    $as "$0/postgres" -D "$1/data" -p "$2" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c fsync=off -c max_connections=500 \
        >>"$1/log" 2>&1 </dev/null &
    server=$!
}
stop() {
    kill -"$2" "$(head -n 1 "$1/data/postmaster.pid")"
    wait $server
}
start "$1" "$2"
while read -r command; do
    case $command in
        stop) stop "$1" INT ;;
        start) start "$1" "$2" ;;
    esac
done
stop "$1" INT
rm -rf "$1"
"#;

static SHARED: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// The URL of a fresh database on the server that all stories share.
pub async fn database() -> String {
    let server = tokio::task::spawn_blocking(|| SHARED.get_or_init(spawn))
        .await
        .expect("a server");
    server.database().await
}

/// A server. It ends with this program.
pub struct Server {
    guard: Mutex<Child>,
    port: u16,
}

impl Server {
    /// One of the story's own, to be stopped and started.
    pub async fn start() -> Self {
        let server = tokio::task::spawn_blocking(spawn).await.expect("a server");
        server.admin().await.close().await.expect("closed");
        server
    }

    /// The URL of a fresh database.
    pub async fn database(&self) -> String {
        let name = format!("story_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let admin = self.admin().await;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a database");
        admin.close().await.expect("closed");
        format!("{}/{name}", self.base())
    }

    /// Stops it as an operator who is in a hurry does; returns when nobody can connect.
    pub fn stop(&self) {
        self.tell("stop");
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts it again.
    pub async fn start_again(&self) {
        self.tell("start");
        self.admin().await.close().await.expect("closed");
    }

    fn tell(&self, command: &str) {
        let mut guard = self.guard.lock().expect("nobody panicked");
        let input = guard.stdin.as_mut().expect("its input");
        writeln!(input, "{command}").expect("it listens");
    }

    fn base(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    async fn admin(&self) -> DatabaseConnection {
        loop {
            // The server accepts connections a moment after it started.
            match Database::connect(format!("{}/postgres", self.base())).await {
                Ok(admin) => return admin,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

fn spawn() -> Server {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("its address").port()
    };
    let folder = tempfile::Builder::new()
        .prefix("api-postgres-")
        .tempdir()
        .expect("a folder")
        .keep();
    let guard = Command::new("sh")
        .arg("-c")
        .arg(GUARD)
        .arg(programs())
        .arg(&folder)
        .arg(port.to_string())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("PostgreSQL starts: `cargo xtask test` installs it");
    Server {
        guard: Mutex::new(guard),
        port,
    }
}

/// The folder of initdb and postgres.
fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("POSTGRES_BIN") {
        return folder.into();
    }
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    debian
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .max()
        .unwrap_or_else(|| Path::new("/usr/bin").to_owned())
}
