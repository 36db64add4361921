//! What a binary is made of, and whether that changed since.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// Editors write a file in several steps, and several files one after the other.
const QUIET: Duration = Duration::from_millis(50);

/// What says how a package, or the workspace around it, is built.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "Cargo.lock"];

/// The source of a binary, watched for changes.
pub struct Source {
    binary: PathBuf,
    parts: BTreeSet<PathBuf>,
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
}

impl Source {
    /// Watches what cargo made this binary of.
    pub fn watch(binary: PathBuf) -> Result<Self> {
        let (sender, events) = channel();
        let mut source = Self {
            binary,
            parts: BTreeSet::new(),
            watcher: notify::recommended_watcher(sender)?,
            events,
        };
        source.renew()?;
        Ok(source)
    }

    /// Also watches what the binary is made of since it was built again.
    pub fn renew(&mut self) -> Result<()> {
        let list = self.binary.with_extension("d");
        let list = fs::read_to_string(&list)
            .with_context(|| format!("{} cannot be read", list.display()))?;
        for part in parts(files(&list), self.binary.parent()) {
            // A file is watched by its folder: editors put a new file in the place of the old one.
            let (path, mode) = match part.parent() {
                Some(folder) if part.is_file() => (folder, RecursiveMode::NonRecursive),
                _ => (part.as_path(), RecursiveMode::Recursive),
            };
            if !self.parts.contains(&part) {
                self.watcher
                    .watch(path, mode)
                    .with_context(|| format!("{} cannot be watched", path.display()))?;
                self.parts.insert(part);
            }
        }
        Ok(())
    }

    /// Whether anything changed since the last call; waits until the changes have come to rest.
    pub fn has_changed(&self) -> bool {
        let mut changed = false;
        let mut patience = Duration::ZERO;
        loop {
            match self.events.recv_timeout(patience) {
                Ok(event) if self.counts(&event) => {
                    changed = true;
                    patience = QUIET;
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return changed,
            }
        }
    }

    /// Whether an event is a change of the source. Reading it is none.
    fn counts(&self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else {
            // Some were lost: better once too often.
            return true;
        };
        let is_part = |path: &PathBuf| self.parts.iter().any(|part| path.starts_with(part));
        !event.kind.is_access() && event.paths.iter().any(is_part)
    }
}

/// The files in cargo's list, a rule for make: `binary: file file…`, with `\ ` for a space in a name.
fn files(list: &str) -> impl Iterator<Item = PathBuf> {
    let line = list.lines().next().unwrap_or_default();
    let (_, files) = line.split_once(": ").unwrap_or_default();
    let files = files.replace("\\ ", "\0");
    let files: Vec<String> = files
        .split(' ')
        .map(|file| file.replace('\0', " "))
        .collect();
    files.into_iter().map(PathBuf::from)
}

/// What is watched for these files: of each one's package the file itself or, with all that may
/// be added to it, the folder that holds it (`src`); and the manifests of the package and of the
/// workspace around it. Not what cargo itself wrote beside the binary.
fn parts(files: impl Iterator<Item = PathBuf>, built: Option<&Path>) -> BTreeSet<PathBuf> {
    let built = built.and_then(|folder| folder.canonicalize().ok());
    let mut parts = BTreeSet::new();
    for file in files.filter_map(|file| file.canonicalize().ok()) {
        if built.as_ref().is_some_and(|built| file.starts_with(built)) {
            continue;
        }
        let folders = || file.ancestors().skip(1);
        let package = folders().find(|folder| folder.join("Cargo.toml").is_file());
        let inside = package.and_then(|package| file.strip_prefix(package).ok());
        let first = inside.and_then(|inside| inside.iter().next());
        parts.extend(
            package
                .zip(first)
                .map(|(package, first)| package.join(first)),
        );
        let manifests = folders().flat_map(|folder| MANIFESTS.map(|name| folder.join(name)));
        parts.extend(manifests.filter(|manifest| manifest.is_file()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use notify::EventKind;
    use notify::event::{AccessKind, ModifyKind};

    use super::*;

    /// A workspace of one package, `api`, and a list of its files as cargo writes it.
    struct Workspace(tempfile::TempDir);

    impl Workspace {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let this = Self(folder);
            for file in [
                "Cargo.toml",
                "Cargo.lock",
                "api/Cargo.toml",
                "api/README.md",
                "api/src/main.rs",
                "api/src/routes/users.rs",
                "api/tests/suite.rs",
                "target/debug/api",
                "target/debug/generated.rs",
            ] {
                this.write(file);
            }
            let files = [
                "api/src/main.rs",
                "api/src/routes/users.rs",
                "target/debug/generated.rs",
            ];
            let files = files.map(|file| this.path(file).display().to_string());
            let list = format!(
                "{}: {}\n",
                this.path("target/debug/api").display(),
                files.join(" ")
            );
            fs::write(this.path("target/debug/api.d"), list).expect("written");
            this
        }

        fn path(&self, file: &str) -> PathBuf {
            self.0.path().join(file)
        }

        fn write(&self, file: &str) {
            let path = self.path(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, "").expect("written");
        }

        fn watch(&self) -> Source {
            Source::watch(self.path("target/debug/api")).expect("watched")
        }
    }

    /// The system reports changes a moment later.
    fn notices(source: &Source) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if source.has_changed() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    #[test]
    fn a_name_with_a_space_is_one_name() {
        let list = "/my\\ app/target/debug/api: /my\\ app/src/main.rs /other/lib.rs\n";
        let expected = ["/my app/src/main.rs", "/other/lib.rs"].map(PathBuf::from);
        assert_eq!(files(list).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn edits_new_files_and_manifests_are_noticed() {
        let workspace = Workspace::new();
        for file in [
            "api/src/routes/users.rs",
            "api/src/routes/new.rs",
            "api/src/folder/new.rs",
            "api/Cargo.toml",
            "Cargo.lock",
        ] {
            let source = workspace.watch();
            workspace.write(file);
            assert!(notices(&source), "{file}");
        }
    }

    #[test]
    fn a_file_that_is_replaced_is_noticed_each_time() {
        let workspace = Workspace::new();
        let source = workspace.watch();
        for _ in 0..2 {
            workspace.write("target/saved");
            fs::rename(workspace.path("target/saved"), workspace.path("Cargo.toml"))
                .expect("moved");
            assert!(notices(&source));
        }
    }

    #[test]
    fn documents_and_tests_beside_the_source_are_no_part_of_it() {
        let workspace = Workspace::new();
        let source = workspace.watch();
        let expected = ["Cargo.toml", "Cargo.lock", "api/Cargo.toml", "api/src"];
        let root = workspace.0.path().canonicalize().expect("a folder");
        assert_eq!(source.parts, expected.map(|part| root.join(part)).into());
    }

    #[test]
    fn reading_the_source_is_no_change() {
        let workspace = Workspace::new();
        let source = workspace.watch();
        let file = source.parts.first().expect("a part").clone();
        let counts = |kind| source.counts(&Ok(Event::new(kind).add_path(file.clone())));
        assert!(!counts(EventKind::Access(AccessKind::Any)));
        assert!(counts(EventKind::Modify(ModifyKind::Any)));
    }
}
