//! `cargo xtask migrate NAME` and `cargo xtask reset`

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use environment::Env;

use crate::process::output;
use crate::settings::Settings;

/// The folder of the migrations, and the file that lists them.
const FOLDER: &str = "migrations/src";
const LIST: &str = "migrations/src/lib.rs";

/// Makes the file of a migration and adds it to the list.
pub fn migrate(arguments: &[String]) -> Result<()> {
    let [name] = arguments else {
        bail!("expected one name, such as add_country; try --help");
    };
    let is_part_of_name = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    if name.is_empty() || !name.chars().all(is_part_of_name) {
        bail!("`{name}`: expected small letters, digits and underscores, such as add_country");
    }
    let list = fs::read_to_string(LIST).with_context(|| format!("{LIST} cannot be read"))?;
    let today = output(Command::new("date").args(["-u", "+%Y%m%d"])).context("what day it is")?;
    let (module, list) = added(&list, name, &today)?;
    let file = Path::new(FOLDER).join(&module).with_extension("rs");
    fs::write(&file, TEMPLATE)?;
    fs::write(LIST, list)?;
    println!("\n  {}  what it changes: write it there", file.display());
    println!("  {LIST}  lists it\n");
    println!("  It runs when the API starts next; `cargo xtask dev` starts it once it compiles.");
    Ok(())
}

/// A new migration's module, and the list with it.
fn added(list: &str, name: &str, today: &str) -> Result<(String, String)> {
    let is_declared = |line: &&str| line.starts_with("mod m2") && line.ends_with(';');
    let newest = list.lines().rfind(is_declared);
    let newest = newest.with_context(|| format!("{LIST} declares no migration"))?;
    let last_module = newest.trim_start_matches("mod ").trim_end_matches(';');
    let number = last_module
        .split('_')
        .nth(1)
        .and_then(|it| it.parse::<u32>().ok());
    let number = number.with_context(|| format!("{last_module} has no number"))? + 1;
    let module = format!("m{today}_{number:06}_{name}");
    let listed = format!("    {last_module},\n");
    if !list.contains(&listed) {
        bail!("{LIST} does not list {last_module} in a line of its own");
    }
    let list = list
        .replace(
            &format!("{newest}\n"),
            &format!("{newest}\nmod {module};\n"),
        )
        .replace(&listed, &format!("{listed}    {module},\n"));
    Ok((module, list))
}

/// It does not compile, so that it cannot run before it is written.
const TEMPLATE: &str = r#"use sea_orm_migration::prelude::*;

compile_error!("write down here what this migration changes, then remove this line");

/// What it is for.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::execute(manager, POSTGRES, SQLITE).await
    }
}

const POSTGRES: &str = r"
ALTER TABLE users ADD COLUMN …;
";

const SQLITE: &str = r"
ALTER TABLE users ADD COLUMN …;
";
"#;

/// Removes the database of development.
pub fn reset() -> Result<()> {
    // Also reads `.env`.
    let settings = Settings::read()?;
    let url = Env::of_process().get("DATABASE_URL")?;
    let url = url.unwrap_or_else(|| "sqlite://data/app.db?mode=rwc".to_owned());
    let Some(file) = sqlite_file(&url) else {
        bail!(
            "DATABASE_URL is no SQLite file. Empty that database yourself: \
             DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
        );
    };
    if std::net::TcpListener::bind(settings.listen_addr).is_err() {
        bail!("the API listens at {}: stop it first", settings.listen_addr);
    }
    for end in ["", "-wal", "-shm"] {
        let mut path = file.clone().into_os_string();
        path.push(end);
        match fs::remove_file(&path) {
            Ok(()) => println!("  removed {}", path.display()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(path.display().to_string()),
        }
    }
    println!("  The next start of the API makes an empty database. The emulator keeps its users.");
    Ok(())
}

/// The file of such an address, if it is of SQLite.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    Some(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_is_declared_and_listed_after_the_last() {
        let list = "mod edits;\nmod m20260101_000001_users;\n\nmigrations![\n    m20260101_000001_users,\n];\n";
        let (module, list) = added(list, "add_country", "20260203").expect("added");
        assert_eq!(module, "m20260203_000002_add_country");
        let expected = "mod edits;\nmod m20260101_000001_users;\nmod m20260203_000002_add_country;\n\n\
            migrations![\n    m20260101_000001_users,\n    m20260203_000002_add_country,\n];\n";
        assert_eq!(list, expected);
    }

    #[test]
    fn the_projects_own_list_takes_another() {
        let list = include_str!("../../../migrations/src/lib.rs");
        let (module, longer) = added(list, "add_country", "20991231").expect("added");
        assert_eq!(longer.matches(&module).count(), 2);
    }

    #[test]
    fn the_file_of_an_address_is_found() {
        let file = |url| sqlite_file(url).map(|it| it.display().to_string());
        assert_eq!(
            file("sqlite://data/app.db?mode=rwc").as_deref(),
            Some("data/app.db")
        );
        assert_eq!(file("sqlite:/tmp/app.db").as_deref(), Some("/tmp/app.db"));
        assert_eq!(file("postgres://localhost/app"), None);
    }
}
