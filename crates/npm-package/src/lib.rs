//! Fetches a package through npm, with the person's own registry and proxy settings. The archive
//! is checked against the registry's integrity hash, and nothing of the package is run.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};

/// The newest version that `wanted` stands for, such as 6.40.0 for `6`.
///
/// # Errors
/// npm is missing, cannot reach its registry, or knows no such version.
pub fn resolve(package: &str, wanted: &str) -> Result<String> {
    let shown = npm(&["view", &format!("{package}@{wanted}"), "version", "--json"])
        .with_context(|| format!("npm cannot find {package} {wanted}"))?;
    let shown: serde_json::Value =
        serde_json::from_str(&shown).with_context(|| format!("npm knows no {package} {wanted}"))?;
    // One version is a text, several are a list with the newest last.
    let newest = match &shown {
        serde_json::Value::Array(list) => list.last().and_then(|it| it.as_str()),
        other => other.as_str(),
    };
    newest
        .map(str::to_owned)
        .with_context(|| format!("npm knows no {package} {wanted}"))
}

/// Puts a version of a package into `folder`, unless it is there. The folder appears complete or
/// not at all.
///
/// # Errors
/// npm or tar is missing, the registry cannot be reached, or the archive is not the one that the
/// registry names.
pub fn fetch(package: &str, version: &str, folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    println!("  fetching {package} {version}");
    let unfinished = folder.with_file_name(format!("unfinished-{version}"));
    let _ = std::fs::remove_dir_all(&unfinished);
    std::fs::create_dir_all(&unfinished)?;
    let unpacked = unpack(package, version, &unfinished)
        .and_then(|()| std::fs::rename(&unfinished, folder).map_err(Into::into));
    if unpacked.is_err() {
        let _ = std::fs::remove_dir_all(&unfinished);
    }
    unpacked
}

/// Gets the archive, checks it, and unpacks it here.
fn unpack(package: &str, version: &str, unfinished: &Path) -> Result<()> {
    let exact = format!("{package}@{version}");
    let target = unfinished.display().to_string();
    let name = npm(&["pack", "--pack-destination", &target, &exact])
        .with_context(|| format!("npm cannot fetch {package} {version}"))?;
    let archive = unfinished.join(name.lines().last().unwrap_or_default());
    let promised = npm(&["view", &exact, "dist.integrity"])?;
    verify(&std::fs::read(&archive)?, promised.trim())
        .with_context(|| format!("{package} {version} was not taken"))?;
    let unpacked = Command::new("tar")
        .arg("-xzf")
        .arg(&archive)
        .arg("-C")
        .arg(unfinished)
        .arg("--strip-components=1")
        .status()
        .context("tar is missing")?;
    if !unpacked.success() {
        bail!("tar cannot unpack {}", archive.display());
    }
    Ok(std::fs::remove_file(&archive)?)
}

/// Checks an archive against a hash in the form of Subresource Integrity, `sha512-…`.
fn verify(archive: &[u8], promised: &str) -> Result<()> {
    let Some(promised) = promised.strip_prefix("sha512-") else {
        bail!("the registry names no SHA-512 of it");
    };
    if STANDARD.encode(Sha512::digest(archive)) != promised {
        bail!("its SHA-512 is not the one that the registry names");
    }
    Ok(())
}

fn npm(arguments: &[&str]) -> Result<String> {
    let run = Command::new("npm")
        .args(arguments)
        .output()
        .context("npm is missing: install Node.js (Debian: apt-get install nodejs npm)")?;
    if !run.status.success() {
        bail!("{}", reason(&String::from_utf8_lossy(&run.stderr)));
    }
    Ok(String::from_utf8_lossy(&run.stdout).trim().to_owned())
}

/// Why npm failed: the first line that is a sentence.
fn reason(said: &str) -> &str {
    let errors = said.lines().filter_map(|it| it.strip_prefix("npm error "));
    let mut telling = errors.filter(|it| {
        !["code ", "errno ", "syscall "]
            .iter()
            .any(|field| it.starts_with(field))
    });
    telling.next().unwrap_or("npm does not say why")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_npms_own_words() {
        let said = "npm warn old\nnpm error code E404\nnpm error 404 No match found\nnpm error 404";
        assert_eq!(reason(said), "404 No match found");
        assert_eq!(reason(""), "npm does not say why");
    }

    #[test]
    fn an_archive_that_is_not_the_promised_one_is_refused() {
        let promised = format!("sha512-{}", STANDARD.encode(Sha512::digest(b"good")));
        assert!(verify(b"good", &promised).is_ok());
        assert!(verify(b"evil", &promised).is_err());
        assert!(verify(b"good", "sha1-abc").is_err());
    }

    #[test]
    fn what_is_there_is_not_fetched_again() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(fetch("no-such-package", "0.0.0", folder.path()).is_ok());
    }
}
