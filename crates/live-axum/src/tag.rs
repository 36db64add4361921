//! Entity tags (RFC 9110 § 8.8.3).

use sha2::{Digest, Sha256};

/// One for bytes that bring none: equal bytes, equal tags, on every replica.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let half = u128::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 16]));
    format!("\"{half:032x}\"")
}

/// One that says this. What cannot stand in a tag is told by its digest.
pub(crate) fn of(what: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    if what.bytes().all(fits) {
        format!("\"{what}\"")
    } else {
        digest(what.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_can_be_sent() {
        for (what, tag) in [("", "\"\""), ("7", "\"7\""), ("a/b=", "\"a/b=\"")] {
            assert_eq!(of(what), tag);
        }
        for what in ["a b", "a\"b", "ü", "a\n"] {
            assert_eq!(of(what), digest(what.as_bytes()));
            assert!(of(what).parse::<headers::ETag>().is_ok());
        }
        assert_ne!(of("a b"), of("a c"));
    }
}
