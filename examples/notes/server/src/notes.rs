//! What can be done with notes, and by whom.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Router};
use clerk_axum::webhook::{Event, Webhook};
use clerk_axum::{Auth, Condition};
use live::WRITE;
use live_axum::{Endpoints, IdempotencyKey, IfMatch, Key, Reply};
use live_sea_orm::{Failure, Writes};
use notes_shared::{ADD, At, DELETE, EDIT, NOTES, Note, PAGE, Space, Text, error};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::{ActiveModel, Column, Entity, Model};

/// All that the page calls.
pub fn routes(writes: Writes) -> Router {
    Router::new()
        .query(NOTES, list)
        .mutation(ADD, add)
        .mutation(EDIT, edit)
        .mutation(DELETE, delete)
        .query(WRITE, live_sea_orm::written::<Extension<Auth>>)
        .with_state(writes)
}

/// Who calls, the database, and what a write comes with.
type Call = (Extension<Auth>, State<Writes>, IdempotencyKey, IfMatch);
type Result<T> = std::result::Result<T, Failure>;

async fn list((auth, writes, ..): Call, at: At) -> Result<Vec<Note>> {
    let owner = owner(&auth, &writes, at.space).await?;
    let reading = writes.reading(|| Key::rows("notes", "owner", &owner))?;
    let mut notes = Entity::find().filter(Column::Owner.eq(owner));
    if let Some(last) = at.id {
        notes = notes.filter(Column::Id.lt(last));
    }
    let notes = notes.order_by_desc(Column::Id).limit(PAGE as u64);
    let notes = notes.all(&reading.executor()).await?;
    Ok(notes.into_iter().map(shown).collect())
}

async fn add((auth, writes, key, _): Call, at: At, new: Text) -> Result<Reply<Note>> {
    let row = ActiveModel {
        id: NotSet,
        owner: Set(owner(&auth, &writes, at.space).await?),
        text: Set(checked(&new)?),
        version: Set(1),
    };
    let add = async |db: &_| {
        let note = Entity::insert(row).exec_with_returning(db).await?;
        Ok(Reply::created(shown(note)))
    };
    writes.once(auth.user_id(), &key, add).await
}

async fn edit((auth, writes, key, if_match): Call, at: At, new: Text) -> Result<Reply<Note>> {
    let (owner, text) = (owner(&auth, &writes, at.space).await?, checked(&new)?);
    let edit = async |db: &_| {
        let note = Entity::find_by_id(at.id.unwrap_or_default());
        let note = note.filter(Column::Owner.eq(owner)).lock_exclusive();
        let gone = Failure::refused(StatusCode::NOT_FOUND, "This note was deleted.");
        let note = note.one(db).await?.ok_or(gone)?;
        if_match.check(Some(note.version))?;
        let version = note.version + 1;
        let mut row = note.into_active_model();
        (row.text, row.version) = (Set(text), Set(version));
        Ok(shown(Entity::update(row).exec(db).await?))
    };
    writes.once(auth.user_id(), &key, edit).await
}

async fn delete((auth, writes, key, _): Call, at: At, (): ()) -> Result<Reply<()>> {
    let may = at.space == Space::Mine || auth.has(&Condition::new().role("org:admin"));
    let forbidden = Failure::refused(StatusCode::FORBIDDEN, "Only administrators may do that.");
    let owner = owner(&auth, &writes, at.space).await?;
    may.then_some(()).ok_or(forbidden)?;
    let delete = async |db: &_| {
        let note = Entity::delete_by_id(at.id.unwrap_or_default());
        note.filter(Column::Owner.eq(owner)).exec(db).await?;
        Ok(())
    };
    writes.once(auth.user_id(), &key, delete).await
}

fn shown(row: Model) -> Note {
    let (id, text, version) = (row.id, row.text, row.version);
    Note { id, text, version }
}

fn checked(new: &Text) -> Result<String> {
    match error(&new.text) {
        Some(why) => Err(Failure::refused(StatusCode::UNPROCESSABLE_ENTITY, why)),
        None => Ok(new.text.trim().to_owned()),
    }
}

/// Whose notes these are, if the caller may see and write them.
async fn owner(auth: &Auth, writes: &Writes, space: Space) -> Result<String> {
    if space == Space::Mine {
        return Ok(auth.user_id().to_owned());
    }
    let forbidden = |why| Failure::refused(StatusCode::FORBIDDEN, why);
    let organization = auth.authorization().org_id.clone();
    let organization = organization.ok_or(forbidden("Choose an organization first."))?;
    // The token may be older than what Clerk has told since.
    let member = member(&organization, auth.user_id());
    if writes.is_withdrawn(&member, auth.claims().iat).await? {
        return Err(forbidden("You have left this organization."));
    }
    Ok(organization)
}

fn member(organization: &str, person: &str) -> String {
    format!("{organization}/{person}")
}

/// Clerk tells who leaves an organization.
pub async fn told(Extension(writes): Extension<Writes>, webhook: Webhook) -> Result<StatusCode> {
    if let Event::MembershipDeleted(it) = webhook.event {
        let member = member(&it.organization.id, &it.public_user_data.user_id);
        writes.withdraw(&member).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
