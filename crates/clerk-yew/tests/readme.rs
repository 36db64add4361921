//! The README's table says which test shows what: each of them is there.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let (_, table) = readme
        .split_once("\n| @clerk/react, @clerk/vue |")
        .expect("the table");
    let rows: Vec<&str> = table
        .lines()
        .skip(2)
        .take_while(|it| it.starts_with('|'))
        .collect();
    assert!(rows.len() > 30, "{} rows", rows.len());
    for row in rows {
        let shown = row
            .trim_end_matches('|')
            .rsplit('|')
            .next()
            .unwrap_or_default();
        let mut tests = shown.split('`').filter(|it| it.contains("::")).peekable();
        assert!(tests.peek().is_some(), "no test: {row}");
        for test in tests {
            let (file, name) = test.split_once("::").expect("file and name");
            let folder = if file.starts_with("stories/") {
                "../e2e/tests"
            } else {
                "tests"
            };
            let path = root.join(folder).join(file).with_extension("rs");
            let source = fs::read_to_string(&path).expect(file);
            let is_there = [format!("fn {name}("), format!("    {name}: {{")]
                .iter()
                .any(|it| source.contains(it));
            assert!(is_there, "{test} is not there");
        }
    }
}
