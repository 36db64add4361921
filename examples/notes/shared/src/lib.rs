//! What the page and the server say to each other.

use live::{Mutation, Query};
use serde::{Deserialize, Serialize};

/// How many notes a page of the list has.
pub const PAGE: usize = 20;
/// The longest note, in bytes.
pub const TEXT_MAX: usize = 500;

/// The newest notes, or those before the one that is named.
pub const NOTES: Query<At, Vec<Note>> = Query::get("/api/{space}/notes");
/// Writes a new note.
pub const ADD: Mutation<At, Text, Note> = Mutation::post("/api/{space}/notes");
/// Writes a note anew.
pub const EDIT: Mutation<At, Text, Note> = Mutation::put("/api/{space}/notes/{id}");
/// Removes a note.
pub const DELETE: Mutation<At, (), ()> = Mutation::delete("/api/{space}/notes/{id}");

/// Whose notes they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Space {
    /// The person's own
    Mine,
    /// Those of the organization that is active
    Shared,
}

/// Where notes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// Whose they are
    pub space: Space,
    /// Which one
    pub id: Option<i64>,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Grows with every note
    pub id: i64,
    /// What it says
    pub text: String,
    /// Grows with every change
    pub version: i64,
}

/// A note to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What it says
    pub text: String,
}

/// What is wrong with a text; none when it may be written.
pub fn error(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("Write something first.")
    } else if text.len() > TEXT_MAX {
        Some("A note has at most 500 bytes.")
    } else {
        None
    }
}
