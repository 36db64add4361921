//! What a handler answers.

use std::fmt;

use axum::http::StatusCode;
use serde::Serialize;

use crate::tag;

/// An answer with an `O` as JSON. A handler that has nothing to add answers the `O` itself, which
/// is one with status 200.
///
/// ```
/// use live_axum::Reply;
///
/// let made = Reply::created("a note").etag(7);
/// let answer = made.answer().expect("a string is JSON");
/// assert_eq!(answer.status, 201);
/// assert_eq!(answer.etag.as_deref(), Some("\"7\""));
/// assert_eq!(answer.json, "\"a note\"");
/// ```
#[derive(Clone, Debug)]
pub struct Reply<O> {
    status: StatusCode,
    etag: Option<String>,
    body: Body<O>,
}

#[derive(Clone, Debug)]
enum Body<O> {
    Value(O),
    Json(String),
}

/// An answer as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status
    pub status: StatusCode,
    /// The entity tag
    pub etag: Option<String>,
    /// The body
    pub json: String,
}

impl<O> Reply<O> {
    /// With status 200.
    pub fn ok(value: O) -> Self {
        Self {
            status: StatusCode::OK,
            etag: None,
            body: Body::Value(value),
        }
    }

    /// With status 201: it made something.
    pub fn created(value: O) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::ok(value)
        }
    }

    /// With an entity tag that says this, such as the version of a row. A query's answer without
    /// one gets a digest of its body.
    #[must_use]
    pub fn etag(self, what: impl fmt::Display) -> Self {
        Self {
            etag: Some(tag::of(&what.to_string())),
            ..self
        }
    }

    /// An answer that was given before.
    pub fn again(answer: Answer) -> Self {
        Self {
            status: answer.status,
            etag: answer.etag,
            body: Body::Json(answer.json),
        }
    }
}

impl<O: Serialize> Reply<O> {
    /// The answer as it is sent.
    ///
    /// # Errors
    /// When the `O` is none that JSON can say, such as a map whose keys are no strings.
    pub fn answer(self) -> serde_json::Result<Answer> {
        Ok(Answer {
            status: self.status,
            etag: self.etag,
            json: match self.body {
                Body::Value(value) => serde_json::to_string(&value)?,
                Body::Json(json) => json,
            },
        })
    }
}

impl<O> From<O> for Reply<O> {
    fn from(value: O) -> Self {
        Self::ok(value)
    }
}
