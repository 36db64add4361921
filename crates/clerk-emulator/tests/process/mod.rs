//! The emulator as a process of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

/// Starts the program on this folder, after the shell has done something; answers its address and
/// its secret key too. Dropping the process kills it.
pub async fn start(folder: &Path, shell: &str) -> (Child, String, String) {
    let ready = folder.join("ready");
    let _ = std::fs::remove_file(&ready);
    let script = format!("{shell}\nexec \"$0\" --port 0 --ready-file ready");
    let child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_clerk-emulator")])
        .env_clear()
        .env("EMULATOR_DATA_DIR", "data")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let lines = async {
        loop {
            let text = std::fs::read_to_string(&ready).unwrap_or_default();
            if let [url, key] = text.lines().collect::<Vec<_>>()[..] {
                return (url.to_owned(), key.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let lines = tokio::time::timeout(Duration::from_secs(20), lines).await;
    let (url, key) = lines.expect("it gets ready");
    (child, url, key)
}
