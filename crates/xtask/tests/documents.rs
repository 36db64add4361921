//! What the documents show of code stands in the code.

use std::fs;
use std::path::Path;

/// What is left out.
const LEFT_OUT: &str = "…\n";

#[test]
fn what_add_a_table_shows_is_in_the_example() {
    let root = Path::new("../..");
    let document = fs::read_to_string(root.join("docs/add-a-table.md")).expect("the document");
    let mut pieces = 0;
    for (at, _) in document.match_indices("```rust\n") {
        let (before, block) = document.split_at(at);
        let name = before.rsplit('`').nth(1).expect("the file's name");
        let block = block.trim_start_matches("```rust\n");
        let block = block.split("```").next().expect("an end");
        let code = fs::read_to_string(root.join(name)).expect(name);
        let mut rest = code.as_str();
        for piece in block.split(LEFT_OUT) {
            let Some(found) = rest.find(piece) else {
                panic!("{name} does not have, in this order:\n{piece}");
            };
            rest = &rest[found + piece.len()..];
            pieces += 1;
        }
    }
    assert!(pieces > 10, "{pieces} pieces");
}

/// The example is as short as the documents say: lines that are neither empty nor comments.
#[test]
fn the_example_is_short() {
    let mut lines = 0;
    for part in ["shared", "server", "page"] {
        let folder = Path::new("../../examples/notes").join(part).join("src");
        for file in fs::read_dir(folder).expect("a folder") {
            let code = fs::read_to_string(file.expect("a file").path()).expect("code");
            let code = code.lines().map(str::trim);
            lines += code
                .filter(|it| !it.is_empty() && !it.starts_with("//"))
                .count();
        }
    }
    assert!(lines <= MAX, "{lines} lines");
}

/// The most lines that it may have.
const MAX: usize = 400;
