//! What goes to crates.io is whole: each package has its README, its licence and its examples, and
//! its README links to nothing outside of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn every_published_package_has_its_readme_its_licence_and_its_examples() {
    let packages = published();
    let names: Vec<&str> = packages.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "clerk-axum",
            "clerk-claims",
            "clerk-yew",
            "strict-environment"
        ]
    );
    for package in packages {
        let files = package.files();
        for expected in package.expected() {
            assert!(
                files.contains(&expected),
                "{} lacks {expected}",
                package.name
            );
        }
    }
}

#[test]
fn what_a_published_readme_links_to_goes_with_it() {
    for package in published() {
        let files = package.files();
        let readme = fs::read_to_string(package.folder.join("README.md")).expect("a README");
        for link in readme.split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap_or_default();
            let is_there = link.is_empty()
                || link.starts_with("https://")
                || files.contains(link)
                || files
                    .iter()
                    .any(|file| file.starts_with(&format!("{link}/")));
            assert!(is_there, "{}: {link} is not in the package", package.name);
        }
    }
}

#[test]
fn every_published_package_says_what_it_is() {
    let packages = published();
    let license = packages[0].folder.join("LICENSE");
    let license = fs::read_to_string(license).expect("the licence");
    for package in packages {
        for member in ["description", "license", "readme", "documentation"] {
            assert!(
                package.manifest[member].is_string(),
                "{}: {member}",
                package.name
            );
        }
        for member in ["keywords", "categories"] {
            let words = package.manifest[member].as_array().expect("a list");
            assert!(!words.is_empty(), "{}: {member}", package.name);
        }
        let own = fs::read_to_string(package.folder.join("LICENSE")).expect("its licence");
        assert_eq!(own, license, "{}", package.name);
    }
}

/// A package that may be published.
struct Package {
    name: String,
    folder: PathBuf,
    manifest: Value,
}

impl Package {
    /// The files that it consists of.
    fn files(&self) -> BTreeSet<String> {
        let list = cargo(&[
            "package",
            "--list",
            "--allow-dirty",
            "--package",
            &self.name,
        ]);
        list.lines().map(str::to_owned).collect()
    }

    /// Those that it must have.
    fn expected(&self) -> Vec<String> {
        let examples = fs::read_dir(self.folder.join("examples"));
        let examples = examples.into_iter().flatten().map(|entry| {
            let name = entry.expect("an example").file_name();
            format!("examples/{}", name.display())
        });
        ["README.md".to_owned(), "LICENSE".to_owned()]
            .into_iter()
            .chain(examples)
            .collect()
    }
}

/// The packages of the workspace that may be published, by name.
fn published() -> Vec<Package> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version=1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let mut packages: Vec<Package> = packages
        .iter()
        .filter(|it| it["publish"].is_null())
        .map(|it| {
            let manifest = Path::new(it["manifest_path"].as_str().expect("a path"));
            Package {
                name: it["name"].as_str().expect("a name").to_owned(),
                folder: manifest.parent().expect("a folder").to_owned(),
                manifest: it.clone(),
            }
        })
        .collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn root() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates.and_then(Path::parent).expect("the workspace")
}
