//! The notes, kept in memory, and who may do what with them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Extension, Json, Router};
use board_shared::{Count, NewNote, Note};
use clerk_axum::{Auth, AuthError, Condition, Reverification};

use crate::App;

/// How many notes an organization keeps: the newest.
const NOTES_MAX: usize = 100;

/// All notes, by organization.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<HashMap<String, Vec<Note>>>>);

impl Notes {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Vec<Note>>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a request fails.
pub enum Refusal {
    /// It comes from nobody who may do this.
    Auth(AuthError),
    /// No organization is active.
    NoOrganization,
    /// The note cannot be written.
    Invalid(&'static str),
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Auth(error) => error.into_response(),
            Self::NoOrganization => {
                (StatusCode::FORBIDDEN, "Choose an organization first.").into_response()
            }
            Self::Invalid(reason) => (StatusCode::UNPROCESSABLE_ENTITY, reason).into_response(),
        }
    }
}

/// The organization that is active.
fn organization(auth: &Auth) -> Result<&str, Refusal> {
    let id = auth.authorization().org_id.as_deref();
    id.ok_or(Refusal::NoOrganization)
}

/// The organization's notes, oldest first.
pub async fn list(auth: Auth, State(notes): State<Notes>) -> Result<Json<Vec<Note>>, Refusal> {
    let organization = organization(&auth)?;
    Ok(Json(
        notes.all().get(organization).cloned().unwrap_or_default(),
    ))
}

/// Writes a note for everybody in the organization.
pub async fn write(
    auth: Auth,
    State(notes): State<Notes>,
    Json(new): Json<NewNote>,
) -> Result<Json<Note>, Refusal> {
    if let Some(error) = new.error() {
        return Err(Refusal::Invalid(error));
    }
    let organization = organization(&auth)?;
    let mut all = notes.all();
    let kept = all.entry(organization.to_owned()).or_default();
    let note = Note {
        id: kept.last().map_or(1, |last| last.id + 1),
        author: auth.user_id().to_owned(),
        text: new.text.trim().to_owned(),
    };
    kept.push(note.clone());
    if kept.len() > NOTES_MAX {
        kept.remove(0);
    }
    Ok(Json(note))
}

/// What only an admin may do: the layer around it lets nobody else in.
pub fn admin() -> Router<App> {
    Router::new()
        .route("/counts", get(counts))
        .route("/notes", delete(clear))
}

/// Who wrote how many notes.
async fn counts(
    Extension(auth): Extension<Auth>,
    State(notes): State<Notes>,
) -> Result<Json<Vec<Count>>, Refusal> {
    let organization = organization(&auth)?;
    let mut counts = BTreeMap::new();
    for note in notes.all().get(organization).into_iter().flatten() {
        *counts.entry(note.author.clone()).or_default() += 1;
    }
    let counts = counts
        .into_iter()
        .map(|(author, notes)| Count { author, notes });
    Ok(Json(counts.collect()))
}

/// Clears all notes, for who has just proved again who they are.
async fn clear(
    Extension(auth): Extension<Auth>,
    State(notes): State<Notes>,
) -> Result<StatusCode, Refusal> {
    auth.require(&Condition::new().reverification(Reverification::Strict))?;
    notes.all().remove(organization(&auth)?);
    Ok(StatusCode::NO_CONTENT)
}
