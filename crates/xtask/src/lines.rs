//! `cargo xtask lines`

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// What makes the person's row live, besides the crates.
const USERS: [&str; 6] = [
    "api/src/routes/events.rs",
    "api/src/routes/live.rs",
    "api/src/users/reads.rs",
    "api/src/users/snapshot.rs",
    "frontend/src/current_user.rs",
    "frontend/src/user_provider.rs",
];

/// A whole app.
const NOTES: [&str; 3] = [
    "examples/notes/shared/src",
    "examples/notes/server/src",
    "examples/notes/page/src",
];

/// Prints how many lines of Rust a live table takes: those that are neither empty nor comments.
pub fn lines() -> Result<()> {
    let mut notes = Vec::new();
    for folder in NOTES {
        for file in fs::read_dir(folder).context(folder)? {
            notes.push(file?.path().display().to_string());
        }
    }
    notes.sort();
    let users = USERS.map(str::to_owned);
    for (what, files) in [("The person's row", &users[..]), ("examples/notes", &notes)] {
        println!("| {what} | lines |\n| --- | --- |");
        let mut sum = 0;
        for file in files {
            let lines = count(Path::new(file))?;
            println!("| `{file}` | {lines} |");
            sum += lines;
        }
        println!("| all | {sum} |\n");
    }
    Ok(())
}

fn count(file: &Path) -> Result<usize> {
    let code = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let code = code.lines().map(str::trim);
    let counts = |line: &&str| !line.is_empty() && !line.starts_with("//");
    Ok(code.filter(counts).count())
}
