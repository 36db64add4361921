//! `/v1/invitations`

use crate::error::ClerkError;
use crate::model::{Invitation, InvitationStatus};
use crate::rules::invitations::invite;
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::view;

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let ignore = scope.call.flag("ignore_existing") == Some(true);
    let it = invite(scope, scope.call.required("email_address")?, ignore)?;
    Ok(Reply::Plain(view::invitation(scope, &it)))
}

/// `POST …/bulk`: all or none.
pub fn create_all(scope: &mut Scope<'_>) -> Answer {
    let mut all = Vec::new();
    for body in scope.call.list()? {
        let call = scope.call.with_body(body);
        let mut one = Scope::new(scope.emulator, scope.tx, &call, scope.proofs)?;
        let ignore = call.flag("ignore_existing") == Some(true);
        let it = invite(&mut one, call.required("email_address")?, ignore)?;
        all.push(view::invitation(&one, &it));
        scope.mails.append(&mut one.mails);
    }
    Ok(Reply::Plain(all.into()))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let wanted = scope.call.query_all("status");
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    let mut all: Vec<Invitation> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    all.retain(|it| it.status_at(scope.now).is_among(&wanted));
    all.retain(|it| it.email_address.to_lowercase().contains(&query) || it.id == query);
    super::listed(scope, &all, |it| Ok(view::invitation(scope, it)))
}

/// `POST …/{id}/revoke`
pub fn revoke(scope: &mut Scope<'_>) -> Answer {
    let mut it: Invitation = scope.tx.need(scope.call.path("id"))?;
    match it.status {
        InvitationStatus::Pending => {}
        InvitationStatus::Revoked => {
            return Err(ClerkError::bad(
                "invitation_already_revoked",
                "It has already been revoked.",
            ));
        }
        _ => {
            return Err(ClerkError::bad(
                "invitation_already_accepted",
                "It has already been accepted.",
            ));
        }
    }
    it.status = InvitationStatus::Revoked;
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    Ok(Reply::Plain(view::invitation(scope, &it)))
}
