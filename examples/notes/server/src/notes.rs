//! What can be done with notes, and by whom.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Router};
use clerk_axum::Auth;
use clerk_axum::webhook::{Event, Webhook};
use live::WRITE;
use live_axum::{Endpoints, IdempotencyKey, IfMatch, Key, Reply};
use live_sea_orm::{Failure, Writes};
use notes_shared::{ADD, At, DELETE, EDIT, NOTES, Note, PAGE, Space, Text, error};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::{left, note};

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

/// Who calls, and the database.
type Call = (Extension<Auth>, State<Writes>);
type Result<T> = std::result::Result<T, Failure>;

async fn list((Extension(auth), State(writes)): Call, at: At) -> Result<Vec<Note>> {
    let owner = owner(&auth, &writes, at.space).await?;
    let reading = writes
        .log()
        .reading(|| Key::rows("notes", "owner", &owner))?;
    let mut notes = note::Entity::find().filter(note::Column::Owner.eq(owner));
    if let Some(last) = at.id {
        notes = notes.filter(note::Column::Id.lt(last));
    }
    let notes = notes.order_by_desc(note::Column::Id).limit(PAGE as u64);
    Ok(notes
        .all(&reading.executor())
        .await?
        .into_iter()
        .map(shown)
        .collect())
}

async fn add(
    ((Extension(auth), State(writes)), key): (Call, IdempotencyKey),
    at: At,
    new: Text,
) -> Result<Reply<Note>> {
    let row = note::ActiveModel {
        id: NotSet,
        owner: Set(owner(&auth, &writes, at.space).await?),
        text: Set(checked(&new)?),
        version: Set(1),
    };
    let add = async |db: &_| {
        let note = note::Entity::insert(row).exec_with_returning(db).await?;
        Ok(Reply::created(shown(note)))
    };
    writes.once(auth.user_id(), &key, add).await
}

async fn edit(
    ((Extension(auth), State(writes)), key, if_match): (Call, IdempotencyKey, IfMatch),
    at: At,
    new: Text,
) -> Result<Reply<Note>> {
    let (owner, text) = (owner(&auth, &writes, at.space).await?, checked(&new)?);
    let edit = async |db: &_| {
        let note = note::Entity::find_by_id(at.id.unwrap_or_default());
        let note = note.filter(note::Column::Owner.eq(owner)).lock_exclusive();
        let gone = Failure::refused(StatusCode::NOT_FOUND, "This note was deleted.");
        let note = note.one(db).await?.ok_or(gone)?;
        if_match.check(Some(note.version))?;
        let version = Set(note.version + 1);
        let row = note::ActiveModel {
            text: Set(text),
            version,
            ..note.into()
        };
        Ok(shown(note::Entity::update(row).exec(db).await?))
    };
    writes.once(auth.user_id(), &key, edit).await
}

async fn delete(
    ((Extension(auth), State(writes)), key): (Call, IdempotencyKey),
    at: At,
    (): (),
) -> Result<Reply<()>> {
    let owner = owner(&auth, &writes, at.space).await?;
    let delete = async |db: &_| {
        let note = note::Entity::delete_by_id(at.id.unwrap_or_default());
        note.filter(note::Column::Owner.eq(owner)).exec(db).await?;
        Ok(())
    };
    writes.once(auth.user_id(), &key, delete).await
}

fn shown(row: note::Model) -> Note {
    let note::Model {
        id, text, version, ..
    } = row;
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
    let reading = writes
        .log()
        .reading(|| Key::rows("left_members", "member", &member))?;
    let left = left::Entity::find_by_id(member)
        .one(&reading.executor())
        .await?;
    left.map_or(Ok(organization), |_| {
        Err(forbidden("You have left this organization."))
    })
}

fn member(organization: &str, person: &str) -> String {
    format!("{organization}/{person}")
}

/// Clerk tells who leaves an organization, and who comes back.
pub async fn told(Extension(writes): Extension<Writes>, webhook: Webhook) -> Result<StatusCode> {
    let (membership, has_left) = match webhook.event {
        Event::MembershipDeleted(membership) => (membership, true),
        Event::MembershipCreated(membership) => (membership, false),
        _ => return Ok(StatusCode::NO_CONTENT),
    };
    let person = membership.public_user_data.user_id;
    let member = member(&membership.organization.id, &person);
    let note = async |db: &_| {
        if has_left {
            let once = OnConflict::column(left::Column::Member)
                .do_nothing()
                .to_owned();
            let row = left::Entity::insert(left::ActiveModel {
                member: Set(member),
            });
            row.on_conflict(once).exec_without_returning(db).await?;
        } else {
            left::Entity::delete_by_id(member).exec(db).await?;
        }
        Ok::<_, Failure>(())
    };
    let key = IdempotencyKey::default();
    let _: Reply<()> = writes.once(&person, &key, note).await?;
    Ok(StatusCode::NO_CONTENT)
}
