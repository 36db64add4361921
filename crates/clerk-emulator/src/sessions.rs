//! The life of a session.

use crate::call::Call;
use crate::error::ClerkError;
use crate::id;
use crate::model::{Client, Session, SessionStatus, User};
use crate::store::Transaction;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Signs a person in on a client and answers the session's id. A session the client already
/// has is replaced: this instance allows one at a time.
pub fn start(
    transaction: &Transaction,
    call: &Call,
    client: &mut Client,
    user: &mut User,
) -> Result<String, ClerkError> {
    for id in std::mem::take(&mut client.session_ids) {
        end(transaction, &id, SessionStatus::Removed, call.now)?;
        user.session_ids.retain(|open| *open != id);
    }
    let session = Session {
        id: id::new("sess"),
        client_id: client.id.clone(),
        user_id: user.id.clone(),
        status: SessionStatus::Active,
        last_active_at: call.now,
        expire_at: call.now + 7 * DAY,
        abandon_at: call.now + 30 * DAY,
        created_at: call.now,
        updated_at: call.now,
    };
    transaction.put_session(&session)?;
    user.last_sign_in_at = Some(call.now);
    user.session_ids.push(session.id.clone());
    transaction.put_user(user)?;
    client.session_ids.push(session.id.clone());
    client.last_active_session_id = Some(session.id.clone());
    Ok(session.id)
}

/// Ends a session; no token is made for it any more.
pub fn end(
    transaction: &Transaction,
    id: &str,
    status: SessionStatus,
    now: i64,
) -> Result<(), ClerkError> {
    let Some(mut session) = transaction.session(id)? else {
        return Ok(());
    };
    session.status = status;
    session.updated_at = now;
    transaction.put_session(&session)?;
    if let Some(mut user) = transaction.user(&session.user_id)? {
        user.session_ids.retain(|open| open != id);
        transaction.put_user(&user)?;
    }
    Ok(())
}
