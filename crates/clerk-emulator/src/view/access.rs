//! Who is let in: invitations and the waitlist.

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::model::{Invitation, InvitationStatus, WaitlistEntry};
use crate::scope::Scope;

/// An invitation as servers see it.
pub fn invitation(scope: &Scope<'_>, it: &Invitation) -> Value {
    let status = it.status_at(scope.now);
    let mut shown = json!({
        "object": "invitation",
        "id": it.id,
        "email_address": it.email_address,
        "public_metadata": it.public_metadata,
        "revoked": it.status == InvitationStatus::Revoked,
        "status": status,
        "expires_at": it.expires_at,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    });
    if let Some(url) = it
        .url
        .as_ref()
        .filter(|_| status == InvitationStatus::Pending)
    {
        shown["url"] = json!(url);
    }
    shown
}

/// An entry as servers see it.
pub fn waitlist_entry(scope: &Scope<'_>, it: &WaitlistEntry) -> Result<Value, ClerkError> {
    let mut shown = json!({
        "object": "waitlist_entry",
        "id": it.id,
        "email_address": it.email_address,
        "status": it.status,
        "is_locked": false,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    });
    if let Some(id) = &it.invitation_id
        && let Some(invited) = scope.tx.get::<Invitation>(id)?
    {
        shown["invitation"] = invitation(scope, &invited);
    }
    Ok(shown)
}
