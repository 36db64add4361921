//! What the page's wasm is made of: `sizes NAME=FILE.wasm…` prints a table by crate and one by
//! component, with a column for each file. The files still have the names of their functions.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs};

use anyhow::{Context, Result};
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// What is below this, in bytes, is of no interest.
const LEAST: usize = 500;

fn main() -> Result<()> {
    let mut names = Vec::new();
    let mut files = Vec::new();
    for argument in env::args().skip(1) {
        let (name, file) = argument
            .split_once('=')
            .context("usage: sizes NAME=FILE.wasm…")?;
        let wasm = fs::read(file).with_context(|| format!("{file} cannot be read"))?;
        files.push(functions(&wasm)?);
        names.push(name.to_owned());
    }
    let all = files.iter().flatten();
    let components: BTreeSet<&str> = all.filter_map(|(name, _)| component(name)).collect();
    let table = |what: &str, owner: &dyn Fn(&str) -> Option<String>| {
        println!("\n| {what} | {} |", names.join(" | "));
        println!("| --- |{}", " --- |".repeat(names.len()));
        for (name, row) in rows(&files, owner) {
            let row: Vec<String> = row.iter().map(ToString::to_string).collect();
            println!("| `{name}` | {} |", row.join(" | "));
        }
    };
    table("bytes of code, by crate", &|name| Some(owner(name)));
    table("by component, with what Yew makes of each", &|name| {
        let component = components.iter().find(|it| name.contains(**it))?;
        Some((*component).to_owned())
    });
    Ok(())
}

/// The functions of a program, with their sizes.
fn functions(wasm: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut imported = 0;
    let mut sizes = Vec::new();
    let mut names = BTreeMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.as_bytes().len()),
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(sections) = custom.as_known() else {
                    continue;
                };
                for section in sections {
                    let Name::Function(functions) = section? else {
                        continue;
                    };
                    for function in functions {
                        let function = function?;
                        // Without the hashes that tell crates of one name apart.
                        let name = format!("{:#}", demangle(function.name));
                        names.insert(function.index, name);
                    }
                }
            }
            _ => {}
        }
    }
    let sizes = (imported..).zip(sizes);
    Ok(sizes
        .map(|(index, size)| (names.remove(&index).unwrap_or_default(), size))
        .collect())
}

/// The sums of what belongs together, in each of the files, the largest first.
fn rows(
    files: &[Vec<(String, usize)>],
    owner: &dyn Fn(&str) -> Option<String>,
) -> Vec<(String, Vec<usize>)> {
    let mut sums = BTreeMap::new();
    for (column, functions) in files.iter().enumerate() {
        for (name, size) in functions {
            if let Some(owner) = owner(name) {
                let row = sums.entry(owner).or_insert_with(|| vec![0; files.len()]);
                row[column] += size;
            }
        }
    }
    let total = |row: &[usize]| row.iter().sum::<usize>();
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.retain(|(_, row)| total(row) >= LEAST);
    rows.sort_by_key(|(_, row)| Reverse(total(row)));
    rows
}

/// The crate that a function was written in: the one that its name begins with.
fn owner(name: &str) -> String {
    let path = name.trim_start_matches(['<', '&', '[', '(', '*']);
    let path = path.trim_start_matches("mut ").trim_start_matches("dyn ");
    let first = path.split_once("::").map_or("", |(first, _)| first);
    let is_crate = first.starts_with(|it: char| it.is_ascii_alphabetic())
        && first
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    if is_crate { first } else { "others" }.to_owned()
}

/// The component whose state a function is for.
fn component(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once("CompStateInner<")?;
    Some(&rest[..rest.find(['<', '>'])?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_that_wrote_it() {
        for (name, crate_name) in [
            ("clerk_yew::page::page", "clerk_yew"),
            ("<yew::Scope<frontend::App>>::new", "yew"),
            ("<&mut dyn core::fmt::Write as core::fmt::Write>::x", "core"),
            ("main", "others"),
        ] {
            assert_eq!(owner(name), crate_name, "{name}");
        }
    }

    #[test]
    fn components_are_found_by_their_states() {
        let name = "<yew::lifecycle::CompStateInner<frontend::app::App> as yew::Stateful>::view";
        assert_eq!(component(name), Some("frontend::app::App"));
        let generic = "CompStateInner<yew::context::ContextProvider<u8>>";
        assert_eq!(component(generic), Some("yew::context::ContextProvider"));
        assert_eq!(component("main"), None);
    }
}
