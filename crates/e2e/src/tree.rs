//! A copy of the project, which a story edits.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// What is made from the project and kept in its folder.
const NOT_COPIED: [&str; 7] = [
    ".env",
    ".git",
    ".tools",
    ".trunk-dev.toml",
    "data",
    "dist",
    "target",
];

/// A copy of the project.
#[derive(Clone, Debug)]
pub struct Tree(PathBuf);

impl Tree {
    /// Makes this folder a copy of the project, which cargo can build in the project's own target
    /// folder. What is already the same stays as it is, so that cargo need not compile it again.
    pub fn copy_to(folder: PathBuf) -> Result<Self> {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let project = project.canonicalize()?;
        mirror(&project, &folder, &NOT_COPIED)?;
        let tools = std::os::unix::fs::symlink(project.join(".tools"), folder.join(".tools"));
        if let Err(error) = tools
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(error.into());
        }
        // cargo tells packages apart by their versions and by their places in the workspace. With
        // the same of both, it would take for the project's own what it built of the copy.
        let version = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "\"");
        let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
        ensure!(manifest.contains(version), "Cargo.toml has no version");
        let other = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "+copy\"");
        fs::write(folder.join("Cargo.toml"), manifest.replace(version, other))?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Writes `new` in the place of `old`, which the file has once.
    pub fn edit(&self, file: &str, old: &str, new: &str) -> Result<()> {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
        ensure!(text.matches(old).count() == 1, "{file} has not one {old:?}");
        Ok(fs::write(path, text.replace(old, new))?)
    }
}

/// Makes the folder `to` the same as `from`, except for what has one of these names.
fn mirror(from: &Path, to: &Path, except: &[&str]) -> Result<()> {
    fs::create_dir_all(to)?;
    let counts = |entry: &fs::DirEntry| !except.iter().any(|name| entry.file_name() == *name);
    for entry in fs::read_dir(to)?.flatten().filter(counts) {
        if from.join(entry.file_name()).exists() {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in fs::read_dir(from)?.flatten().filter(counts) {
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            mirror(&entry.path(), &copy, &[])?;
        } else if fs::read(&copy).ok() != Some(fs::read(entry.path())?) {
            fs::copy(entry.path(), copy)?;
        }
    }
    Ok(())
}
