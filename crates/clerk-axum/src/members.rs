//! JSON objects whose members have different names.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Whether this is a JSON object in which, at any depth, no member stands twice: two readers could
/// take different ones (RFC 7519 § 4).
pub fn are_unique(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{') && serde_json::from_str::<Unique>(json).is_ok()
}

/// Any JSON value, if its members are unique.
struct Unique;

/// A member's name, copied only if it is written with escapes.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with unique members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            map.next_value::<Unique>()?;
            names.push(name);
        }
        // Cheaper than a set for the dozen that tokens have, and no slower for many.
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(A::Error::custom("a member stands twice"));
        }
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unique, A::Error> {
        while seq.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::are_unique;

    #[test]
    fn a_member_may_stand_once() {
        assert!(are_unique(
            r#"{"a": 1, "b": [null, {"a": true}], "c": {"a": -1.5}}"#
        ));
        assert!(!are_unique(r#"{"a": 1, "a": 1}"#));
        assert!(!are_unique(r#"{"a": 1, "b": 2, "a": 1}"#));
        assert!(!are_unique(r#"{"a": 1, "\u0061": 2}"#));
        assert!(!are_unique(r#"{"b": [{"a": 1, "a": 1}]}"#));
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        for json in ["[]", "1", "\"a\"", "", "{", "{}x"] {
            assert!(!are_unique(json), "{json}");
        }
    }
}
