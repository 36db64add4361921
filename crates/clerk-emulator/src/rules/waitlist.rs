//! The waitlist: whoever is on it is let in, or not, by a server.

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::model::{User, WaitlistEntry};
use crate::scope::Scope;
use crate::{id, view};

use super::accounts;

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
    let shown = view::waitlist_entry(scope, &entry)?;
    webhooks::tell(scope, "waitlistEntry.created", &shown)?;
    Ok(entry)
}
