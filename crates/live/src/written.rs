//! The query that tells what became of a write.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::endpoint::Query;

/// What became of the caller's write with this idempotency key. Until it is committed, 404.
///
/// Watched beside other queries, it tells in the very message in which they show the write.
pub const WRITE: Query<WriteKey, Written> = Query::get("/api/writes/{key}");

/// Which write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteKey {
    /// Its `Idempotency-Key`, without the quotes
    pub key: String,
}

/// How a write was answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Written {
    /// The HTTP status
    pub status: u16,
    /// The body; none where there was no content
    pub body: Option<Box<RawValue>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_as_it_was_written() {
        let text = r#"{"status":201,"body":{"b": 1.0,"a":2}}"#;
        let written: Written = serde_json::from_str(text).expect("JSON");
        assert_eq!(serde_json::to_string(&written).expect("JSON"), text);
        let nothing: Written = serde_json::from_str(r#"{"status":204,"body":null}"#).expect("JSON");
        assert!(nothing.body.is_none());
        let key = WriteKey {
            key: "a b/c".into(),
        };
        assert_eq!(WRITE.path(&key), "/api/writes/a%20b%2Fc");
    }
}
