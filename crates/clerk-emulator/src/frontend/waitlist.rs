//! `/v1/waitlist`: somebody wants to be let in.

use serde_json::json;

use crate::error::ClerkError;
use crate::id;
use crate::model::{User, WaitlistEntry};
use crate::rules::accounts;
use crate::scope::{Answer, Reply, Scope};

/// `POST /v1/waitlist`
pub fn join(scope: &mut Scope<'_>) -> Answer {
    let entry = enter(scope, scope.call.required("email_address")?)?;
    Ok(Reply::Plain(
        json!({ "object": "waitlist_entry", "id": entry.id }),
    ))
}

/// Puts an address on the list, once.
pub fn enter(scope: &mut Scope<'_>, email: &str) -> Result<WaitlistEntry, ClerkError> {
    let email = accounts::checked_email(email)?;
    let folded = email.to_lowercase();
    if scope.tx.find::<User>("email", &folded)?.is_some() {
        return Err(ClerkError::at(
            "email_address",
            "form_identifier_exists",
            "That email address is taken. Please sign in.",
        ));
    }
    if let Some(known) = scope.tx.find::<WaitlistEntry>("email", &folded)? {
        return Ok(known);
    }
    let entry = WaitlistEntry {
        id: id::new("wle"),
        email_address: email,
        status: "pending".to_owned(),
        invitation_id: None,
        created_at: scope.now,
        updated_at: scope.now,
    };
    scope.tx.put(&entry)?;
    let shown = crate::backend::waitlist::shown(scope, &entry)?;
    scope.event("waitlistEntry.created", &shown)?;
    Ok(entry)
}
