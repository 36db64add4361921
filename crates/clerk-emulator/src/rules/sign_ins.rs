//! The end of a sign-in.

use crate::error::ClerkError;
use crate::model::{SignIn, User};
use crate::scope::Scope;

use super::invitations;
use super::sessions::{self, Start};

/// The first factor is proven: signs in, unless a second one is due.
pub fn complete(
    scope: &mut Scope<'_>,
    mut sign_in: SignIn,
    mut user: User,
    strategy: &str,
    second_factor: bool,
) -> Result<SignIn, ClerkError> {
    // A token that a server made is complete by itself; an invitation proves the mailbox only.
    let by_server = strategy == "ticket" && sign_in.ticket.is_none();
    if user.has_second_factor() && !second_factor && !by_server {
        scope.client_mut()?.sign_in = Some(sign_in.clone());
        return Ok(sign_in);
    }
    if let Some(ticket_id) = sign_in.ticket.take() {
        invitations::use_up(scope, &ticket_id, &user)?;
    }
    let how = Start {
        strategy: Some(strategy),
        second_factor: second_factor && strategy != "passkey",
        actor: sign_in.actor.take(),
    };
    let session = sessions::start(scope, &mut user, &how)?;
    sign_in.created_session_id = Some(session.id);
    Ok(sign_in)
}
