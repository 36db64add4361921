//! `cargo xtask new FOLDER`: a project of one's own, made from this one as it is.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{output, run};
use crate::settings::target;

/// The page's name here.
const TITLE: &str = "Yew + Clerk";
/// The program's name here, where it is installed.
const NAME: &str = "users-api";
/// What is installed under a shorter name.
const INSTALLED: [&str; 7] = [
    "/usr/local/bin/users",
    "/usr/local/share/users",
    "/etc/users.env",
    "/var/lib/users",
    "/var/lib/private/users",
    "StateDirectory=users",
    "Description=Users",
];
/// What is not taken along: what tells of this project, and this command.
const LEFT: [&str; 6] = [
    "README.md",
    "LICENSE",
    "docs/two-tabs-light.png",
    "docs/home-phone-dark.png",
    "crates/xtask/src/new.rs",
    "crates/xtask/tests/new.rs",
];
/// Packages that are the app, whose licence is the owner's to choose.
const APP: [&str; 6] = [
    "api",
    "frontend",
    "frontend/prerender",
    "frontend/split",
    "migrations",
    "shared",
];

/// How a try of this command is told.
const TRY: &str = "--try";

/// What a person wants.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    folder: PathBuf,
    /// The folder's name
    name: String,
    title: String,
    /// The page's port, and the two after it for the API and the emulator
    port: Option<u16>,
    bare: bool,
}

/// Writes a project, or tries to.
pub fn new(arguments: &[String]) -> Result<()> {
    if let [TRY, kinds @ ..] = &*arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        return tried(kinds);
    }
    make(&wish(arguments)?)
}

/// Makes a project of either kind, or of this one, and runs its own tests, as its owner would.
fn tried(kinds: &[&str]) -> Result<()> {
    let kinds = match kinds {
        [] => vec![("whole-app", &[][..]), ("bare-app", &["--bare"])],
        ["--bare"] => vec![("bare-app", &["--bare"][..])],
        [other, ..] => bail!("unknown argument `{other}`; try --help"),
    };
    let tries = std::path::absolute(target("tries"))?;
    fs::create_dir_all(".tools")?;
    for (name, flags) in kinds {
        let folder = tries.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let folder_name = folder.to_str().context("a folder whose name is no text")?;
        let arguments = [flags, &[folder_name]].concat();
        let arguments: Vec<_> = arguments.iter().map(|&it| it.to_owned()).collect();
        make(&wish(&arguments)?)?;
        // What was fetched once serves all.
        symlink(std::path::absolute(".tools")?, folder.join(".tools"))?;
        let mut test = Command::new("cargo");
        test.args(["xtask", "test"]).current_dir(&folder);
        // The second is made of newer files than the first was, so cargo takes none for the other.
        test.env("CARGO_TARGET_DIR", tries.join("target"));
        run(&format!("`cargo xtask test` of {name}"), &mut test)?;
    }
    Ok(())
}

/// Writes the project.
fn make(wish: &Wish) -> Result<()> {
    let is_empty = fs::read_dir(&wish.folder).map(|mut entries| entries.next().is_none());
    if !is_empty.unwrap_or(!wish.folder.exists()) {
        bail!(
            "{} is there already and stays as it is; choose another",
            wish.folder.display()
        );
    }
    for file in files()?.lines().filter(|file| !LEFT.contains(file)) {
        let content = fs::read(file).with_context(|| file.to_owned())?;
        let to = wish.folder.join(file.replace(NAME, &wish.name));
        fs::create_dir_all(to.parent().unwrap_or(&wish.folder))?;
        fs::copy(file, &to)?;
        if let Ok(text) = String::from_utf8(content) {
            fs::write(to, renamed(file, &text, wish))?;
        }
    }
    without_this_command(&wish.folder.join("crates/xtask/src/main.rs"))?;
    let edit = |file: &str, edits: &[(&str, &str)]| edit(&wish.folder.join(file), edits);
    edit("index.html", &[(DESCRIPTION, &wish.title)])?;
    edit(HOME, &[(LEAD, "Your profile")])?;
    if wish.bare {
        bare_home(&wish.folder)?;
        edit(HOME, &[(PITCH, &wish.title)])?;
        edit(
            "crates/e2e/tests/stories/first_bytes.rs",
            &[(PITCH_BEGUN, &wish.title)],
        )?;
        edit(
            "crates/e2e/tests/stories/pages.rs",
            &[("live user data", &wish.title)],
        )?;
    }
    fs::write(wish.folder.join("README.md"), readme(wish)?)?;
    let license = fs::read_to_string("LICENSE")?;
    fs::write(wish.folder.join("NOTICE"), format!("{NOTICE}{license}"))?;
    if let Some(port) = wish.port {
        fs::write(wish.folder.join(".env"), environment(port))?;
    }
    // The new names may be shorter or longer than the old.
    let mut format = Command::new("cargo");
    run(
        "cargo fmt",
        format.args(["fmt", "--all"]).current_dir(&wish.folder),
    )?;
    println!("\n  {}\n", wish.folder.display());
    println!("  cd {} && cargo xtask dev\n", wish.folder.display());
    println!("  Its licence is yours to choose; NOTICE says what holds for what it is made of.");
    Ok(())
}

/// The project's files, one a line: what `.gitignore` does not name. A copy without history has
/// them as well, so git looks at them as at those of a new repository.
fn files() -> Result<String> {
    // Of this run alone: tests make projects beside each other.
    let repository = target(&format!("new-{}.git", std::process::id()));
    let repository = std::path::absolute(repository)?;
    let mut init = Command::new("git");
    init.args(["init", "--quiet", "--bare"]).arg(&repository);
    run("git init", &mut init)?;
    let mut git = Command::new("git");
    git.arg("--git-dir").arg(&repository);
    git.args(["--work-tree", ".", "ls-files", "--others"]);
    git.args(["--exclude-per-directory", ".gitignore"]);
    let files = output(&mut git);
    fs::remove_dir_all(repository)?;
    files.context("git cannot list the project's files")
}

/// Reads the arguments.
fn wish(arguments: &[String]) -> Result<Wish> {
    let (mut folder, mut title, mut port, mut bare) = (None, None, None, false);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bare" => bare = true,
            "--title" => title = Some(arguments.next().context("--title: which one?")?.clone()),
            "--port" => {
                let number = arguments.next().and_then(|it| it.parse::<u16>().ok());
                let number = number.filter(|it| (1..=65_533).contains(it));
                port = Some(number.context("--port: expected a number such as 8100")?);
            }
            flag if flag.starts_with('-') => bail!("unknown argument `{flag}`; try --help"),
            path if folder.is_none() => folder = Some(std::path::absolute(path)?),
            other => bail!("unknown argument `{other}`; try --help"),
        }
    }
    let folder = folder.context("expected a folder, such as ../my-app; try --help")?;
    let name = folder
        .file_name()
        .and_then(|it| it.to_str())
        .unwrap_or_default();
    let is_part = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    ensure!(
        name.starts_with(|it: char| it.is_ascii_lowercase()) && name.chars().all(is_part),
        "`{name}`: expected a name of small letters, digits and hyphens, such as my-app"
    );
    // It stands in Rust's and in HTML's text.
    let title = title.unwrap_or_else(|| titled(name));
    ensure!(
        !title.is_empty() && !title.contains(['"', '\\', '<', '>', '&', '{', '}', '\n']),
        "--title: without quotes, brackets, backslashes, & and line breaks"
    );
    Ok(Wish {
        name: name.to_owned(),
        folder,
        title,
        port,
        bare,
    })
}

/// `my-app` as a title: `My app`.
fn titled(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + &rest.replace('-', " ")
}

/// A file's text under the new names.
fn renamed(file: &str, text: &str, wish: &Wish) -> String {
    let mut text = text.replace(TITLE, &wish.title).replace(NAME, &wish.name);
    for path in INSTALLED {
        text = text.replace(
            path,
            &path
                .replace("users", &wish.name)
                .replace("Users", &wish.title),
        );
    }
    if APP
        .iter()
        .any(|package| file == format!("{package}/Cargo.toml"))
    {
        text = text.replace("license.workspace = true\n", "");
    }
    text
}

/// Replaces each text, which the file has once, by another.
fn edit(file: &Path, edits: &[(&str, &str)]) -> Result<()> {
    let mut text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    for (old, new) in edits {
        let count = text.matches(old).count();
        ensure!(
            count == 1,
            "{}: `{old}` is there {count} times",
            file.display()
        );
        text = text.replace(old, new);
    }
    Ok(fs::write(file, text)?)
}

const DESCRIPTION: &str = "Sign-up, sign-in and live user data, in Rust";
const PITCH: &str = "Sign‑up, sign‑in and live user data, in Rust";
const PITCH_BEGUN: &str = "Sign‑up, sign‑in and live user data";
const LEAD: &str = "A starter to clone on day one and to keep: your profile";
const HOME: &str = "frontend/src/pages/home.rs";

/// Removes what the demo says of itself: the picture, the facts, the lead.
fn bare_home(folder: &Path) -> Result<()> {
    let parts = [
        (
            "/// Two tabs of a browser",
            "/// For strangers: what this is",
        ),
        (
            "                <p class=\"lead\">",
            "                <div class=\"actions\">",
        ),
        ("            <div class=\"tabs\"", "        </section>"),
    ];
    cut(&folder.join(HOME), &parts)?;
    fs::remove_file(folder.join("frontend/src/pages/tabs.svg"))?;
    bare_styles(&folder.join("frontend/styles.css"))
}

/// Removes how it looked.
fn bare_styles(file: &Path) -> Result<()> {
    edit(file, &[(".hint, .lead {", ".hint {")])?;
    let parts = [
        (".lead {", ".facts {"),
        (".facts {", "@media"),
        ("  .tabs {", "}\n\n.tabs {"),
        (".tabs {", "/* The person */"),
    ];
    cut(file, &parts)
}

/// Removes this command.
fn without_this_command(main: &Path) -> Result<()> {
    let parts = [
        ("mod new;\n", "mod "),
        ("  cargo xtask new ", "  cargo xtask "),
        ("const NEW_HELP", "const "),
        ("        Some(\"new\")", "        "),
    ];
    cut(main, &parts)
}

/// Takes parts out of a file, one after the other: each from here until there.
fn cut(file: &Path, parts: &[(&str, &str)]) -> Result<()> {
    let mut text = fs::read_to_string(file)?;
    for (from, until) in parts {
        let missing = || format!("`{from}` … `{until}` is not in the source any more");
        let begin = text.find(from).with_context(missing)?;
        let rest = &text[begin + from.len()..];
        let end = rest.find(until).with_context(missing)?;
        text = format!("{}{}", &text[..begin], &rest[end..]);
    }
    Ok(fs::write(file, text)?)
}

/// A README of its own, with what a test compares with the code.
fn readme(wish: &Wish) -> Result<String> {
    let ours = fs::read_to_string("README.md")?;
    let begin = ours
        .find("## Configuration")
        .context("README.md has no Configuration")?;
    let end = ours
        .find("## Deployment")
        .context("README.md has no Deployment")?;
    let port = wish.port.unwrap_or(8080);
    Ok(format!(
        "# {title}\n\n\
         ```sh\n\
         cargo xtask dev    # runs everything on http://localhost:{port}; builds each edit\n\
         cargo xtask test   # runs everything CI checks\n\
         ```\n\n\
         You need [Rust](https://rustup.rs), a C compiler and make, and [Node.js](https://nodejs.org).\n\
         `cargo xtask --help` lists all commands, `cargo xtask doctor` says what is missing.\n\
         [ARCHITECTURE.md](ARCHITECTURE.md) is the map of the code,\n\
         [docs/deployment.md](docs/deployment.md) says how to run it.\n\n\
         {settings}",
        title = wish.title,
        settings = ours[begin..end].trim_end().to_owned() + "\n",
    ))
}

const NOTICE: &str = "\
The project from which this one was made, and the crates below crates/ and examples/, are under the
following licence, which asks you to keep this text. What you add is yours, under the licence that you
choose.

";

/// `.env`, with three ports in a row.
fn environment(port: u16) -> String {
    format!(
        "WEB_PORT={port}\nLISTEN_ADDR=127.0.0.1:{}\nEMULATOR_ADDR=127.0.0.1:{}\n",
        port + 1,
        port + 2
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Wish> {
        wish(
            &arguments
                .iter()
                .map(|&it| it.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_folder_names_the_project_unless_a_title_is_said() {
        let wish = read(&["/tmp/my-app"]).expect("a wish");
        assert_eq!(
            (wish.name.as_str(), wish.title.as_str()),
            ("my-app", "My app")
        );
        assert_eq!((wish.port, wish.bare), (None, false));
        let wish = read(&[
            "--bare",
            "/tmp/my-app",
            "--title",
            "Ada’s Notes",
            "--port",
            "8100",
        ]);
        let wish = wish.expect("a wish");
        assert_eq!(
            (wish.title.as_str(), wish.port, wish.bare),
            ("Ada’s Notes", Some(8100), true)
        );
    }

    #[test]
    fn what_would_not_compile_or_listen_is_refused() {
        for arguments in [
            &[][..],
            &["/tmp/My App"],
            &["/tmp/1st"],
            &["/tmp/a", "/tmp/b"],
            &["/tmp/a", "--port", "65534"],
            &["/tmp/a", "--title", "\"quoted\""],
            &["/tmp/a", "--bear"],
        ] {
            assert!(read(arguments).is_err(), "{arguments:?}");
        }
    }
}
