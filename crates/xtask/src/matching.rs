//! Which test programs can hold a test of some name, told from their source, so that no other is
//! built.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::workspace::{Package, Target};

/// How the tests of a program are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By cargo alone
    Native,
    /// Compiled to wasm, in a browser
    Wasm,
    /// By cargo, with servers, pages and a browser
    Browser,
}

/// A test program that can hold a test of the name.
pub struct Found<'a> {
    /// Its package
    pub package: &'a Package,
    /// Its target
    pub target: &'a Target,
    /// How it is run
    pub way: Way,
    /// Its files that have a part of the name
    pub files: Vec<PathBuf>,
}

/// The test programs that can hold a test whose path contains this name.
pub fn matching<'a>(packages: &'a [Package], name: &str) -> Result<Vec<Found<'a>>> {
    let mut found = Vec::new();
    for package in packages {
        for target in &package.targets {
            let sources = sources(package, target)?;
            if !parts(name).all(|part| sources.iter().any(|it| it.has(part))) {
                continue;
            }
            let files = sources
                .iter()
                .filter(|it| parts(name).any(|part| it.has(part)));
            let is_for_wasm = |it: &Source| it.text.contains("wasm_bindgen_test");
            let way = match (package.name.as_str(), target.kind.as_str()) {
                ("e2e", "test") => Way::Browser,
                (_, "test") if sources.iter().any(is_for_wasm) => Way::Wasm,
                _ => Way::Native,
            };
            found.push(Found {
                files: files.map(|it| it.path.clone()).collect(),
                package,
                target,
                way,
            });
        }
    }
    Ok(found)
}

/// The parts of a name, and whether each is a module's.
fn parts(name: &str) -> impl Iterator<Item = (&str, bool)> {
    let last = name.split("::").count() - 1;
    let parts = name.split("::").enumerate();
    parts
        .map(move |(place, part)| (part, place < last))
        .filter(|(part, _)| !part.is_empty())
}

/// A file with tests.
struct Source {
    path: PathBuf,
    /// The modules that its path stands for
    modules: String,
    /// All of it, or the part with the tests
    text: String,
}

impl Source {
    fn read(path: PathBuf, folder: &Path) -> Result<Self> {
        let text = fs::read_to_string(&path)?;
        let tests = text.find("\n#[cfg(test)]").unwrap_or_default();
        Ok(Self {
            modules: path
                .strip_prefix(folder)?
                .with_extension("")
                .display()
                .to_string(),
            text: text[tests..].to_owned(),
            path,
        })
    }

    /// Whether a test in it can have this part in its path: as the name of a module or a function,
    /// or as any word where a macro makes the functions.
    fn has(&self, (part, is_module): (&str, bool)) -> bool {
        let made_by_macro = self.text.contains("fn $");
        let is_name = |line: &&str| {
            line.contains("mod ") && line.ends_with('{') || !is_module && line.contains("fn ")
        };
        self.modules.contains(part)
            || self
                .text
                .lines()
                .filter(is_name)
                .any(|line| line.contains(part))
            || (made_by_macro && self.text.contains(part))
    }
}

/// The files of a target that hold tests.
fn sources(package: &Package, target: &Target) -> Result<Vec<Source>> {
    let folder = target.file.parent().unwrap_or(&package.folder);
    let has_library = package.targets.iter().any(|it| it.kind == "lib");
    let is_main = target.file.ends_with("main.rs");
    let alone = match target.kind.as_str() {
        "lib" => false,
        // The modules beside it are the library's.
        "bin" => !is_main || (has_library && target.file.ends_with("src/main.rs")),
        "test" => !is_main,
        _ => return Ok(Vec::new()),
    };
    let mut files = Vec::new();
    if alone {
        files.push(target.file.clone());
    } else {
        collect(folder, &mut files)?;
    }
    if target.kind == "lib" {
        files
            .retain(|file| !file.ends_with("src/main.rs") && !file.starts_with(folder.join("bin")));
    }
    let sources = files.into_iter().map(|file| Source::read(file, folder));
    let mut sources = sources.collect::<Result<Vec<_>>>()?;
    if target.kind != "test" {
        sources.retain(|it| it.text.contains("test]") || it.text.contains("test("));
    }
    Ok(sources)
}

/// Adds all files in Rust below this folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::packages;

    /// What is found for this name: package, target, and the way it is run.
    fn found(name: &str) -> Vec<(String, String, Way)> {
        let packages = packages().expect("the workspace");
        let found = matching(&packages, name).expect("found");
        let found = found.iter().map(|it| {
            let (package, target) = (it.package.name.clone(), it.target.name.clone());
            (package, target, it.way)
        });
        found.collect()
    }

    fn one(package: &str, target: &str, way: Way) -> Vec<(String, String, Way)> {
        vec![(package.to_owned(), target.to_owned(), way)]
    }

    #[test]
    fn a_test_is_found_in_its_program_whichever_way_it_is_run() {
        let name = "a_test_is_found_in_its_program";
        assert_eq!(found(name), one("xtask", "xtask", Way::Native));
        let name = "the_open_page_follows_edits";
        assert_eq!(found(name), one("e2e", "commands", Way::Browser));
        assert_eq!(
            found("rendered::the_user_button"),
            one("clerk-yew", "ui", Way::Wasm)
        );
    }

    #[test]
    fn a_test_that_a_macro_makes_is_found() {
        let path = "users::postgres::";
        assert_eq!(found(path), one("api", "suite", Way::Native));
    }

    #[test]
    fn what_stands_before_two_colons_is_a_module() {
        // Functions of other tests have the word in their names.
        let found = found("database::");
        assert!(!found.is_empty());
        assert!(
            found.iter().all(|(_, _, way)| *way == Way::Native),
            "{found:?}"
        );
    }

    #[test]
    fn what_only_other_code_mentions_is_not_found() {
        // The name of a function that is no test, in a file without tests.
        assert_eq!(found("stop_on_signals"), []);
    }
}
