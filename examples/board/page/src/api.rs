//! The server as the page calls it.

use std::fmt;

use board_shared::{Count, NewNote, Note};
use clerk_yew::{Auth, ClerkError, NeedsReverification, ReverificationHint, TokenOptions};
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The server could not be reached.
    Unreachable,
    /// Clerk gives no token, or the person did not confirm that it is them.
    Clerk(ClerkError),
    /// The server wants to know once more that it is them.
    Reverify(ReverificationHint),
    /// The server refused; what it said.
    Refused(String),
}

impl From<ClerkError> for Error {
    fn from(error: ClerkError) -> Self {
        Self::Clerk(error)
    }
}

impl NeedsReverification for Error {
    fn reverification(&self) -> Option<ReverificationHint> {
        match self {
            Self::Reverify(hint) => Some(*hint),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("The server cannot be reached."),
            Self::Clerk(error) => error.fmt(f),
            Self::Reverify(_) => f.write_str("Confirm that it is you."),
            Self::Refused(reason) => f.write_str(reason),
        }
    }
}

/// The organization's notes.
pub async fn notes(auth: &Auth) -> Result<Vec<Note>, Error> {
    read(call(auth, Method::GET, "/api/notes", None).await?).await
}

/// Writes a note.
pub async fn write(auth: &Auth, note: &NewNote) -> Result<Note, Error> {
    read(call(auth, Method::POST, "/api/notes", Some(note)).await?).await
}

/// Who wrote how many notes.
pub async fn counts(auth: &Auth) -> Result<Vec<Count>, Error> {
    read(call(auth, Method::GET, "/api/admin/counts", None).await?).await
}

/// Clears all notes.
pub async fn clear(auth: &Auth) -> Result<(), Error> {
    call(auth, Method::DELETE, "/api/admin/notes", None)
        .await
        .map(|_| ())
}

async fn call(
    auth: &Auth,
    method: Method,
    path: &str,
    body: Option<&NewNote>,
) -> Result<Response, Error> {
    let token = auth.get_token(&TokenOptions::default()).await?;
    let request = RequestBuilder::new(path)
        .method(method)
        .header("Authorization", &format!("Bearer {token}"));
    let request = match body {
        Some(body) => request.json(body),
        None => request.build(),
    };
    let sent = request.map_err(|_| Error::Unreachable)?.send().await;
    let response = sent.map_err(|_| Error::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    let mut text = response.text().await.unwrap_or_default();
    if text.is_empty() {
        text = format!("The server refused this ({}).", response.status());
    }
    Err(ReverificationHint::in_body(&text).map_or(Error::Refused(text), Error::Reverify))
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Error> {
    response.json().await.map_err(|_| Error::Unreachable)
}
