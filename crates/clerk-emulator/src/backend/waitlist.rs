//! `/v1/waitlist_entries`

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::model::WaitlistEntry;
use crate::rules::invitations;
use crate::rules::waitlist::enter;
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::view;

use super::paginated;

fn answer(scope: &Scope<'_>, it: &WaitlistEntry) -> Answer {
    Ok(Reply::Plain(view::waitlist_entry(scope, it)?))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let status = scope.call.query("status");
    let query = scope.call.query("query").unwrap_or_default().to_lowercase();
    let mut all: Vec<WaitlistEntry> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    all.retain(|it| status.is_none_or(|status| it.status == status));
    all.retain(|it| it.email_address.to_lowercase().contains(&query));
    paginated(scope, &all, |it| view::waitlist_entry(scope, it))
}

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let it = enter(scope, scope.call.required("email_address")?)?;
    answer(scope, &it)
}

/// `POST …/bulk`: all or none.
pub fn create_all(scope: &mut Scope<'_>) -> Answer {
    let mut all = Vec::new();
    for entry in scope.call.list()? {
        let it = enter(scope, entry["email_address"].as_str().unwrap_or_default())?;
        all.push(view::waitlist_entry(scope, &it)?);
    }
    Ok(Reply::Plain(all.into()))
}

fn find(scope: &Scope<'_>) -> Result<WaitlistEntry, ClerkError> {
    scope.tx.need(scope.call.path("id"))
}

/// `DELETE …/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let it = find(scope)?;
    scope.tx.delete::<WaitlistEntry>(&it.id)?;
    Ok(Reply::Plain(view::deleted("waitlist_entry", &it.id)))
}

/// `POST …/{id}/invite`
pub fn invite(scope: &mut Scope<'_>) -> Answer {
    let mut it = find(scope)?;
    let ignore = scope.call.flag("ignore_existing") == Some(true);
    let email = it.email_address.clone();
    let invitation = invitations::invite(scope, &email, ignore)?;
    it.invitation_id = Some(invitation.id);
    decided(scope, it, "invited")
}

/// `POST …/{id}/reject`
pub fn reject(scope: &mut Scope<'_>) -> Answer {
    let it = find(scope)?;
    decided(scope, it, "rejected")
}

fn decided(scope: &mut Scope<'_>, mut it: WaitlistEntry, status: &str) -> Answer {
    status.clone_into(&mut it.status);
    it.updated_at = scope.now;
    scope.tx.put(&it)?;
    let data = view::waitlist_entry(scope, &it)?;
    webhooks::tell(scope, "waitlistEntry.updated", &data)?;
    Ok(Reply::Plain(data))
}
