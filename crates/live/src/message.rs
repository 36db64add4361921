//! The messages of a connection, each one text frame of a WebSocket, in JSON.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::pairs::Pairs;

/// What a page says.
///
/// ```
/// use live::FromPage;
///
/// let watch = FromPage::Watch([("/api/notes".to_owned(), None)].into());
/// assert_eq!(serde_json::to_string(&watch).unwrap(), r#"{"watch":{"/api/notes":null}}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromPage {
    /// Who is asking: a bearer token. It comes first, and again before the one in use ends.
    Token(String),
    /// The paths to watch, with their queries; with each the entity tag of the state that the
    /// page has, if it has one.
    Watch(Pairs<String, Option<String>>),
    /// The paths to watch no longer.
    Unwatch(Vec<String>),
    /// Asks for [`FromServer::Synced`] with the same number, once all states sent are as new as
    /// everything that was committed before this message.
    Sync(u64),
}

/// What a server says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromServer {
    /// The states that are new, of one moment: what one transaction changed comes in one message.
    States(Pairs<Arc<str>, Arc<State>>),
    /// Every state sent so far is as new as what was committed before [`FromPage::Sync`] with
    /// this number, but for queries that fail at the moment.
    Synced(u64),
    /// A message was refused, or the connection ends: an HTTP status, and why in a sentence. When
    /// it ends, the server closes it with 4000 plus the status.
    Refused {
        /// The HTTP status
        status: u16,
        /// What happened and what to do, in a sentence
        detail: String,
    },
    /// Nothing new; the connection is alive.
    Alive,
}

/// The answer of a watched GET at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// The HTTP status; 304 when the state is the one whose entity tag the page named.
    pub status: u16,
    /// The entity tag (RFC 9110 § 8.8.3): equal tags, equal states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<Arc<str>>,
    /// The body; none with 304.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
}

impl State {
    /// Whether the page would see nothing new in the other one.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.status, &self.etag) == (other.status, &other.etag)
    }

    /// Whether it will be tried again: the server is at fault, or was asked too much or too early.
    pub fn is_failure(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..)
    }

    /// The state that the page has already.
    pub fn not_modified(etag: Arc<str>) -> Self {
        Self {
            status: 304,
            etag: Some(etag),
            body: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_short_json_that_can_be_typed_by_hand() {
        let said: FromPage = serde_json::from_str(r#"{"token":"ey…"}"#).expect("a message");
        assert_eq!(said, FromPage::Token("ey…".to_owned()));
        let said: FromPage = serde_json::from_str(r#"{"unwatch":["/api/a"]}"#).expect("a message");
        assert_eq!(said, FromPage::Unwatch(vec!["/api/a".to_owned()]));
        let said: FromPage = serde_json::from_str(r#"{"sync":7}"#).expect("a message");
        assert_eq!(said, FromPage::Sync(7));
        let text = serde_json::to_string(&FromServer::Alive).expect("JSON");
        assert_eq!(text, r#""alive""#);
    }

    #[test]
    fn a_state_carries_the_body_as_the_handler_wrote_it() {
        let state = State {
            status: 200,
            etag: Some("\"7\"".into()),
            body: Some(RawValue::from_string(r#"{"b": 1.0, "a":2}"#.to_owned()).expect("JSON")),
        };
        let states = FromServer::States([("/api/a".into(), state.into())].into());
        let text = serde_json::to_string(&states).expect("JSON");
        let expected =
            r#"{"states":{"/api/a":{"status":200,"etag":"\"7\"","body":{"b": 1.0, "a":2}}}}"#;
        assert_eq!(text, expected);
        let FromServer::States(back) = serde_json::from_str(&text).expect("a message") else {
            panic!("states");
        };
        let state = back.get("/api/a").expect("a state");
        let body = state.body.as_ref().expect("a body");
        assert_eq!(body.get(), r#"{"b": 1.0, "a":2}"#);
    }
}
