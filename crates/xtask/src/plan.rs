//! What `cargo xtask test` runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::matching::{Found, Way};
use crate::workspace::{Package, touched};

/// The browser tests of the project's commands, which build themselves what they run.
const COMMANDS: &str = "commands";

/// The checks, or a part of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Whether `cargo fmt` checks all
    pub format: bool,
    /// The packages for `cargo clippy`, as its arguments
    pub lints: Vec<String>,
    /// Arguments of `cargo test`, for each of its runs
    pub native: Vec<Vec<String>>,
    /// Whether these need PostgreSQL
    pub postgres: bool,
    /// Arguments of `cargo test` for clerk-yew in a browser; none: it does not run
    pub wasm: Vec<String>,
    /// Arguments of `cargo test` for the browser tests; none: they do not run
    pub browser: Vec<String>,
    /// What the browser tests need built
    pub needs: BTreeSet<Need>,
    /// What a test's path must contain
    pub name: Option<String>,
}

/// Something that browser tests run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The API
    Servers,
    /// The page
    Page,
    /// The example of this name: its page, and its server if it has one
    Example(&'static str),
    /// Firefox and `WebKit`, as far as they can be had
    Engines,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Servers,
        Self::Page,
        Self::Example("board"),
        Self::Example("gallery"),
        Self::Example("notes"),
        Self::Engines,
    ];
}

/// A list of arguments.
fn arguments(list: &[&str]) -> Vec<String> {
    list.iter().map(|&it| it.to_owned()).collect()
}

impl Plan {
    /// All of it.
    pub fn everything() -> Self {
        Self {
            format: true,
            lints: arguments(&["--workspace"]),
            native: vec![arguments(&["--workspace", "--exclude", "e2e"])],
            postgres: true,
            // All that are for a browser; the others are empty for this target.
            wasm: arguments(&["--tests"]),
            browser: arguments(&["--tests"]),
            needs: Need::ALL.into(),
            name: None,
        }
    }

    /// The tests whose path contains this name, in the programs that were found to have any.
    pub fn named(name: &str, found: &[Found]) -> Self {
        let mut plan = Self {
            name: Some(name.to_owned()),
            ..Self::default()
        };
        for it in found {
            let kind = it.target.kind.as_str();
            let target = if kind == "lib" {
                arguments(&["--lib"])
            } else {
                vec![format!("--{kind}"), it.target.name.clone()]
            };
            match it.way {
                Way::Native => {
                    let package = arguments(&["-p", &it.package.name]);
                    match plan.native.iter_mut().find(|run| run.starts_with(&package)) {
                        Some(run) => run.extend(target),
                        None => plan.native.push([package, target].concat()),
                    }
                    plan.postgres |= it.package.needs("test-postgres");
                }
                Way::Wasm => plan.wasm.extend(target),
                Way::Browser => {
                    plan.browser.extend(target);
                    plan.needs.extend(needs(it));
                }
            }
        }
        plan
    }

    /// Everything about what a change of these files, named from `root`, can have touched.
    pub fn changed(packages: &[Package], root: &Path, files: &[PathBuf]) -> Self {
        let all = touched(packages, root, files);
        if all.is_empty() {
            return Self::default();
        }
        let of = |names: &mut dyn Iterator<Item = &String>| -> Vec<String> {
            let arguments = names.flat_map(|name| ["-p", name]);
            arguments.map(str::to_owned).collect()
        };
        let native = of(&mut all.iter().filter(|name| *name != "e2e"));
        let mut tested = packages.iter().filter(|it| all.contains(&it.name));
        let mut plan = Self {
            format: true,
            lints: of(&mut all.iter()),
            native: Some(native)
                .filter(|it| !it.is_empty())
                .into_iter()
                .collect(),
            postgres: tested.any(|it| it.needs("test-postgres")),
            ..Self::default()
        };
        if all.contains("clerk-yew") {
            plan.wasm = arguments(&["--tests"]);
        }
        // Of the browser tests only those of the commands run the commands.
        let own = packages.iter().find(|it| it.name == "xtask");
        let is_others =
            |file: &&PathBuf| own.is_none_or(|own| !root.join(file).starts_with(&own.folder));
        let others: Vec<_> = files.iter().filter(is_others).cloned().collect();
        if touched(packages, root, &others).contains("e2e") {
            plan.browser = arguments(&["--tests"]);
            plan.needs = Need::ALL.into();
        } else if all.contains("e2e") {
            plan.browser = arguments(&["--test", COMMANDS]);
        }
        plan
    }

    /// Whether nothing is to be run.
    pub fn is_empty(&self) -> bool {
        *self
            == Self {
                name: self.name.clone(),
                ..Self::default()
            }
    }

    /// How many steps it takes.
    pub fn steps(&self) -> usize {
        let steps = [
            true,
            self.format,
            !self.lints.is_empty(),
            !self.native.is_empty(),
            !self.wasm.is_empty(),
            !self.needs.is_empty(),
            !self.browser.is_empty(),
        ];
        steps.into_iter().filter(|it| *it).count()
    }
}

/// What stories in these files run on.
fn needs(found: &Found) -> BTreeSet<Need> {
    if found.target.name == COMMANDS {
        return BTreeSet::new();
    }
    let stories = found
        .files
        .iter()
        .filter_map(|it| it.strip_prefix(found.target.file.parent()?).ok());
    let mut needs = BTreeSet::from([Need::Servers]);
    for story in stories {
        match story.iter().next().and_then(|it| it.to_str()) {
            Some("board.rs") => needs.extend([Need::Example("board")]),
            Some("engines.rs") => needs.extend([Need::Page, Need::Engines]),
            Some("gallery") => needs.extend([Need::Example("gallery")]),
            Some("notes.rs") => needs.extend([Need::Example("notes")]),
            _ => needs.extend([Need::Page]),
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::matching;
    use crate::workspace::packages;

    /// What is run for this name.
    fn named(name: &str) -> Plan {
        let packages = packages().expect("the workspace");
        let found = matching(&packages, name).expect("found");
        Plan::named(name, &found)
    }

    #[test]
    fn a_unit_test_needs_nothing_but_its_own_program() {
        let name = "a_unit_test_needs_nothing_but_its_own_program";
        let expected = Plan {
            native: vec![arguments(&["-p", "xtask", "--bin", "xtask"])],
            name: Some(name.to_owned()),
            ..Plan::default()
        };
        assert_eq!(named(name), expected);
    }

    #[test]
    fn a_test_of_the_api_needs_postgres() {
        let plan = named("replicas::");
        assert!(plan.postgres);
        assert_eq!(plan.native, [arguments(&["-p", "api", "--test", "suite"])]);
        assert_eq!((plan.wasm.len(), plan.browser.len()), (0, 0));
    }

    #[test]
    fn a_story_needs_the_page_that_it_is_about() {
        let plan = named("gallery::");
        assert_eq!(plan.browser, ["--test", "stories"]);
        assert_eq!(plan.needs, [Need::Servers, Need::Example("gallery")].into());
        assert_eq!(
            named("keyboard::").needs,
            [Need::Servers, Need::Page].into()
        );
        assert_eq!(
            named("engines::").needs,
            [Need::Servers, Need::Page, Need::Engines].into()
        );
        assert_eq!(named("the_open_page_follows_edits").needs, [].into());
    }

    /// What is run for a change of this file.
    fn changed(file: &str) -> Plan {
        let root = std::path::absolute("../..").expect("a folder");
        let root = root.canonicalize().expect("the workspace");
        let packages = packages().expect("the workspace");
        Plan::changed(&packages, &root, &[file.into()])
    }

    #[test]
    fn a_change_runs_the_tests_of_all_that_depend_on_it() {
        let plan = changed("examples/notes/shared/src/lib.rs");
        let packages = ["e2e", "notes-page", "notes-server", "notes-shared"];
        let arguments: Vec<_> = packages.iter().flat_map(|it| ["-p", it]).collect();
        assert_eq!(plan.lints, arguments);
        assert_eq!(plan.native, [arguments[2..].to_vec()]);
        assert_eq!(
            (plan.postgres, plan.wasm.len(), plan.browser.len()),
            (false, 0, 1)
        );
        assert!(changed("deploy/Containerfile").is_empty());
    }

    #[test]
    fn a_change_of_the_commands_runs_no_other_story() {
        let plan = changed("crates/xtask/src/main.rs");
        assert_eq!(plan.browser, ["--test", "commands"]);
        assert_eq!(plan.needs, [].into());
    }
}
