//! Imports run in one direction: no two modules of a crate that stand side by side need each
//! other, whether directly, through others, or through what lies inside them. A parent and its own
//! children may: a parent declares them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree};

/// How many re-exports are followed.
const DEPTH_MAX: usize = 8;

/// A module by the names that lead to it from the crate's root.
type Module = Vec<String>;
/// A path as it is written: `crate::users::store::Users`.
type Written = Vec<String>;

#[test]
fn no_crate_of_the_workspace_has_a_circle_of_imports() {
    let mut circles = Vec::new();
    for root in roots() {
        let mut modules = BTreeMap::new();
        read(&root, Module::new(), &mut modules);
        assert!(!modules.is_empty(), "{}", root.display());
        for circle in circles_of(&modules) {
            circles.push(format!("{}: {circle}", root.display()));
        }
    }
    assert!(circles.is_empty(), "\n{}\n", circles.join("\n"));
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    for (a, b) in [
        ("use crate::b::B;", "use crate::a::A;"),
        ("use super::b;", "fn f() -> super::a::A {}"),
        ("use crate::{b::{B, C}, x};", "fn f() { crate::a::g(); }"),
        (
            "mod inner { use crate::b; }",
            "fn f() { vec![crate::a::A]; }",
        ),
        ("use crate::B;", "use crate::a;"),
    ] {
        assert_eq!(circles_in(a, b), ["a → b → a"], "{a} {b}");
    }
}

#[test]
fn what_is_no_circle_is_let_be() {
    for (a, b) in [
        ("use crate::b::B;", ""),
        ("use crate::b::B;", "use crate::App;"),
        (
            "use crate::b::B;",
            "#[cfg(test)] mod tests { use crate::a; }",
        ),
        ("use crate::b::B;", "use std::a; fn f() { a::f(); }"),
        ("mod c { use super::D; } mod d { use super::c; }", ""),
    ] {
        assert!(circles_in(a, b).is_empty(), "{a} {b}");
    }
}

/// The circles of a crate with two modules.
fn circles_in(a: &str, b: &str) -> Vec<String> {
    let source = format!("pub use b::B; pub struct App; mod a {{ {a} }} mod b {{ {b} }}");
    let file = syn::parse_file(&source).expect("Rust");
    let mut modules = BTreeMap::new();
    keep(&file.items, Path::new(""), Module::new(), &mut modules);
    circles_of(&modules)
}

/// The root files of all libraries and programs of the workspace.
fn roots() -> Vec<PathBuf> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata.stdout).expect("cargo metadata answers JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .flat_map(|package| package["targets"].as_array().into_iter().flatten())
        .filter(|target| {
            ["lib", "bin", "rlib", "cdylib"]
                .iter()
                .any(|kind| target["kind"][0] == *kind)
        })
        .filter_map(|target| target["src_path"].as_str().map(PathBuf::from))
        .collect()
}

/// What a module declares and needs.
#[derive(Default)]
struct Contents {
    /// What it imports, under the name it has here.
    imports: Vec<(String, Written)>,
    /// The paths that stand anywhere in it.
    paths: BTreeSet<Written>,
}

/// Reads a file and the files of the modules it declares.
fn read(file: &Path, module: Module, modules: &mut BTreeMap<Module, Contents>) {
    let source =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed =
        syn::parse_file(&source).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let stem = file
        .file_stem()
        .and_then(|it| it.to_str())
        .unwrap_or_default();
    let folder = file.parent().expect("a file lies in a folder");
    let owns_folder = module.is_empty() || stem == "mod";
    let children = if owns_folder {
        folder.to_owned()
    } else {
        folder.join(stem)
    };
    keep(&parsed.items, &children, module, modules);
}

/// Keeps what these items of `module` need; `children` is the folder of its modules' files.
fn keep(items: &[Item], children: &Path, module: Module, modules: &mut BTreeMap<Module, Contents>) {
    let mut contents = Contents::default();
    for item in items {
        let Item::Mod(child) = item else {
            contents.visit_item(item);
            continue;
        };
        if is_for_tests(&child.attrs) {
            continue;
        }
        let name = child.ident.to_string();
        let inner: Module = module.iter().cloned().chain([name.clone()]).collect();
        if let Some((_, items)) = &child.content {
            keep(items, &children.join(&name), inner, modules);
            continue;
        }
        let files = [
            children.join(format!("{name}.rs")),
            children.join(&name).join("mod.rs"),
        ];
        let file = files.iter().find(|it| it.is_file());
        read(file.expect("the module's file"), inner, modules);
    }
    modules.insert(module, contents);
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.path().is_ident("cfg")
            && it
                .parse_args::<syn::Path>()
                .is_ok_and(|it| it.is_ident("test"))
    })
}

impl Visit<'_> for Contents {
    fn visit_item_use(&mut self, item: &ItemUse) {
        // A path that begins with `::` leads out of the crate.
        if item.leading_colon.is_none() {
            self.keep_use(&item.tree, &Written::new());
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let path = path.segments.iter().map(|it| it.ident.to_string());
            self.paths.insert(path.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, it: &Macro) {
        self.visit_path(&it.path);
        self.keep_tokens(it.tokens.clone());
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        // A module inside a function.
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

impl Contents {
    fn keep_use(&mut self, tree: &UseTree, before: &Written) {
        let with = |ident: &syn::Ident| -> Written {
            before.iter().cloned().chain([ident.to_string()]).collect()
        };
        match tree {
            UseTree::Path(it) => self.keep_use(&it.tree, &with(&it.ident)),
            UseTree::Group(it) => it.items.iter().for_each(|it| self.keep_use(it, before)),
            UseTree::Glob(_) => self.keep_import("*".into(), before.clone()),
            UseTree::Name(it) if it.ident == "self" => {
                self.keep_import(before.last().cloned().unwrap_or_default(), before.clone());
            }
            UseTree::Name(it) => self.keep_import(it.ident.to_string(), with(&it.ident)),
            UseTree::Rename(it) => self.keep_import(it.rename.to_string(), with(&it.ident)),
        }
    }

    fn keep_import(&mut self, name: String, path: Written) {
        self.paths.insert(path.clone());
        self.imports.push((name, path));
    }

    /// Paths in what is handed to a macro.
    fn keep_tokens(&mut self, tokens: TokenStream) {
        let mut path = Written::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(it) if it.as_char() == ':' => colons += 1,
                TokenTree::Ident(it) => {
                    if colons != 2 {
                        self.paths.insert(std::mem::take(&mut path));
                    }
                    path.push(it.to_string());
                    colons = 0;
                }
                other => {
                    self.paths.insert(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(it) = other {
                        self.keep_tokens(it.stream());
                    }
                }
            }
        }
        self.paths.insert(path);
    }
}

/// The modules that `from` needs.
fn needs(from: &Module, modules: &BTreeMap<Module, Contents>) -> BTreeSet<Module> {
    let paths = modules[from].paths.iter();
    paths
        .filter_map(|path| target(from, path, modules, 0))
        .collect()
}

/// The module in which a path that stands in `from` ends, through what is re-exported on the way.
fn target(
    from: &Module,
    path: &[String],
    modules: &BTreeMap<Module, Contents>,
    depth: usize,
) -> Option<Module> {
    let (first, mut rest) = path.split_first()?;
    let mut at = match first.as_str() {
        "crate" => Module::new(),
        "self" => from.clone(),
        "super" => from[..from.len().checked_sub(1)?].to_vec(),
        _ => {
            rest = path;
            from.clone()
        }
    };
    // Whether a module was reached: the path may also begin with anything else.
    let mut moved = rest.len() < path.len();
    while let Some((name, after)) = rest.split_first() {
        if name == "super" && moved {
            at.pop()?;
        } else {
            let child: Module = at.iter().cloned().chain([name.clone()]).collect();
            if !modules.contains_key(&child) {
                break;
            }
            at = child;
        }
        moved = true;
        rest = after;
    }
    // What is left may be something that this module imports itself. A path that is looked up
    // where it is imported would find itself again.
    if let Some((name, after)) = rest.split_first()
        && depth < DEPTH_MAX
        && let Some((_, import)) = modules[&at].imports.iter().find(|(it, _)| it == name)
        && import != path
    {
        let whole: Written = import.iter().chain(after).cloned().collect();
        if let Some(found) = target(&at, &whole, modules, depth + 1) {
            return Some(found);
        }
    }
    moved.then_some(at)
}

/// The circles among modules that stand side by side, each told as the way round.
fn circles_of(modules: &BTreeMap<Module, Contents>) -> Vec<String> {
    // For each parent: which of its children needs which others.
    let mut levels: BTreeMap<&[String], BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    let needed: Vec<_> = modules.keys().map(|it| (it, needs(it, modules))).collect();
    for (from, tos) in &needed {
        for to in tos {
            let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            if let (Some(a), Some(b)) = (from.get(common), to.get(common)) {
                levels
                    .entry(&from[..common])
                    .or_default()
                    .entry(a)
                    .or_default()
                    .insert(b);
            }
        }
    }
    let mut circles = Vec::new();
    for (parent, arrows) in &levels {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for &start in arrows.keys() {
            if !told.contains(start)
                && let Some(way) = way_back(start, arrows)
            {
                let names: Vec<_> = way
                    .iter()
                    .map(|name| [parent, &[(*name).to_owned()][..]].concat().join("::"))
                    .collect();
                circles.push(names.join(" → "));
                told.extend(way);
            }
        }
    }
    circles
}

/// The shortest way from a module back to itself.
fn way_back<'a>(
    start: &'a str,
    arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for &next in arrows.get(way[way.len() - 1]).into_iter().flatten() {
                let way = [&way[..], &[next]].concat();
                if next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}
