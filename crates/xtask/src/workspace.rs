//! The workspace's packages: what each consists of, and what depends on it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::output;

/// Programs that the browser tests run, of which cargo does not know.
const RUN_BY_E2E: [&str; 10] = [
    "api",
    "board-page",
    "board-server",
    "frontend",
    "gallery",
    "notes-page",
    "notes-server",
    "prerender",
    "split",
    "xtask",
];

/// A package of the workspace.
pub struct Package {
    /// As cargo knows it
    pub name: String,
    /// Where its manifest is
    pub folder: PathBuf,
    /// Its library, programs and tests
    pub targets: Vec<Target>,
    /// The packages of the workspace that it, or its tests, cannot do without
    needs: BTreeSet<String>,
}

/// What cargo makes of a package: one library, program or test program.
pub struct Target {
    /// `lib`, `bin`, `test`, …
    pub kind: String,
    /// Its name
    pub name: String,
    /// The file that it begins with
    pub file: PathBuf,
}

impl Package {
    /// Whether it, or its tests, need this one.
    pub fn needs(&self, name: &str) -> bool {
        self.needs.contains(name)
    }
}

/// The workspace's packages.
pub fn packages() -> Result<Vec<Package>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--no-deps"]);
    let metadata = output(&mut cargo).context("`cargo metadata` failed; run it to see why")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = list(&metadata["packages"]);
    let folder = |package: &Value| {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        manifest.parent().map(Path::to_owned).unwrap_or_default()
    };
    let name_at = |path: &str| {
        let found = packages.iter().find(|it| folder(it) == Path::new(path));
        found.map(|package| text(&package["name"]))
    };
    Ok(packages
        .iter()
        .map(|package| {
            let name = text(&package["name"]);
            let mut needs: BTreeSet<String> = list(&package["dependencies"])
                .iter()
                .filter_map(|it| name_at(it["path"].as_str()?))
                .collect();
            if name == "e2e" {
                needs.extend(RUN_BY_E2E.map(str::to_owned));
            }
            let targets = list(&package["targets"]);
            let targets = targets.iter().map(|target| Target {
                kind: text(&target["kind"][0]),
                name: text(&target["name"]),
                file: text(&target["src_path"]).into(),
            });
            Package {
                targets: targets.collect(),
                folder: folder(package),
                name,
                needs,
            }
        })
        .collect())
}

/// The packages that a change of these files can have touched: those that own the files, and
/// whatever needs one of them. Nobody needs another package's tests.
pub fn touched(packages: &[Package], root: &Path, files: &[PathBuf]) -> BTreeSet<String> {
    let (mut needed, mut alone) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        match reach(packages, root, file) {
            Reach::Nothing => {}
            Reach::Tests(package) => drop(alone.insert(package.to_owned())),
            Reach::Package(package) => drop(needed.insert(package.to_owned())),
            Reach::Everything => needed.extend(packages.iter().map(|it| it.name.clone())),
        }
    }
    loop {
        let more = packages.iter().filter(|it| !needed.is_disjoint(&it.needs));
        let more: BTreeSet<_> = more.map(|it| it.name.clone()).collect();
        if more.is_subset(&needed) {
            break;
        }
        needed.extend(more);
    }
    needed.extend(alone);
    needed
}

/// How far a change of a file reaches.
enum Reach<'a> {
    Nothing,
    /// This package's tests
    Tests(&'a str),
    /// This package and what needs it
    Package(&'a str),
    Everything,
}

fn reach<'a>(packages: &'a [Package], root: &Path, file: &Path) -> Reach<'a> {
    let path = root.join(file);
    let around = packages.iter().filter(|it| path.starts_with(&it.folder));
    if let Some(package) = around.max_by_key(|it| it.folder.iter().count()) {
        let is_test = path.starts_with(package.folder.join("tests"));
        return if is_test {
            Reach::Tests(&package.name)
        } else {
            Reach::Package(&package.name)
        };
    }
    match file.to_str().unwrap_or_default() {
        "index.html" | "Trunk.toml" => Reach::Package("frontend"),
        // Its table of settings is compared with the code; the other one's lines are run.
        "README.md" | "docs/deployment.md" => Reach::Tests("api"),
        "LICENSE" | "docs/add-a-table.md" | "docs/make-it-yours.md" => Reach::Tests("xtask"),
        "ARCHITECTURE.md" | ".gitignore" | ".containerignore" | ".env.example" => Reach::Nothing,
        name if ["docs/", "deploy/", ".ci/"]
            .iter()
            .any(|it| name.starts_with(it)) =>
        {
            Reach::Nothing
        }
        _ => Reach::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, needs: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            folder: Path::new("/app").join(name),
            targets: Vec::new(),
            needs: needs.iter().map(|&it| it.to_owned()).collect(),
        }
    }

    /// The names of what these files touch.
    fn touched_by(files: &[&str]) -> Vec<String> {
        let packages = [
            package("shared", &[]),
            package("api", &["shared"]),
            package("frontend", &["shared"]),
            package("frontend/prerender", &["frontend"]),
            package("xtask", &[]),
        ];
        let files: Vec<_> = files.iter().map(PathBuf::from).collect();
        let touched = touched(&packages, Path::new("/app"), &files);
        touched.into_iter().collect()
    }

    #[test]
    fn a_change_touches_what_depends_on_it_and_nothing_else() {
        assert_eq!(touched_by(&["api/src/lib.rs"]), ["api"]);
        assert_eq!(
            touched_by(&["shared/src/user.rs"]),
            ["api", "frontend", "frontend/prerender", "shared"]
        );
        assert_eq!(touched_by(&[]), [""; 0]);
    }

    #[test]
    fn a_file_belongs_to_the_innermost_package() {
        assert_eq!(
            touched_by(&["frontend/prerender/src/main.rs"]),
            ["frontend/prerender"]
        );
    }

    #[test]
    fn files_outside_of_all_packages_touch_what_reads_them() {
        assert_eq!(
            touched_by(&["index.html"]),
            ["frontend", "frontend/prerender"]
        );
        assert_eq!(touched_by(&["README.md"]), ["api"]);
        assert_eq!(touched_by(&["docs/deployment.md"]), ["api"]);
        assert_eq!(touched_by(&["deploy/Containerfile"]), [""; 0]);
        assert_eq!(touched_by(&["Cargo.lock"]).len(), 5);
    }

    #[test]
    fn tests_touch_nothing_but_their_own_package() {
        assert_eq!(touched_by(&["shared/tests/suite.rs"]), ["shared"]);
    }

    #[test]
    fn the_browser_tests_need_every_program_that_they_run() {
        let packages = packages().expect("the workspace");
        for program in RUN_BY_E2E {
            assert!(packages.iter().any(|it| it.name == program), "{program}");
        }
        let e2e = packages.iter().find(|it| it.name == "e2e");
        assert!(e2e.is_some_and(|it| it.needs("api") && it.needs("clerk-emulator")));
    }
}
