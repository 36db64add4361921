//! The database's URLs.

use std::str::FromStr;

use environment::{ConfigError, Env};
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use url::form_urlencoded;

/// Where the users are kept.
pub(super) fn url(env: Env<'_>) -> Result<String, ConfigError> {
    let url = env
        .get("DATABASE_URL")?
        .unwrap_or_else(|| "sqlite://data/app.db?mode=rwc".to_owned());
    let refuse = |expected| {
        Err(ConfigError {
            name: "DATABASE_URL",
            expected,
        })
    };
    if is_postgres(&url) || is_file(&url) {
        Ok(url)
    } else if url.starts_with("sqlite:") {
        refuse("expected a file, sqlite://FILE or sqlite://FILE?mode=rwc, not a database in memory")
    } else {
        refuse("expected sqlite://FILE or postgres://USER@HOST/DATABASE")
    }
}

/// The database to `LISTEN` on: the same, unless another is named.
pub(super) fn listen_url(env: Env<'_>, database_url: &str) -> Result<String, ConfigError> {
    match env.get("DATABASE_LISTEN_URL")? {
        None => Ok(database_url.to_owned()),
        Some(url) if is_postgres(&url) && is_postgres(database_url) => Ok(url),
        Some(_) => Err(ConfigError {
            name: "DATABASE_LISTEN_URL",
            expected: "expected postgres://USER@HOST/DATABASE, beside such a DATABASE_URL",
        }),
    }
}

fn is_postgres(url: &str) -> bool {
    (url.starts_with("postgres://") || url.starts_with("postgresql://"))
        && PgConnectOptions::from_str(url).is_ok()
}

/// Whether this is a `SQLite` file that every connection shares: not one in memory or of no name,
/// each of which is one connection's own, and nothing that another file system or a URI of
/// `SQLite`'s own (<https://www.sqlite.org/uri.html>) could make such. One that can only be read
/// starts; `/readyz` says what is the matter.
fn is_file(url: &str) -> bool {
    let Some(Ok(options)) = url
        .starts_with("sqlite:")
        .then(|| SqliteConnectOptions::from_str(url))
    else {
        return false;
    };
    let name = options.get_filename().to_string_lossy();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    !name.is_empty()
        && name != ":memory:"
        && !name.starts_with("file:")
        && parameters.all(|(name, value)| match &*name {
            "mode" => value != "memory",
            other => other == "cache",
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_file_however_it_is_written() {
        for url in [
            "sqlite:app.db",
            "sqlite://data/app.db?mode=rwc",
            "sqlite:///var/lib/users/app.db?mode=rw",
            "sqlite://app.db?mode=ro",
            "sqlite://memory.db?cache=private&mode=rwc",
        ] {
            assert!(is_file(url), "{url}");
        }
    }

    #[test]
    fn a_database_that_other_connections_do_not_share_is_none() {
        for url in [
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite://:memory:?cache=shared",
            "sqlite::memory:?mode=rwc",
            "sqlite://%3Amemory%3A",
            "sqlite://app.db?mode=memory",
            "sqlite://app.db?mode=rwc&mode=memory",
            "sqlite://app.db?m%6Fde=memory",
            "sqlite:file::memory:",
            "sqlite:file:app.db%3Fmode=memory",
            "sqlite:///app.db?vfs=memdb",
            "sqlite://app.db?immutable=1",
            "sqlite:",
            "sqlite://",
            "sqlite://?mode=rwc",
            "sqlite://app.db?mode=memory#",
            "sqlite://app.db?typo=1",
        ] {
            assert!(!is_file(url), "{url}");
        }
    }
}
