//! A PostgreSQL of the tests' own, on a free port and in a temporary folder.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, Database};

/// Runs the server below a shell that ends it, and removes its folder, as soon as the shell's
/// input closes: that is when this test program ends, however it does.
///
/// PostgreSQL refuses to run as root.
const GUARD: &str = r#"
as=; if [ "$(id -u)" = 0 ]; then as="runuser -u postgres --"; chown postgres "$1"; fi
$as "$0/initdb" -D "$1/data" -U postgres -A trust --no-sync >"$1/log" 2>&1 || exit 1
$as "$0/postgres" -D "$1/data" -p "$2" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c fsync=off >>"$1/log" 2>&1 </dev/null &
server=$!
read _
kill -INT "$(head -n 1 "$1/data/postmaster.pid")"
wait $server
rm -rf "$1"
"#;

static SERVER: OnceLock<u16> = OnceLock::new();
static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// The URL of a fresh database.
pub async fn database() -> String {
    let port = tokio::task::spawn_blocking(|| *SERVER.get_or_init(start))
        .await
        .expect("a port");
    let base = format!("postgres://postgres@127.0.0.1:{port}");
    let admin = loop {
        // The server accepts connections a moment after it started.
        match Database::connect(format!("{base}/postgres")).await {
            Ok(admin) => break admin,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    let name = format!("story_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("a database");
    admin.close().await.expect("closed");
    format!("{base}/{name}")
}

fn start() -> u16 {
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
    // Its input stays open as long as this program lives.
    std::mem::forget(guard);
    port
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
