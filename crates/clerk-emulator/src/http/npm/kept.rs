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
/// How much is kept, in bytes of files as they are: far more than a page loads.
const MOST: usize = 32 * 1024 * 1024;

/// A file, and where its page finds the icons that are written into it.
pub type Key = (PathBuf, Option<String>);

/// Files that are kept.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<Key, Arc<File>>>);

/// All emulators of a process share them.
pub static KEPT: LazyLock<Kept> = LazyLock::new(Kept::default);

impl Kept {
    /// The file, if it is kept.
    pub fn get(&self, key: &Key) -> Option<Arc<File>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned()
    }

    /// Keeps a file, unless somebody was quicker; what is full begins anew.
    pub fn keep(&self, key: Key, file: File) -> Arc<File> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size: usize = kept.values().map(|it| it.plain.len()).sum();
        if size + file.plain.len() > MOST {
            kept.clear();
        }
        kept.entry(key).or_insert_with(|| Arc::new(file)).clone()
    }
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

    #[test]
    fn what_is_asked_for_under_many_names_is_not_all_kept() {
        let kept = Kept::default();
        let script = Bytes::from(vec![b'x'; MOST / 10]);
        for number in 0..100 {
            let kind = HeaderValue::from_static("text/javascript");
            let key = (PathBuf::from("a.js"), Some(format!("http://{number}/")));
            kept.keep(key.clone(), File::new(kind, script.clone()));
            assert!(kept.get(&key).is_some());
            let all = kept.0.lock().expect("no panic before");
            assert!(all.len() <= 10, "{}", all.len());
        }
    }
}
