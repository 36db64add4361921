//! `clerk-emulator fetch-sdk`: clerk-js and its UI, several versions side by side.

use std::path::Path;

/// The versions that the emulator is tested with: clerk-js, and the UI that belongs to it.
pub const TESTED: (&str, &str) = ("6.40.0", "1.36.0");

/// Whether any version of clerk-js is in the folder.
pub fn is_there(folder: &Path) -> bool {
    folder.join("@clerk/clerk-js").is_dir()
}

/// Gets these versions of clerk-js (the tested one when none is named) into a folder, each with
/// its UI. clerk-js has its UI in a package of its own since version 6.
///
/// # Errors
/// npm is missing, cannot reach its registry, knows no such version, or what it got is not what
/// the registry promised.
pub fn fetch(folder: &Path, versions: &[String]) -> anyhow::Result<()> {
    let get = |package: &str, wanted: &str| -> anyhow::Result<()> {
        let exact = if wanted.split('.').count() == 3 {
            wanted.to_owned()
        } else {
            npm_package::resolve(package, wanted)?
        };
        npm_package::fetch(package, &exact, &folder.join(package).join(&exact))?;
        println!("  {package} {exact} is there");
        Ok(())
    };
    if versions.is_empty() {
        get("@clerk/clerk-js", TESTED.0)?;
        get("@clerk/ui", TESTED.1)?;
    }
    for version in versions {
        get("@clerk/clerk-js", version)?;
        if version.split('.').next() == Some("6") {
            get("@clerk/ui", "1")?;
        }
    }
    Ok(())
}
