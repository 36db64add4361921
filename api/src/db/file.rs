//! `SQLite`'s file: for this process's user alone, and watched, since a file that is removed or
//! replaced is still written to by whoever has opened it.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The file, and what `SQLite` keeps beside it while it is open: the ends of their names
/// (<https://sqlite.org/walformat.html#files_on_disk>).
const ENDS: [&str; 3] = ["", "-wal", "-shm"];
/// What everybody but the owner may do.
const OTHERS: u32 = 0o077;

/// The database's file is not the one that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database file was removed, replaced or emptied")]
pub struct Lost;

/// The file that was opened.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    opened: [(PathBuf, Option<Identity>); 3],
    lost: AtomicBool,
    /// Whether what was deleted is still to be erased from the log.
    to_erase: AtomicBool,
}

/// Device and inode: nobody else has them as long as the file is open. And whether anything is in
/// the database's file: one that was emptied holds none of what is written to it.
type Identity = (u64, u64, bool);

impl File {
    /// The file as it is now, just opened.
    pub fn opened(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            opened: files(path).map(|file| {
                let identity = identity(path, &file);
                (file, identity)
            }),
            lost: AtomicBool::new(false),
            to_erase: AtomicBool::new(false),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was deleted could not be erased from the log yet.
    pub fn erase_later(&self) {
        self.to_erase.store(true, Ordering::Relaxed);
    }

    /// Whether somebody was told to erase later; asked once each time.
    pub fn is_to_be_erased(&self) -> bool {
        self.to_erase.swap(false, Ordering::Relaxed)
    }

    /// Looks whether the file is still there, and logs it when that has changed. It takes about
    /// a microsecond.
    pub fn check(&self) -> Result<(), Lost> {
        let strange = self
            .opened
            .iter()
            .find(|(file, opened)| identity(&self.path, file) != *opened);
        let lost = strange.is_some();
        if self.lost.swap(lost, Ordering::Relaxed) != lost {
            if let Some((file, _)) = strange {
                tracing::error!(
                    file = %file.display(),
                    "the database file was removed, replaced or emptied: requests are refused until the \
                     same file is back. To use another one, restart the server"
                );
            } else {
                tracing::warn!("the database file is back: requests are served again");
            }
        }
        self.last_checked()
    }

    /// Whether it was there when somebody last looked.
    pub fn last_checked(&self) -> Result<(), Lost> {
        if self.lost.load(Ordering::Relaxed) {
            Err(Lost)
        } else {
            Ok(())
        }
    }
}

/// Makes the file if it is to be made, with its folder, so that nobody else can ever open them;
/// shuts everybody else out from files that are there. `SQLite` gives what it keeps beside the
/// file the same mode.
pub fn secure(path: &Path, make: bool) -> io::Result<()> {
    if make {
        if let Some(folder) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(0o600).open(path) {
            // The umask may have taken the owner's rights too.
            Ok(file) => file.set_permissions(Permissions::from_mode(0o600))?,
            // Never opened here: when it is closed, locks on it are gone
            // (<https://sqlite.org/howtocorrupt.html>).
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    for file in files(path) {
        let Ok(metadata) = fs::metadata(&file) else {
            continue;
        };
        let mode = metadata.permissions().mode();
        if metadata.is_file()
            && mode & OTHERS != 0
            && let Err(error) = fs::set_permissions(&file, Permissions::from_mode(mode & !OTHERS))
        {
            tracing::warn!(
                %error,
                file = %file.display(),
                "other users of this machine may open the database file"
            );
        }
    }
    Ok(())
}

fn files(path: &Path) -> [PathBuf; 3] {
    ENDS.map(|end| {
        let mut name = OsString::from(path);
        name.push(end);
        name.into()
    })
}

/// Of this file, the database's or one beside it; those come and go empty.
fn identity(database: &Path, file: &Path) -> Option<Identity> {
    let metadata = fs::metadata(file).ok()?;
    let is_empty = file == database && metadata.len() == 0;
    Some((metadata.dev(), metadata.ino(), is_empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_lost_until_the_same_one_is_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, away) = (folder.path().join("app.db"), folder.path().join("away.db"));
        for part in files(&path) {
            fs::write(part, "rows").expect("written");
        }
        let file = File::opened(&path);
        assert_eq!(file.check(), Ok(()));
        fs::write(&path, "").expect("emptied");
        assert_eq!(file.check(), Err(Lost), "emptied");
        fs::write(&path, "rows").expect("written");
        assert_eq!(file.check(), Ok(()));
        for (part, away) in files(&path).into_iter().zip(files(&away)) {
            fs::rename(&part, &away).expect("moved away");
            assert_eq!(file.check(), Err(Lost), "removed");
            fs::copy(&away, &part).expect("copied");
            assert_eq!(file.check(), Err(Lost), "replaced");
            assert_eq!(file.last_checked(), Err(Lost));
            fs::rename(&away, &part).expect("moved back");
            assert_eq!(file.check(), Ok(()));
        }
    }
}
