//! What the page and the server say to each other.

use serde::{Deserialize, Serialize};

/// The longest note, in bytes.
pub const TEXT_MAX: usize = 500;

/// A note of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Grows with every note.
    pub id: u64,
    /// Clerk's id of who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
}

/// A note to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewNote {
    /// What it says.
    pub text: String,
}

impl NewNote {
    /// What is wrong with it; none when it may be written.
    pub fn error(&self) -> Option<&'static str> {
        if self.text.trim().is_empty() {
            Some("Write something first.")
        } else if self.text.len() > TEXT_MAX {
            Some("A note has at most 500 bytes.")
        } else {
            None
        }
    }
}

/// How many notes somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Clerk's id of who wrote them.
    pub author: String,
    /// How many.
    pub notes: usize,
}
