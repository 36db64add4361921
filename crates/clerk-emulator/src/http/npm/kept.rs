//! Files as they are sent: read once, compressed when an encoding is first asked for, and kept
//! while the process runs.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderValue;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::id;

use super::encoding::Encoding;

/// Measured with clerk-js and its UI, 471 KB as they are: 121 KB in 31 ms, which nobody waits for.
/// The highest level makes 110 KB of them, as Clerk's servers send, in 1.2 s.
const BROTLI: i32 = 5;
/// How much is kept, in bytes: far more than a page loads.
const MOST: usize = 32 * 1024 * 1024;
/// What a file takes beside its name and its bytes, generously.
const ENTRY: usize = 1024;

/// A file, and where its page finds the icons that are written into it.
pub type Key = (PathBuf, Option<String>);

/// Files that are kept.
#[derive(Default)]
pub struct Kept(Mutex<Held>);

#[derive(Default)]
struct Held {
    files: HashMap<Key, Arc<File>>,
    /// What they take together.
    size: usize,
}

/// All emulators of a process share them.
pub static KEPT: LazyLock<Kept> = LazyLock::new(Kept::default);

impl Kept {
    /// The file, if it is kept.
    pub fn get(&self, key: &Key) -> Option<Arc<File>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.files.get(key).cloned()
    }

    /// Keeps a file, unless somebody was quicker; what is full begins anew.
    pub fn keep(&self, key: Key, file: File) -> Arc<File> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = held.files.get(&key) {
            return there.clone();
        }
        let size = size(&key, &file);
        let file = Arc::new(file);
        if size > MOST {
            return file;
        }
        if held.size + size > MOST {
            *held = Held::default();
        }
        held.size += size;
        held.files.insert(key, file.clone());
        file
    }
}

/// The most that a file takes: as it is, and once more in each encoding.
fn size((path, icons): &Key, file: &File) -> usize {
    let name = path.as_os_str().len() + icons.as_ref().map_or(0, String::len);
    ENTRY + name + 3 * file.plain.len()
}

/// A file in each of its encodings.
pub struct File {
    /// Its content type.
    pub kind: HeaderValue,
    digest: String,
    plain: Bytes,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl File {
    pub fn new(kind: HeaderValue, plain: Bytes) -> Self {
        Self {
            kind,
            digest: id::digest(&plain),
            plain,
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    /// Whether it becomes smaller by being compressed.
    pub fn is_text(&self) -> bool {
        let kind = self.kind.as_bytes();
        kind.starts_with(b"text/") || kind == b"application/json"
    }

    /// Its entity tag in this encoding.
    pub fn tag(&self, encoding: Encoding) -> String {
        let name = encoding.name().map(|name| format!("-{name}"));
        format!("\"{}{}\"", &self.digest[..32], name.unwrap_or_default())
    }

    /// Its bytes in this encoding. The first time they are made.
    pub fn bytes(&self, encoding: Encoding) -> Bytes {
        match encoding {
            Encoding::Brotli => self.brotli.get_or_init(|| brotli(&self.plain)),
            Encoding::Gzip => self.gzip.get_or_init(|| gzip(&self.plain)),
            Encoding::Identity => &self.plain,
        }
        .clone()
    }
}

fn brotli(plain: &[u8]) -> Bytes {
    let parameters = BrotliEncoderParams {
        quality: BROTLI,
        size_hint: plain.len(),
        ..BrotliEncoderParams::default()
    };
    let mut small = Vec::new();
    // Memory does not fail.
    let _ = brotli::BrotliCompress(&mut &*plain, &mut small, &parameters);
    small.into()
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut small = GzEncoder::new(Vec::new(), Compression::default());
    // As above.
    let _ = small.write_all(plain);
    small.finish().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps 100 files of this size under names of this length; answers how many are kept.
    fn keep(size: usize, name: usize) -> usize {
        let kept = Kept::default();
        let script = Bytes::from(vec![b'x'; size]);
        let mut most = 0;
        for number in 0..100 {
            let kind = HeaderValue::from_static("text/javascript");
            let icons = number.to_string() + &"/".repeat(name);
            let key = (PathBuf::from("a.js"), Some(icons));
            kept.keep(key.clone(), File::new(kind, script.clone()));
            assert!(kept.get(&key).is_some());
            let held = kept.0.lock().expect("no panic before");
            assert!(held.size <= MOST, "{}", held.size);
            most = most.max(held.files.len());
        }
        most
    }

    #[test]
    fn what_is_asked_for_under_many_names_is_not_all_kept() {
        let most = keep(MOST / 10, 1);
        assert!((1..10).contains(&most), "{most}");
    }

    #[test]
    fn names_are_counted() {
        let most = keep(1, MOST / 10);
        assert!((1..10).contains(&most), "{most}");
    }

    #[test]
    fn even_nothing_takes_room() {
        let each = File::new(HeaderValue::from_static("text/css"), Bytes::new());
        assert!(size(&(PathBuf::new(), None), &each) * 100_000 > MOST);
    }

    #[test]
    fn what_is_kept_already_is_counted_once() {
        let kept = Kept::default();
        let key = (PathBuf::from("a.js"), None);
        for _ in 0..2 {
            let kind = HeaderValue::from_static("text/javascript");
            kept.keep(key.clone(), File::new(kind, Bytes::from_static(b"x")));
        }
        let held = kept.0.lock().expect("no panic before");
        let file = held.files.get(&key).expect("it is kept");
        assert_eq!(held.size, size(&key, file));
    }

    #[test]
    fn what_is_larger_than_all_that_is_kept_is_not_kept() {
        let kept = Kept::default();
        let key = (PathBuf::from("a.js"), None);
        let kind = HeaderValue::from_static("text/javascript");
        kept.keep(key.clone(), File::new(kind, vec![b'x'; MOST].into()));
        assert!(kept.get(&key).is_none());
    }
}
