//! `cargo xtask new`: what it makes has the new name alone, and compiles.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What must stand nowhere in another project.
const OLD_NAMES: [&str; 5] = [
    "Yew + Clerk",
    "Yew + axum",
    "users-api",
    "/users.env",
    "A starter to clone",
];

/// The packages that are not as they are here.
const CHANGED: [&str; 7] = [
    "api",
    "e2e",
    "frontend",
    "migrations",
    "prerender",
    "shared",
    "xtask",
];

#[test]
fn the_old_name_stands_nowhere_in_a_new_project() {
    let folder = fresh("my-app");
    made(&[&folder.display().to_string()]);
    for (file, text) in texts(&folder) {
        for name in OLD_NAMES {
            assert!(!text.contains(name), "{}: {name}", file.display());
        }
    }
    let readme = fs::read_to_string(folder.join("README.md")).expect("a README");
    assert!(readme.starts_with("# My app\n"), "{readme}");
    assert!(folder.join("deploy/my-app.service").is_file());
    let app = fs::read_to_string(folder.join("api/Cargo.toml")).expect("a manifest");
    assert!(!app.contains("license"), "{app}");
}

/// With all that `docs/make-it-yours.md` changes.
#[test]
fn a_bare_project_compiles_without_a_warning() {
    let folder = fresh("bare-app");
    made(&[&folder.display().to_string(), "--bare", "--port", "8100"]);
    let ports = fs::read_to_string(folder.join(".env")).expect("settings");
    assert!(ports.contains("LISTEN_ADDR=127.0.0.1:8101"), "{ports}");
    let home = fs::read_to_string(folder.join("frontend/src/pages/home.rs")).expect("a page");
    assert!(home.contains("<h1>{ \"Bare app\" }</h1>"), "{home}");
    assert_eq!(unused_styles(&folder), [""; 0]);
    let steps = fs::read_to_string(folder.join("docs/make-it-yours.md")).expect("the document");
    let mut applied = 0;
    for block in steps.split("\n```").skip(1).step_by(2) {
        let (kind, step) = block.split_once('\n').expect("what kind of block it is");
        let mut command = match kind {
            "diff" => {
                fs::write(folder.join("step.diff"), format!("{step}\n")).expect("written");
                let mut git = Command::new("git");
                git.args(["apply", "step.diff"]);
                git
            }
            "sh" if step.starts_with("rm ") => {
                let mut shell = Command::new("sh");
                shell.args(["-c", step]);
                shell
            }
            _ => continue,
        };
        // Not as a part of the repository around it.
        command.env(
            "GIT_CEILING_DIRECTORIES",
            folder.parent().expect("a folder"),
        );
        let output = command.current_dir(&folder).output().expect("it runs");
        assert!(output.status.success(), "{}\n{step}", said(&output));
        applied += 1;
    }
    assert_eq!(applied, 8);
    // cargo tells packages apart by their versions and by their places in the workspace: with the
    // same of both, it would take for this project's own what it built of that one.
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let other = text.replace("\nversion = \"0.1.0\"", "\nversion = \"0.1.0+new\"");
    assert_ne!(text, other);
    fs::write(manifest, other).expect("written");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["clippy", "--all-targets", "--offline"])
        .args(CHANGED.iter().flat_map(|package| ["-p", package]))
        .args(["--", "-D", "warnings"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target.expect("cargo's folder"));
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn nothing_is_written_over() {
    let folder = fresh("there-already");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("mine"), "mine").expect("written");
    let output = new(&[&folder.display().to_string()]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("is there already"),
        "{}",
        said(&output)
    );
    assert_eq!(fs::read_dir(folder).expect("a folder").count(), 1);
}

/// The classes in the style sheet that nothing has.
fn unused_styles(folder: &Path) -> Vec<String> {
    let styles = fs::read_to_string(folder.join("frontend/styles.css")).expect("styles");
    let mut source = texts(&folder.join("frontend/src"));
    source.extend(texts(&folder.join("frontend/prerender")));
    let page = fs::read_to_string(folder.join("index.html")).expect("a page");
    source.push(("index.html".into(), page));
    let is_part = |it: char| it.is_ascii_alphanumeric() || it == '-';
    let mut unused = Vec::new();
    for after in styles.split('.').skip(1) {
        let class = after.split(|it| !is_part(it)).next().unwrap_or_default();
        let is_class = class.starts_with(|it: char| it.is_ascii_lowercase());
        let is_used = source
            .iter()
            .any(|(_, text)| text.split(|it| !is_part(it)).any(|word| word == class));
        if is_class && !is_used {
            unused.push(class.to_owned());
        }
    }
    unused
}

/// A folder that is not there yet.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("new")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn new(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .arg("new")
        .args(arguments)
        .output()
        .expect("it runs")
}

/// Makes a project.
fn made(arguments: &[&str]) {
    let output = new(arguments);
    assert!(output.status.success(), "{}", said(&output));
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// All files below a folder that are text.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts.extend(self::texts(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            texts.push((path, text));
        }
    }
    texts
}
